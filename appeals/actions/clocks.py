"""The clocks of a case: begun, paused, resumed and ended together with the appeal itself.

The promise stands twice: as a clock, and on the appeal as `promised_at` and `paused_at`, by which
lists are sorted. What moves one moves the other, here. The appeal's row is always taken first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, QuerySet, Value, When

from appeals.actions.events import record
from appeals.catalogue.packs import pack_of
from appeals.clock_rules import CLOCKS, ClockRule, promise_period
from appeals.deadlines import Period, due_after, morning_before, resume_due
from appeals.models import Appeal, CaseClock, ClockEnd, ClockKind, EventKind, Ground
from appeals.states import AppealState
from portal.models import Customer

# The customer hears of a likely delay on the last working day before the promised one.
TELL_DAYS = 1
# Only used for a clock whose rule has left the table since.
USUAL_WARNING = 1
BEGUN_WITH = (
    "kind",
    "unit",
    "days",
    "calendar",
    "started_at",
    "due_at",
    "can_pause",
    "because",
    "is_suggested",
    "warn_at",
    "tell_at",
)
NOT_TOLD: dict[str, None] = {"warned_at": None, "customer_told_at": None, "escalated_at": None}


@dataclass(frozen=True)
class Cause:
    """Why a clock begins: codes or words, the person who says so, or only words that were found."""

    because: str
    by: Customer | None = None
    is_suggested: bool = False


def running(appeal: Appeal) -> QuerySet[CaseClock]:
    """The clocks of an appeal that have not ended, paused ones too."""
    return CaseClock.objects.filter(appeal=appeal, ended_at__isnull=True)


def start_promise(appeal: Appeal) -> CaseClock:
    """Begin the clock of our own promise, as the appeal's row has it."""
    assert appeal.queue is not None  # the database keeps it so
    assert appeal.promised_at is not None
    assert appeal.submitted_at is not None
    period = promise_period(appeal.queue, appeal.customer)
    rule = CLOCKS.promise
    clock = CaseClock(
        appeal=appeal,
        kind=rule.kind,
        rule=rule.key,
        unit=period.unit,
        days=period.number,
        calendar=period.jurisdiction,
        started_at=appeal.submitted_at,
        due_at=appeal.promised_at,
        can_pause=rule.can_pause,
    )
    _set_mornings(clock, period, appeal.submitted_at, _warn_days(clock, appeal))
    clock.save(force_insert=True)
    return clock


def start_disputes(appeal: Appeal, grounds: Iterable[Ground]) -> list[CaseClock]:
    """Begin the clocks of a dispute about data where a disputed reason rests on a credit file."""
    codes = [
        ground.decision_reason.code
        for ground in grounds
        if ground.decision_reason.reason.from_credit_report
    ]
    if not codes:
        return []
    cause = Cause(", ".join(dict.fromkeys(codes)))
    return start_clocks(appeal, ClockKind.DATA_DISPUTE, sent_at(appeal), cause)


def start_clocks(appeal: Appeal, kind: ClockKind, began: datetime, cause: Cause) -> list[CaseClock]:
    """Begin each clock of this kind that the customer's law has and that does not run yet.

    What a person has put aside is begun again only by a person.
    """
    begun = []
    for rule in CLOCKS.of_kind(kind, pack_of(appeal.customer, began)):
        clock = _legal_clock(appeal, rule, began)
        clock.because, clock.is_suggested = cause.because[:200], cause.is_suggested
        if _begin(clock, may_reopen=cause.by is not None):
            begun.append(clock)
            record(
                appeal,
                EventKind.CLOCK_STARTED,
                cause.by,
                visible=False,
                clock=kind.value,
                rule=rule.key,
                suggested=int(cause.is_suggested),
            )
    return begun


def pause_clocks(appeal: Appeal, now: datetime) -> None:
    """Wait for the customer: the appeal's state, its promise and every clock that may pause."""
    appeal.move_to(AppealState.WAITING, paused_at=now)
    running(appeal).filter(can_pause=True, paused_at__isnull=True).update(paused_at=now)


def resume_clocks(appeal: Appeal, state: AppealState, now: datetime) -> None:
    """Go on in this state with what was left of the promise and of every paused clock."""
    paused = list(running(appeal).filter(paused_at__isnull=False))
    for clock in paused:
        _resume(clock, appeal, now)
    promise = next(clock for clock in paused if clock.kind == ClockKind.RECONSIDERATION)
    appeal.move_to(state, promised_at=promise.due_at, paused_at=None)
    CaseClock.objects.bulk_update(
        paused,
        [
            "due_at",
            "warn_at",
            "tell_at",
            "paused_at",
            "warned_at",
            "customer_told_at",
            "escalated_at",
        ],
    )


def shorten_promise(appeal: Appeal, now: datetime) -> datetime | None:
    """The promise of the queue it was just put in, where that is earlier than the one given.

    A promise is never made longer by moving a case; one that is paused is counted on as it was.
    """
    if appeal.queue is None or appeal.paused_at or appeal.promised_at is None:
        return appeal.promised_at
    period = promise_period(appeal.queue, appeal.customer)
    due = due_after(now, period)
    if due >= appeal.promised_at:
        return appeal.promised_at
    for clock in running(appeal).filter(kind=ClockKind.RECONSIDERATION):
        clock.due_at, clock.days, clock.calendar = due, period.number, period.jurisdiction
        clock.started_at = now  # so that the page can show how the new day was counted
        clock.warned_at = clock.customer_told_at = clock.escalated_at = None
        _set_mornings(clock, period, now, appeal.queue.warn_working_days)
        clock.save(update_fields=[*BEGUN_WITH, *NOT_TOLD])
    return due


def stop_clocks(appeal: Appeal, now: datetime, *, is_answered: bool) -> None:
    """End every clock: kept or late when the customer has the answer, else not needed any more."""
    stopped = Value(ClockEnd.STOPPED)
    end: Any = stopped
    if is_answered:
        end = Case(
            When(due_at__gte=now, then=Value(ClockEnd.MET)),
            When(rule__in=CLOCKS.chances, then=stopped),
            default=Value(ClockEnd.MISSED),
        )
    running(appeal).update(ended_at=now, ended_as=end, paused_at=None)


def restart_clocks(appeal: Appeal, closed_at: datetime) -> None:
    """Let the clocks run on that ended with a closing which is undone, as if it had not been."""
    ended_with_it = CaseClock.objects.filter(
        appeal=appeal, ended_at=closed_at, ended_as=ClockEnd.STOPPED
    )
    ended_with_it.update(ended_at=None, ended_as="")


def period_of(clock: CaseClock, customer: Customer) -> Period:
    """How a clock counts, as it was when it began."""
    return Period(clock.days, clock.unit, clock.calendar, customer.zone)


def sent_at(appeal: Appeal) -> datetime:
    assert appeal.submitted_at is not None  # only a draft has none, and a draft has no clocks
    return appeal.submitted_at


def _legal_clock(appeal: Appeal, rule: ClockRule, began: datetime) -> CaseClock:
    period = rule.period(appeal.customer)
    clock = CaseClock(
        appeal=appeal,
        kind=rule.kind,
        rule=rule.key,
        unit=period.unit,
        days=period.number,
        calendar=period.jurisdiction,
        started_at=began,
        due_at=due_after(began, period),
        can_pause=rule.can_pause,
    )
    _set_mornings(clock, period, began, rule.warn or USUAL_WARNING)
    return clock


def _begin(clock: CaseClock, *, may_reopen: bool) -> bool:
    """Whether it was begun here: of two at once one is, and one that runs goes on as it is."""
    row, is_new = CaseClock.objects.get_or_create(
        appeal=clock.appeal, rule=clock.rule, defaults=_values_of(clock)
    )
    if is_new or not may_reopen:
        return is_new
    put_aside = CaseClock.objects.filter(pk=row.pk, ended_as=ClockEnd.STOPPED)
    again = {"ended_at": None, "ended_as": "", **NOT_TOLD}
    return bool(put_aside.update(**_values_of(clock), **again))


def _values_of(clock: CaseClock) -> dict[str, Any]:
    return {name: getattr(clock, name) for name in BEGUN_WITH}


def _resume(clock: CaseClock, appeal: Appeal, now: datetime) -> None:
    """Set the clock going; when its deadline moved, everybody is told anew before the new one."""
    assert clock.paused_at is not None
    period = period_of(clock, appeal.customer)
    due = resume_due(clock.due_at, clock.paused_at, now, period)
    if due != clock.due_at:
        clock.due_at = due
        clock.warned_at = clock.customer_told_at = clock.escalated_at = None
        _set_mornings(clock, period, now, _warn_days(clock, appeal))
    clock.paused_at = None


def _set_mornings(clock: CaseClock, period: Period, began: datetime, warn_days: int) -> None:
    clock.warn_at = morning_before(clock.due_at, warn_days, began, period)
    if clock.kind == ClockKind.RECONSIDERATION:
        clock.tell_at = morning_before(clock.due_at, TELL_DAYS, began, period)


def _warn_days(clock: CaseClock, appeal: Appeal) -> int:
    if clock.kind == ClockKind.RECONSIDERATION and appeal.queue is not None:
        return appeal.queue.warn_working_days
    rule = CLOCKS.rules.get(clock.rule)
    return (rule and rule.warn) or USUAL_WARNING
