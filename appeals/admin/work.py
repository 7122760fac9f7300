"""What waits for one person at the desk; each list is one bounded query."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from appeals.access import (
    Reach,
    cases_within,
    clearance_of,
    decisions_seen_by,
    instructions_seen_by,
    is_approver,
    list_alarms,
    list_cases,
    queues_within,
    reach_of,
)
from appeals.clock import tone_of
from appeals.kept_sums import tallies_within
from appeals.models import (
    SERVED,
    AlarmState,
    Appeal,
    DocumentRequest,
    InstructionState,
    LineInstruction,
    Measure,
    NoticeHold,
    Outcome,
    RejectedLine,
    ReviewQueue,
)
from appeals.models.independence import bar_between
from appeals.prepared import counted, prepared
from appeals.states import AppealState
from portal.models import Customer

ROWS = 50
# A queue is counted up to here, so that the price does not grow with it.
COUNTED = 1_000


@dataclass(frozen=True)
class QueueLoad:
    """How much waits in a queue, and how old the oldest promise is."""

    queue: ReviewQueue
    waiting: int
    oldest: datetime | None

    @property
    def count(self) -> str:
        return as_count(self.waiting)

    @property
    def tone(self) -> str:
        return tone_of(self.oldest, timezone.now())


@dataclass(frozen=True)
class Work:
    """Everything on a person's first page."""

    held: list[Appeal]
    kept: list[Appeal]
    answered: list[Appeal]
    to_approve: list[Appeal]
    waiting: list[Appeal]


def queue_loads(person: Customer) -> list[QueueLoad]:
    """The person's queues, most urgent first; what waits is summed, and only what they may open."""
    queues = _queue_loads(person.pk, reach=reach_of(person))
    return [_load(queue, (queue.due or 0) - queue.worked_on, queue.oldest) for queue in queues]


@prepared
def _queue_loads(person: int, *, reach: Reach) -> QuerySet[Any]:
    # The queue of each row is one they see already.
    seen = Q(is_restricted=False) | Q(clearance_of(person))
    due = tallies_within(person, reach).filter(queue_id=OuterRef("pk"), measure=Measure.DUE)
    promises = due.values("at").annotate(sum=Sum("number")).filter(sum__gt=0)
    return queues_within(person, reach).annotate(
        due=Subquery(due.values("queue_id").annotate(sum=Sum("number")).values("sum")),
        # Few at any time, however many wait; looked up once for all queues.
        worked_on=Func(
            Func(
                ArraySubquery(
                    Appeal.objects.filter(
                        seen, state__in=[AppealState.APPROVAL, AppealState.IN_REVIEW]
                    ).values("queue_id")
                ),
                F("pk"),
                function="array_positions",
            ),
            function="cardinality",
            output_field=IntegerField(),
        ),
        oldest=Subquery(promises.order_by("at").values("at")[:1]),
    )


def _load(queue: ReviewQueue, waiting: int, oldest: datetime | None) -> QueueLoad:
    return QueueLoad(queue, waiting, oldest if waiting else None)


def work_of(person: Customer) -> Work:
    cases = _for_lists(list_cases(person))
    # Few rows are a person's own: the lists start from them, not from all that waits.
    asked = DocumentRequest.objects.filter(asked_by=person)
    proposed = Outcome.objects.filter(sent_back_at__isnull=True, decided_by=person, is_final=False)
    answered = asked.filter(answered_at__isnull=False, is_called_off=False).values("appeal")
    open_requests = asked.filter(answered_at__isnull=True).values("appeal")
    waiting = Q(state=AppealState.WAITING, pk__in=open_requests)
    mine = Q(state=AppealState.APPROVAL, pk__in=proposed.values("appeal"))
    held = cases.filter(state=AppealState.IN_REVIEW, claim__reviewer=person)
    # In the order in which they are given to them.
    kept = cases.filter(state=AppealState.SUBMITTED, is_set_aside=False, reserved_for=person)
    return Work(
        held=list(held[:ROWS]),
        kept=list(kept.order_by(*SERVED)[:ROWS]),
        answered=list(cases.filter(state=AppealState.SUBMITTED, pk__in=answered)[:ROWS]),
        to_approve=list(_for_lists(list_to_approve(person))[:ROWS]),
        waiting=list(cases.filter(waiting | mine)[:ROWS]),
    )


@dataclass(frozen=True)
class Counts:
    """What the sidebar says beside "My work"."""

    held: int
    to_approve: int


def work_counts(person: Customer) -> Counts:
    reach = reach_of(person)
    to_approve = _count_to_approve(person.pk, reach=reach) if is_approver(person) else 0
    return Counts(_count_held(person.pk, reach=reach), to_approve)


@counted
def _count_held(person: int, *, reach: Reach) -> QuerySet[Appeal, Any]:
    held = cases_within(person, reach).filter(state=AppealState.IN_REVIEW, claim__reviewer=person)
    return held.order_by().values_list("pk")[:ROWS]


@counted
def _count_to_approve(person: int, *, reach: Reach) -> QuerySet[Appeal, Any]:
    return _to_approve(person, reach).order_by().values_list("pk")[:ROWS]


def list_to_approve(person: Customer) -> QuerySet[Appeal]:
    """Outcomes a colleague proposed, which nothing keeps this person from judging."""
    if not is_approver(person):
        return Appeal.objects.none()
    return _to_approve(person.pk, reach_of(person))


def _to_approve(person: int, reach: Reach) -> QuerySet[Appeal]:
    own = Outcome.objects.filter(
        appeal=OuterRef("pk"), sent_back_at__isnull=True, decided_by=person
    )
    waiting = cases_within(person, reach).filter(state=AppealState.APPROVAL)
    mine_to_judge = waiting.alias(bar=bar_between(person)).filter(bar__isnull=True)
    return mine_to_judge.exclude(Exists(own))


@dataclass(frozen=True)
class Attention:
    """What a supervisor must not overlook; each counted only so far."""

    not_applied: int
    held_notices: int
    rejected_lines: int
    alarms: int


def attention_counts(person: Customer) -> Attention:
    held = NoticeHold.objects.filter(decisions_seen_by(person, "decision__"))
    return Attention(
        not_applied=_count_not_applied(person.pk),
        held_notices=held.order_by()[:COUNTED].count(),
        rejected_lines=RejectedLine.objects.order_by()[:COUNTED].count(),
        alarms=list_alarms(person).filter(state=AlarmState.OPEN).order_by()[:COUNTED].count(),
    )


@counted
def _count_not_applied(person: int) -> QuerySet[LineInstruction, Any]:
    seen = instructions_seen_by(person)
    pending = LineInstruction.objects.filter(seen, state=InstructionState.PENDING)
    return pending.order_by().values_list("pk")[:COUNTED]


def as_count(number: int) -> str:
    """A number that was counted only so far."""
    return f"{COUNTED - 1}+" if number >= COUNTED else str(number)


def _for_lists(cases: QuerySet[Appeal]) -> QuerySet[Appeal]:
    """What a row of a list shows, and nothing about the person beyond their clock."""
    return cases.select_related("decision__line", "queue", "claim", "customer").order_by(
        "promised_at", "pk"
    )
