"""What waits for one person at the desk; each list is one bounded query."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from appeals.access import (
    clearance_of,
    decisions_seen_by,
    instructions_seen_by,
    is_approver,
    list_alarms,
    list_cases,
    list_queues,
)
from appeals.clock import tone_of
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
from appeals.overview import tallies_for
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
    # The queue of each row is one they see already.
    seen = Q(is_restricted=False) | Q(clearance_of(person))
    due = tallies_for(person).filter(queue_id=OuterRef("pk"), measure=Measure.DUE)
    promises = due.values("at").annotate(sum=Sum("number")).filter(sum__gt=0)
    queues = list_queues(person).annotate(
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
    return [_load(queue, (queue.due or 0) - queue.worked_on, queue.oldest) for queue in queues]


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
    held = list_cases(person).filter(state=AppealState.IN_REVIEW, claim__reviewer=person)
    return Counts(held[:ROWS].count(), list_to_approve(person)[:ROWS].count())


def list_to_approve(person: Customer) -> QuerySet[Appeal]:
    """Outcomes a colleague proposed, which nothing keeps this person from judging."""
    if not is_approver(person):
        return Appeal.objects.none()
    own = Outcome.objects.filter(
        appeal=OuterRef("pk"), sent_back_at__isnull=True, decided_by=person
    )
    waiting = list_cases(person).filter(state=AppealState.APPROVAL)
    mine_to_judge = waiting.alias(bar=bar_between(person.pk)).filter(bar__isnull=True)
    return mine_to_judge.exclude(Exists(own))


@dataclass(frozen=True)
class Attention:
    """What a supervisor must not overlook; each counted only so far."""

    not_applied: int
    held_notices: int
    rejected_lines: int
    alarms: int


def attention_counts(person: Customer) -> Attention:
    seen = instructions_seen_by(person)
    pending = LineInstruction.objects.filter(seen, state=InstructionState.PENDING)
    held = NoticeHold.objects.filter(decisions_seen_by(person, "decision__"))
    return Attention(
        not_applied=pending[:COUNTED].count(),
        held_notices=held.order_by()[:COUNTED].count(),
        rejected_lines=RejectedLine.objects.order_by()[:COUNTED].count(),
        alarms=list_alarms(person).filter(state=AlarmState.OPEN).order_by()[:COUNTED].count(),
    )


def as_count(number: int) -> str:
    """A number that was counted only so far."""
    return f"{COUNTED - 1}+" if number >= COUNTED else str(number)


def _for_lists(cases: QuerySet[Appeal]) -> QuerySet[Appeal]:
    """What a row of a list shows, and nothing about the person beyond their clock."""
    return cases.select_related("decision__line", "queue", "claim", "customer").order_by(
        "promised_at", "pk"
    )
