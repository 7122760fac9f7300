"""The customer's request to reconsider one decision, and what they say about each reason."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.errors import WrongState
from appeals.models.compared import COMPARED
from appeals.models.counted import COUNTED_APPEALS, COUNTED_GROUNDS
from appeals.models.decisions import DecisionReason, LineDecision
from appeals.models.independence import KEPT
from appeals.models.queues import ReviewQueue, RoutingRule
from appeals.states import CLOSED, OPEN, WITHDRAWABLE, AppealState, can_move

STATE_NAMES = {
    AppealState.DRAFT: _("Draft"),
    AppealState.SUBMITTED: _("Waiting for a reviewer"),
    AppealState.IN_REVIEW: _("In review"),
    AppealState.WAITING: _("Waiting for the customer"),
    AppealState.APPROVAL: _("Second check"),
    AppealState.DECIDED: _("Decided"),
    AppealState.WITHDRAWN: _("Withdrawn"),
    AppealState.DUPLICATE: _("Closed: answered with another appeal"),
}


class Wish(models.TextChoices):
    FULL = "full", _("Give me back my whole limit")
    PART = "part", _("Give me back part of it")
    CORRECT = "correct", _("Correct a fact, then decide again")
    LOOK = "look", _("Have a person look at it")


class Urgency(models.IntegerChoices):
    """Served in this order within a queue, before the promise counts."""

    FIRST = 0, _("First: hardship or care needed")
    USUAL = 1, _("By its promise")


class Harm(models.IntegerChoices):
    """How much was taken: among appeals promised for the same moment, the harder hit come first."""

    ALL = 0, _("The whole line, or three quarters of it")
    HALF = 1, _("Half of the limit or more")
    LESS = 2, _("Less than half of the limit")


# The one order in which appeals of a queue are served: by "Claim next", by the sharing out, and in
# the suggested order. The database knows it too, in `appeals_take_next`.
SERVED = ("urgency", "promised_at", "harm", "pk")


class AppealQuerySet(models.QuerySet["Appeal"]):
    def open(self) -> "AppealQuerySet":
        """Sent, and not yet answered."""
        return self.filter(state__in=OPEN)

    def overdue(self, now: datetime) -> "AppealQuerySet":
        """Open, the promise passed, and we were not waiting for the customer."""
        return self.open().filter(promised_at__lt=now).exclude(state=AppealState.WAITING)


class Appeal(models.Model):
    """A request to reconsider ONE decision. Only `move_to` and a claim's lease change its state."""

    reference = models.CharField(_("appeal number"), max_length=16, unique=True)
    decision = models.ForeignKey(
        LineDecision, models.PROTECT, related_name="appeals", verbose_name=_("decision")
    )
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="appeals",
        verbose_name=_("customer"),
    )
    state = models.CharField(
        _("state"),
        max_length=12,
        choices=[(state.value, name) for state, name in STATE_NAMES.items()],
        default=AppealState.DRAFT,
    )
    wish = models.CharField(_("asks for"), max_length=8, choices=Wish.choices, blank=True)
    requested_limit = models.DecimalField(
        _("limit asked for"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    statement = models.TextField(_("anything else"), max_length=4000, blank=True)
    late_reason = models.TextField(_("why so late"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("begun at"))
    saved_at = models.DateTimeField(_("saved at"))
    submitted_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    queue = models.ForeignKey(
        ReviewQueue,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="appeals",
        verbose_name=_("queue"),
    )
    routed_by = models.ForeignKey(
        RoutingRule,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("routed by"),
    )
    routed_version = models.PositiveIntegerField(
        _("version of the rule"), null=True, blank=True, editable=False
    )
    # The disputed reason that decided, and what the author of the rule wrote; blank: no rule did.
    routed_reason = models.CharField(
        _("routed by the reason"), max_length=40, blank=True, default="", db_default=""
    )
    routed_because = models.CharField(_("routed because"), max_length=300, blank=True)
    # For whom it was meant, and the code of why it is not kept for them.
    not_kept_for = models.CharField(
        _("not kept for"), max_length=64, blank=True, default="", db_default=""
    )
    not_kept_why = models.CharField(
        _("not kept because"), max_length=12, blank=True, default="", db_default=""
    )
    # What decides who may take it and in which order, as it was when the appeal was routed.
    language = models.CharField(_("language"), max_length=12, blank=True)
    region = models.CharField(_("region"), max_length=10, blank=True, default="", db_default="")
    urgency = models.PositiveSmallIntegerField(
        _("urgency"), choices=Urgency.choices, default=Urgency.USUAL
    )
    harm = models.PositiveSmallIntegerField(
        _("harm"), choices=Harm.choices, default=Harm.LESS, db_default=Harm.LESS
    )
    is_vulnerable = models.BooleanField(_("needs care"), default=False)
    # Only members of its queue who are cleared see it, count it or find it.
    is_restricted = models.BooleanField(_("restricted"), default=False)
    # Gathered under an open incident; see appeals.models.set_aside.
    is_set_aside = models.BooleanField(
        _("waits for an incident"), default=False, db_default=False, editable=False
    )
    reserved_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reserved_appeals",
        verbose_name=_("reserved for"),
    )
    reserved_until = models.DateTimeField(_("reserved until"), null=True, blank=True)
    duplicate_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="duplicates",
        verbose_name=_("answered with"),
    )
    # Closing as a duplicate can be undone until the customer was told.
    duplicate_told_at = models.DateTimeField(
        _("told of the other appeal at"), null=True, blank=True
    )
    # Midnight at the end of the promised day in the customer's zone.
    promised_at = models.DateTimeField(_("answer promised by"), null=True, blank=True)
    paused_at = models.DateTimeField(_("promise paused since"), null=True, blank=True)
    lateness_told_at = models.DateTimeField(_("told that we are late"), null=True, blank=True)
    # Grows with each save of the reviewer's page: the second of two tabs is refused.
    version = models.PositiveIntegerField(_("version"), default=1)
    # The outcome the reviewer has begun to write; it outlives a lease that ran out.
    review_draft = models.JSONField(_("unfinished outcome"), default=dict, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        permissions = [
            ("review_appeal", "Can review appeals in own queues"),
            ("supervise_appeal", "Can see all queues and reassign"),
            ("approve_appeal", "Can approve outcomes as the second person"),
            ("audit_appeal", "Can read all appeals and change nothing"),
            ("check_quality", "Can re-read decided appeals for quality"),
            ("edit_catalogue", "Can edit reasons, texts, calendars and evidence kinds"),
            ("export_appeal", "Can export lists of appeals"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["decision"],
                condition=~models.Q(state=AppealState.WITHDRAWN),
                name="one_live_appeal_per_decision",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[AppealState.DRAFT, AppealState.WITHDRAWN])
                | models.Q(
                    submitted_at__isnull=False, queue__isnull=False, promised_at__isnull=False
                ),
                name="sent_appeal_has_queue_and_promise",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=AppealState.DUPLICATE)
                | models.Q(duplicate_of__isnull=False),
                name="duplicate_names_the_other_appeal",
            ),
            models.CheckConstraint(
                condition=models.Q(duplicate_of__isnull=True)
                | ~models.Q(duplicate_of=models.F("id")),
                name="not_a_duplicate_of_itself",
            ),
        ]
        indexes = [
            models.Index(
                fields=["queue", "language", "urgency", "promised_at", "harm", "id"],
                condition=models.Q(
                    state=AppealState.SUBMITTED, reserved_for__isnull=True, is_set_aside=False
                ),
                name="appeals_waiting_for_claim",
            ),
            models.Index(
                fields=["queue", "promised_at", "id"],
                condition=models.Q(state__in=sorted(OPEN)),
                name="open_appeals_of_queue",
            ),
            models.Index(
                fields=["reserved_for", "urgency", "promised_at", "harm"],
                condition=models.Q(
                    state=AppealState.SUBMITTED, reserved_for__isnull=False, is_set_aside=False
                ),
                name="appeals_reserved",
            ),
            # Few at any time, however many wait: what is on somebody's desk.
            models.Index(
                fields=["state", "promised_at"],
                condition=models.Q(
                    state__in=[AppealState.APPROVAL, AppealState.IN_REVIEW, AppealState.WAITING]
                ),
                name="appeals_being_worked_on",
            ),
            models.Index(fields=["customer", "-created_at"], name="appeals_of_customer"),
            models.Index(
                fields=["promised_at"],
                condition=models.Q(state__in=sorted(OPEN)),
                name="open_appeals_by_promise",
            ),
            # Few, and looked for among all: whoever needs care.
            models.Index(
                fields=["queue", "promised_at", "id"],
                condition=models.Q(state__in=sorted(OPEN), is_vulnerable=True),
                name="open_appeals_needing_care",
            ),
            models.Index(
                fields=["queue", "closed_at", "id"],
                condition=models.Q(state__in=sorted(CLOSED)),
                name="closed_appeals_of_queue",
            ),
            models.Index(
                fields=["queue", "submitted_at", "id"],
                condition=~models.Q(state=AppealState.DRAFT),
                name="sent_appeals_of_queue",
            ),
            models.Index(
                fields=["closed_at"],
                condition=models.Q(state=AppealState.DUPLICATE, duplicate_told_at__isnull=True),
                name="duplicates_to_tell_of",
            ),
        ]
        triggers = [*COUNTED_APPEALS, *COMPARED, *KEPT]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_draft(self) -> bool:
        return self.state == AppealState.DRAFT

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def told_state(self) -> AppealState:
        """The state as its customer knows it: until they are told, a duplicate may be undone."""
        if self.state == AppealState.DUPLICATE and self.duplicate_told_at is None:
            return AppealState.SUBMITTED
        return AppealState(self.state)

    @property
    def can_be_withdrawn(self) -> bool:
        return self.state in WITHDRAWABLE

    @property
    def accepts_evidence(self) -> bool:
        """Papers may be added until a reviewer has made up their mind."""
        return self.state in {
            AppealState.DRAFT,
            AppealState.SUBMITTED,
            AppealState.IN_REVIEW,
            AppealState.WAITING,
        }

    def move_to(self, new: AppealState, **changes: Any) -> None:
        """Change the state, and the fields given, only if nobody was quicker.

        Raises WrongState when the table forbids the move or the row has moved meanwhile.
        """
        old = AppealState(self.state)
        if not can_move(old, new):
            raise WrongState(str(_("This appeal can no longer be changed in that way.")))
        fields = {"state": new, "version": self.version + 1, **changes}
        unchanged = Appeal.objects.filter(pk=self.pk, state=old, version=self.version)
        if not unchanged.update(**fields):
            raise WrongState(
                str(_("This appeal changed while you were looking at it. Please reload the page."))
            )
        for name, value in fields.items():
            setattr(self, name, value)


class Ground(models.Model):
    """What the customer says about one of the reasons."""

    appeal = models.ForeignKey(
        Appeal, models.CASCADE, related_name="grounds", verbose_name=_("appeal")
    )
    decision_reason = models.ForeignKey(
        DecisionReason, models.PROTECT, related_name="grounds", verbose_name=_("reason")
    )
    statement = models.TextField(_("what the customer says"), max_length=4000, blank=True)

    class Meta:
        verbose_name = _("ground")
        verbose_name_plural = _("grounds")
        ordering = ["decision_reason__rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["appeal", "decision_reason"], name="one_ground_a_reason"
            )
        ]
        triggers = COUNTED_GROUNDS

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.decision_reason_id}"


class DocumentRequest(models.Model):
    """A reviewer asks the customer for papers, or a question; the promise pauses meanwhile."""

    appeal = models.ForeignKey(
        Appeal, models.CASCADE, related_name="document_requests", verbose_name=_("appeal")
    )
    # Catalogue document keys; none when only an answer in words is asked for.
    kinds = models.JSONField(_("papers asked for"), default=list)
    message = models.TextField(_("message to the customer"), max_length=2000)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    # Ended by us: what was asked for is not needed any more, and nobody answered.
    is_called_off = models.BooleanField(_("called off"), default=False)

    class Meta:
        verbose_name = _("request for documents")
        verbose_name_plural = _("requests for documents")
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["appeal"],
                condition=models.Q(answered_at__isnull=True),
                name="one_open_request_an_appeal",
            )
        ]

    def __str__(self) -> str:
        return self.message
