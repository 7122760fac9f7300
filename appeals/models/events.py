"""The history of an appeal: rows are added, never changed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal
from appeals.models.decisions import IMMUTABLE


class EventKind(models.TextChoices):
    SUBMITTED = "submitted", _("Appeal sent")
    ROUTED = "routed", _("Put in a queue")
    CLAIMED = "claimed", _("A reviewer started")
    RELEASED = "released", _("Returned to the queue")
    LEASE_ENDED = "lease_ended", _("Returned to the queue: the reviewer's time ran out")
    EVIDENCE_ADDED = "evidence_added", _("Document received")
    EVIDENCE_REFUSED = "evidence_refused", _("Document could not be used")
    CANNOT_UPLOAD = "cannot_upload", _("The customer cannot upload papers")
    POSTED = "posted", _("Document received by post")
    DOCUMENTS_ASKED = "documents_asked", _("More documents asked for")
    DOCUMENTS_ANSWERED = "documents_answered", _("The customer answered")
    PROPOSED = "proposed", _("Outcome proposed")
    SENT_BACK = "sent_back", _("Outcome sent back")
    DECIDED = "decided", _("Decided")
    APPLIED = "applied", _("The ledger confirmed")
    WITHDRAWN = "withdrawn", _("Withdrawn by the customer")
    LATE = "late", _("We are late")
    NOTE = "note", _("Note")
    PASSED_ON = "passed_on", _("Passed on to a colleague")
    RESERVED = "reserved", _("Assigned to a reviewer")
    RECUSED = "recused", _("The reviewer declared a conflict of interest")
    MOVED = "moved", _("Put in another queue")
    CARE = "care", _("Care for the customer was marked or unmarked")
    DUPLICATE = "duplicate", _("Closed: answered with another appeal")
    REOPENED = "reopened", _("Opened again")
    CLOCK_STARTED = "clock_started", _("A deadline began")
    CLOCK_STOPPED = "clock_stopped", _("A deadline ended")
    WARNED = "warned", _("The promise may not be kept")
    ESCALATED = "escalated", _("Put before a supervisor")
    CONDITION_MET = "condition_met", _("The condition was met")
    CONDITION_MISSED = "condition_missed", _("The condition was not met in time")
    TIME_ENDED = "time_ended", _("The time the limit was restored for ended")
    LOOKED_AGAIN = "looked_again", _("The reason came up to be looked at again")
    NO_NEWS = "no_news", _("The customer was told that nothing is new")
    PAPERS_ERASED = "papers_erased", _("Papers were deleted: kept long enough")
    GATHERED = "gathered", _("Gathered under an incident: its rule may be wrong")
    PARTED = "parted", _("No longer gathered: looked at by itself")
    HELPER_NAMED = "helper_named", _("The customer named somebody to help")
    HELPER_ENDED = "helper_ended", _("Somebody no longer helps the customer")
    HELPER_FINISHED = "helper_finished", _("Whoever helps the customer finished their part")
    LOOK_ENDED = "look_ended", _("The reason was looked at again")
    REQUEST_JOINED = "request_joined", _("The customer asked for something more")
    REQUEST_ERASED = "request_erased", _("What the customer asked was deleted: kept long enough")


class CaseEvent(models.Model):
    """One thing that happened. `details` holds codes and references, never free personal text."""

    appeal = models.ForeignKey(
        Appeal, models.PROTECT, related_name="events", verbose_name=_("appeal")
    )
    kind = models.CharField(_("what"), max_length=20, choices=EventKind.choices)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    is_visible = models.BooleanField(_("shown to the customer"), default=True)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("case event")
        verbose_name_plural = _("case events")
        ordering = ["at", "pk"]
        triggers = [IMMUTABLE]

    def __str__(self) -> str:
        return self.kind
