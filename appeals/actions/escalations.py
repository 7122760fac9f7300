"""Before and after a deadline: staff are warned, then supervisors are told, each once a clock."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from appeals.access import list_supervisors
from appeals.actions.events import record
from appeals.actions.promises import apologise
from appeals.clock_rules import CLOCKS
from appeals.deadlines import last_day
from appeals.models import Appeal, CaseClock, Claim, ClockEnd, ClockKind, EventKind
from appeals.states import AppealState
from appeals.truth import about_appeal
from notifications.api import NotificationRequest, notify_many
from portal.models import Customer

BATCH = 200
# Whoever supervises a queue is a handful of people.
MOST_TOLD = 20


def warn_of_deadlines(*, limit: int = BATCH) -> int:
    """Warn whoever holds the case, else its supervisors, that a deadline is near."""
    return _each(_to_warn(timezone.now()).order_by("warn_at"), _warn, limit)


def escalate_deadlines(*, limit: int = BATCH) -> int:
    """Tell the supervisors, and of our own promise the customer, that a deadline has passed.

    A chance that passed only ends.
    """
    return _each(_passed(timezone.now()).order_by("due_at"), _escalate, limit)


def _live() -> QuerySet[CaseClock]:
    return CaseClock.objects.filter(ended_at__isnull=True, paused_at__isnull=True)


def _to_warn(now: datetime) -> QuerySet[CaseClock]:
    return _live().filter(warned_at__isnull=True, warn_at__lte=now)


def _passed(now: datetime) -> QuerySet[CaseClock]:
    return _live().filter(escalated_at__isnull=True, due_at__lte=now)


def _each(
    clocks: QuerySet[CaseClock], act: Callable[[CaseClock, datetime], bool], limit: int
) -> int:
    """Act on each, in a transaction of its own; how many were acted on here."""
    rows = clocks.select_related("appeal__customer", "appeal__queue")[:limit]
    return sum(act(clock, timezone.now()) for clock in list(rows))


@transaction.atomic
def _warn(clock: CaseClock, now: datetime) -> bool:
    appeal, changes = clock.appeal, {"warned_at": now}
    if clock.kind == ClockKind.RECONSIDERATION and appeal.state == AppealState.SUBMITTED:
        changes["tell_at"] = now  # Nobody has it yet: the customer hears of it as early as staff.
    if not _to_warn(now).filter(pk=clock.pk).update(**changes):
        return False  # Answered, paused or warned of by another worker meanwhile.
    if clock.due_at <= now:
        return False  # Too late for a warning: it goes before the supervisors.
    record(appeal, EventKind.WARNED, visible=False, clock=clock.kind, rule=clock.rule)
    holder = Claim.objects.filter(appeal=appeal).select_related("reviewer").first()
    _tell(clock, "deadline_near", [holder.reviewer] if holder else _in_charge(appeal))
    return True


@transaction.atomic
def _escalate(clock: CaseClock, now: datetime) -> bool:
    passed = _passed(now).filter(pk=clock.pk)
    if clock.rule in CLOCKS.chances:
        if passed.update(ended_at=now, ended_as=ClockEnd.STOPPED):
            record(clock.appeal, EventKind.CLOCK_STOPPED, visible=False, rule=clock.rule)
        return False
    appeal = clock.appeal
    # The appeal's row is taken before its clock's, as everywhere.
    Appeal.objects.select_for_update(no_key=True).get(pk=appeal.pk)
    if not passed.update(escalated_at=now, tell_at=None):
        return False  # Answered, paused or told of by another worker meanwhile.
    record(appeal, EventKind.ESCALATED, visible=False, clock=clock.kind, rule=clock.rule)
    _tell(clock, "deadline_passed", _in_charge(appeal))
    if clock.kind == ClockKind.RECONSIDERATION:
        apologise(clock, now)
    return True


def _in_charge(appeal: Appeal) -> list[Customer]:
    """The supervisors who work in the appeal's queue; where there is none, all of them."""
    people = list_supervisors(appeal)
    own = list(people.filter(review_queues=appeal.queue_id)[:MOST_TOLD])
    return own or list(people[:MOST_TOLD])


def _tell(clock: CaseClock, type_name: str, people: Iterable[Customer]) -> None:
    """One message a person, clock and deadline: a pause that moves it makes it worth telling."""
    appeal = clock.appeal
    day = last_day(clock.due_at, appeal.customer.zone).isoformat()
    notify_many(
        NotificationRequest(
            recipient_id=person.pk,
            type=type_name,
            dedupe_key=f"clock:{clock.pk}:{type_name}:{day}:{person.pk}",
            context={"reference": appeal.reference, "due_on": day},
            path=f"/admin/cases/{appeal.reference}/",
            about=about_appeal(appeal),
        )
        for person in people
    )
