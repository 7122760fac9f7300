"""The papers of a notice: each PDF that was made of it, and those that are still to be made."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appeals.models.decisions import IMMUTABLE
from appeals.models.notices import Notice


class PaperFormat(models.TextChoices):
    PDF = "pdf", "PDF"


class PaperFault(models.TextChoices):
    """What keeps a paper from being made, as staff read it."""

    GLYPH = "glyph", _("No font of ours has a character of it")
    WORDS = "words", _("Words of the notice are missing on the paper")
    ALTERED = "altered", _("The text of the notice was altered")
    BROKEN = "broken", _("Our program cannot set it")


class NoticeDocument(models.Model):
    """A notice on paper, in one language: the bytes that were stored, and what made them.

    The same notice, versions and `source_sha256` give the same bytes again.
    """

    notice = models.ForeignKey(
        Notice, models.PROTECT, related_name="documents", verbose_name=_("notice")
    )
    language = models.CharField(_("language"), max_length=12)
    format = models.CharField(
        _("format"), max_length=8, choices=PaperFormat.choices, default=PaperFormat.PDF
    )
    stored_name = models.CharField(_("stored as"), max_length=120, unique=True)
    size = models.PositiveBigIntegerField(_("bytes"))
    pages = models.PositiveSmallIntegerField(_("pages"))
    sha256 = models.CharField("SHA-256", max_length=64)
    # Over everything its template was given.
    source_sha256 = models.CharField(_("SHA-256 of what was set"), max_length=64)
    template_version = models.CharField(_("template version"), max_length=32)
    typst_version = models.CharField(_("typst version"), max_length=32)
    fonts_version = models.CharField(_("fonts version"), max_length=32)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("PDF of a notice")
        verbose_name_plural = _("PDFs of notices")
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "language", "format"], name="one_paper_of_a_language"
            ),
        ]
        triggers = [IMMUTABLE]

    def __str__(self) -> str:
        return f"{self.notice.reference}, {self.language}"


class DueDocument(models.Model):
    """A notice whose papers are not all made; a trigger writes it with the notice itself."""

    notice = models.OneToOneField(
        Notice,
        models.PROTECT,
        primary_key=True,
        related_name="due_document",
        verbose_name=_("notice"),
    )
    # Not to be tried before: a worker has it until then, or it failed.
    look_at = models.DateTimeField(_("look again at"), default=timezone.now)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    fault = models.CharField(
        _("kind of cause"), max_length=8, choices=PaperFault.choices, blank=True
    )
    # The characters, the first words that are missing, or what the program said.
    detail = models.CharField(_("cause"), max_length=500, blank=True)
    held_at = models.DateTimeField(_("held at"), null=True, blank=True)
    staff_told_at = models.DateTimeField(_("staff told at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice without its PDF")
        verbose_name_plural = _("notices without their PDFs")
        indexes = [
            models.Index(fields=["look_at"], name="papers_by_turn"),
            models.Index(
                fields=["held_at"],
                condition=models.Q(held_at__isnull=False),
                name="papers_held",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(held_at__isnull=True, fault="")
                | (models.Q(held_at__isnull=False) & ~models.Q(fault="")),
                name="a_held_paper_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.notice.reference
