"""The exact document the customer was owed, frozen, and what keeps one from going out."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.models.decisions import IMMUTABLE, LineDecision

# Whoever writes a notice owes its papers: see appeals.notice_paper.making.
PAPERS_ARE_DUE = pgtrigger.Trigger(
    name="papers_are_due",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="new_rows"),  # type: ignore[no-untyped-call]
    func="""
INSERT INTO appeals_duedocument (notice_id, look_at, tries, fault, detail)
SELECT id, now(), 0, '', '' FROM new_rows;
RETURN NULL;
""",
)


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
    # The jurisdiction pack it was written by; notices older than the packs have none.
    pack_name = models.CharField(_("pack"), max_length=8, blank=True)
    pack_version = models.CharField(_("pack version"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        triggers = [IMMUTABLE, PAPERS_ARE_DUE]

    def __str__(self) -> str:
        return self.reference


class NoticeHold(models.Model):
    """A decision whose notice may not go out as it stands; staff see the cause."""

    # `code` and what it names are told in the reader's language by appeals.notice_text.causes;
    # `cause` is the same in English, to be searched, and all that older holds have.

    decision = models.OneToOneField(
        LineDecision, models.PROTECT, related_name="notice_hold", verbose_name=_("decision")
    )
    code = models.CharField(_("kind of cause"), max_length=20, blank=True)
    named = models.JSONField(_("named in the cause"), default=dict)
    cause = models.TextField(_("cause"))
    held_at = models.DateTimeField(_("held at"))
    # By when the law wants the customer told; None where it names no day.
    due_at = models.DateTimeField(_("due by law"), null=True, blank=True)
    staff_told_at = models.DateTimeField(_("staff told at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice needing attention")
        verbose_name_plural = _("notices needing attention")
        indexes = [
            models.Index(fields=["due_at", "held_at"], name="holds_by_urgency"),
            models.Index(
                fields=["held_at"],
                condition=models.Q(staff_told_at__isnull=True),
                name="holds_to_tell_of",
            ),
        ]

    def __str__(self) -> str:
        return self.cause
