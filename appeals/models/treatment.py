"""Whether a customer felt treated fairly once their appeal was answered."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal
from appeals.models.clarity import LONGEST_WORDS


class TreatmentAnswer(models.Model):
    """One answer an appeal; its customer may change it. No reviewer sees whose it is."""

    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("customer")
    )
    appeal = models.OneToOneField(
        Appeal, models.PROTECT, related_name="treatment", verbose_name=_("appeal")
    )
    # The language the answer was read in.
    language = models.CharField(_("language"), max_length=12)
    is_fair = models.BooleanField(_("felt treated fairly"))
    words = models.CharField(_("in their words"), max_length=LONGEST_WORDS, blank=True)
    answered_at = models.DateTimeField(_("answered at"))

    class Meta:
        verbose_name = _("answer about treatment")
        verbose_name_plural = _("answers about treatment")
        indexes = [models.Index(fields=["-answered_at"], name="treatment_by_time")]

    def __str__(self) -> str:
        return str(self.appeal_id)
