"""Whether an explanation was clear to the person who read it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.models.notices import Notice

LONGEST_WORDS = 500


class ClarityAnswer(models.Model):
    """One answer of one person about one reason of one notice; they may change it."""

    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("customer")
    )
    notice = models.ForeignKey(
        Notice, models.PROTECT, related_name="clarity", verbose_name=_("notice")
    )
    code = models.CharField(_("reason"), max_length=40)
    # The language it was read in, which need not be the one it was sent in.
    language = models.CharField(_("language"), max_length=12)
    is_clear = models.BooleanField(_("was clear"))
    words = models.CharField(_("in their words"), max_length=LONGEST_WORDS, blank=True)
    answered_at = models.DateTimeField(_("answered at"))

    class Meta:
        verbose_name = _("answer about clarity")
        verbose_name_plural = _("answers about clarity")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "notice", "code"], name="one_clarity_answer_a_reason"
            )
        ]
        indexes = [models.Index(fields=["code", "language"], name="clarity_of_a_reason")]

    def __str__(self) -> str:
        return self.code
