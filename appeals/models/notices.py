"""The exact document the customer was owed, frozen, and what keeps one from going out."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.models.decisions import IMMUTABLE, LineDecision


class Notice(models.Model):
    """Frozen text of what we told the customer about a decision, in every language we speak.

    `content` is `{"en": {...}, "zh-hans": {...}}` (shape: appeals.notice_text); `language` is the
    one the customer was told in; `sha256` is over the canonical JSON of `content`.
    """

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    decision = models.OneToOneField(
        LineDecision, models.PROTECT, related_name="notice", verbose_name=_("decision")
    )
    language = models.CharField(_("language"), max_length=12)
    content = models.JSONField(_("content"))
    sha256 = models.CharField("SHA-256", max_length=64)
    catalogue_version = models.CharField(_("catalogue version"), max_length=32)
    template_version = models.CharField(_("template version"), max_length=32)
    created_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        triggers = [IMMUTABLE]

    def __str__(self) -> str:
        return self.reference


class NoticeHold(models.Model):
    """A decision whose notice may not go out as it stands; staff see the cause."""

    decision = models.OneToOneField(
        LineDecision, models.PROTECT, related_name="notice_hold", verbose_name=_("decision")
    )
    cause = models.TextField(_("cause"))
    held_at = models.DateTimeField(_("held at"))

    class Meta:
        verbose_name = _("notice that needs attention")
        verbose_name_plural = _("notices that need attention")

    def __str__(self) -> str:
        return self.cause
