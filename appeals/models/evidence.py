"""Uploaded papers and who opened them."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal, DocumentRequest, Ground
from appeals.models.decisions import IMMUTABLE
from appeals.states import EvidenceState

STATE_NAMES = {
    EvidenceState.WAITING: _("Being checked"),
    EvidenceState.READY: _("Received and checked"),
    EvidenceState.REFUSED: _("Cannot be used"),
    EvidenceState.REMOVED: _("Removed by the customer"),
    EvidenceState.ERASED: _("Deleted: kept long enough"),
}
KEPT = (EvidenceState.WAITING, EvidenceState.READY)
GONE = (EvidenceState.REFUSED, EvidenceState.REMOVED, EvidenceState.ERASED)


class VirusScan(models.TextChoices):
    NOT_SCANNED = "not_scanned", _("Not scanned for viruses")
    CLEAN = "clean", _("Scanned: no virus found")


class ErasedBecause(models.TextChoices):
    OVER = "over", _("the time we may keep it was over")
    UNSENT = "unsent", _("the appeal was not sent")


class EvidenceQuerySet(models.QuerySet["EvidenceDocument"]):
    def kept(self) -> "EvidenceQuerySet":
        """Those whose file is there and is to be: not refused, taken back or erased."""
        return self.filter(state__in=KEPT).exclude(stored_name="")


class EvidenceDocument(models.Model):
    """One uploaded file: `public_id` is its name outside, `stored_name` its only one inside."""

    public_id = models.UUIDField(_("id"), unique=True, default=uuid.uuid4, editable=False)
    appeal = models.ForeignKey(
        Appeal, models.PROTECT, related_name="evidence", verbose_name=_("appeal")
    )
    ground = models.ForeignKey(
        Ground,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("answers"),
    )
    request = models.ForeignKey(
        DocumentRequest,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("sent because of"),
    )
    kind = models.CharField(_("kind"), max_length=40, blank=True)  # catalogue document key
    original_name = models.CharField(_("name the customer gave it"), max_length=255)
    # Empty once the file has been erased (refused or removed).
    stored_name = models.CharField(_("stored as"), max_length=120, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"))
    media_type = models.CharField(_("media type"), max_length=40, blank=True)
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64)  # of the bytes as they were received
    # Of the bytes we keep: a picture is written anew, without what the camera noted in it.
    stored_sha256 = models.CharField(_("SHA-256 as stored"), max_length=64, blank=True)
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=[(state.value, name) for state, name in STATE_NAMES.items()],
        default=EvidenceState.WAITING,
    )
    refusal = models.CharField(_("refused because"), max_length=30, blank=True)  # a code
    virus_scan = models.CharField(
        _("virus scan"),
        max_length=12,
        choices=VirusScan.choices,
        default=VirusScan.NOT_SCANNED,
    )
    uploaded_at = models.DateTimeField(_("received at"))
    # Used again from another appeal of the same customer: both rows lead to the same file.
    came_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="used_again",
        verbose_name=_("used again from"),
    )
    first_received_at = models.DateTimeField(_("first received at"), null=True, blank=True)
    # Not to be checked before: a worker holds it until then, or the virus scanner was away.
    check_after = models.DateTimeField(_("check after"), default=timezone.now)
    tries = models.PositiveSmallIntegerField(_("tries to check it"), default=0)
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    # Read in its text: no later than it came. A scan or a photograph has no text.
    dated_on = models.DateField(_("newest date in it"), null=True, blank=True)
    # The first day on which its file may be erased, as far as is known, and by which rules.
    erase_on = models.DateField(_("to be deleted on"), null=True, blank=True)
    erase_rule = models.CharField(max_length=40, blank=True, default="", db_default="")
    erased_at = models.DateTimeField(_("deleted at"), null=True, blank=True)
    erased_because = models.CharField(
        _("deleted because"),
        max_length=8,
        choices=ErasedBecause.choices,
        blank=True,
        default="",
        db_default="",
    )

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["uploaded_at", "pk"]
        indexes = [
            models.Index(fields=["sha256"], name="evidence_same_file"),
            models.Index(
                fields=["checked_at"],
                condition=models.Q(checked_at__isnull=False),
                name="evidence_checked",
            ),
            models.Index(
                fields=["uploaded_at"],
                condition=models.Q(state=EvidenceState.WAITING),
                name="evidence_to_check",
            ),
            models.Index(
                fields=["uploaded_at"],
                condition=models.Q(state__in=GONE) & ~models.Q(stored_name=""),
                name="evidence_to_erase",
            ),
            models.Index(
                fields=["erase_on", "appeal"],
                condition=models.Q(state__in=KEPT),
                name="evidence_by_its_last_day",
            ),
            models.Index(
                fields=["stored_name"],
                condition=~models.Q(stored_name=""),
                name="evidence_by_its_file",
            ),
            models.Index(
                fields=["erase_rule"],
                condition=models.Q(state__in=KEPT, erase_on__isnull=False),
                name="evidence_by_its_rule",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["appeal", "sha256"],
                condition=models.Q(state__in=KEPT),
                name="a_paper_is_kept_once",
            ),
            models.UniqueConstraint(
                fields=["stored_name"],
                condition=~models.Q(stored_name="") & models.Q(came_from__isnull=True),
                name="a_file_belongs_to_one_paper",
            ),
            models.CheckConstraint(
                condition=models.Q(came_from__isnull=True, first_received_at__isnull=True)
                | models.Q(came_from__isnull=False, first_received_at__isnull=False),
                name="a_paper_used_again_says_when_it_came",
            ),
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=True, erased_because="")
                & ~models.Q(state=EvidenceState.ERASED)
                | models.Q(erased_at__isnull=False, state=EvidenceState.ERASED, original_name="")
                & ~models.Q(erased_because=""),
                name="an_erased_paper_says_when_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.original_name

    @property
    def received_at(self) -> datetime:
        """When the file itself came, for whichever appeal."""
        return self.first_received_at or self.uploaded_at


class EvidenceOpening(models.Model):
    """Somebody looked at a document; the customer is shown who and when."""

    document = models.ForeignKey(
        EvidenceDocument, models.PROTECT, related_name="openings", verbose_name=_("document")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("opening of a document")
        verbose_name_plural = _("openings of documents")
        ordering = ["at"]
        triggers = [IMMUTABLE]

    def __str__(self) -> str:
        return f"{self.document_id} {self.at:%Y-%m-%d %H:%M}"
