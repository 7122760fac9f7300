"""Words about a case that stay inside, and texts prepared for words that go out."""

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal
from appeals.models.decisions import IMMUTABLE


class CaseNote(models.Model):
    """A note for colleagues; it never leaves the desk and is never changed."""

    appeal = models.ForeignKey(
        Appeal, models.PROTECT, related_name="notes", verbose_name=_("appeal")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    text = models.TextField(_("note"), max_length=2000)

    class Meta:
        verbose_name = _("note on a case")
        verbose_name_plural = _("notes on cases")
        ordering = ["at", "pk"]
        triggers = [IMMUTABLE]

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.pk}"


class Mention(models.Model):
    """A colleague named in a note; they find it on their first page until they have seen it."""

    note = models.ForeignKey(CaseNote, models.PROTECT, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mentions")
    seen_at = models.DateTimeField(_("seen at"), null=True, blank=True)

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [
            models.UniqueConstraint(fields=["note", "person"], name="mentioned_once_a_note")
        ]
        indexes = [
            models.Index(
                fields=["person"],
                condition=models.Q(seen_at__isnull=True),
                name="mentions_not_seen",
            )
        ]

    def __str__(self) -> str:
        return f"{self.note_id}: {self.person_id}"


class TextPurpose(models.TextChoices):
    ASK_PAPERS = "ask_papers", _("Ask for papers")
    ASK_QUESTION = "ask_question", _("Ask a question")
    FINDING = "finding", _("Sentence of a finding")
    OUTCOME = "outcome", _("Sentence of an outcome")
    REQUEST = "request", _("Answer to a request")


@pghistory.track()
class ReplyText(models.Model):
    """A prepared text in both languages; reviewers choose it and change it to fit the case."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    purpose = models.CharField(_("used to"), max_length=12, choices=TextPurpose.choices)
    title_en = models.CharField(_("title in English"), max_length=80)
    title_zh = models.CharField(_("title in Chinese"), max_length=80)
    text_en = models.TextField(_("text in English"), max_length=2000)
    text_zh = models.TextField(_("text in Chinese"), max_length=2000)
    # Blank fits every reason; ruling or outcome narrows it further.
    reason_code = models.CharField(_("for the reason"), max_length=40, blank=True)
    fits = models.CharField(_("for the ruling or outcome"), max_length=16, blank=True)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("prepared text")
        verbose_name_plural = _("prepared texts")
        ordering = ["purpose", "key"]

    def __str__(self) -> str:
        return self.title_zh if (get_language() or "").startswith("zh") else self.title_en
