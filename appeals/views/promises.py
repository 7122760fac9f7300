"""The promised day and how it was counted, across every pause, for the customer to read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

from appeals.clock import place_of
from appeals.deadlines import Count, count_working_days, last_day, working_days_between
from appeals.holiday_names import holiday_name
from appeals.models import Appeal, CalendarDay, CaseClock, ClockKind, DocumentRequest


@dataclass(frozen=True)
class DayOff:
    """A weekday that was not counted, or a weekend day that was, with its name if it has one."""

    day: date
    name: str


@dataclass(frozen=True)
class Stretch:
    """Days in a row that were counted, until the promised day or until we waited for you."""

    begin: date  # the day after which it counts
    end: date
    count: Count
    off: tuple[DayOff, ...]
    made_up: tuple[DayOff, ...]
    # When we stopped to wait for the customer, if it ended so; `end` is that day.
    is_stopped: bool = False
    # Began when we no longer needed what we had asked for.
    is_called_off: bool = False


@dataclass(frozen=True)
class Arithmetic:
    """How a promise was counted."""

    days: int
    stretches: tuple[Stretch, ...]
    # What is left while the count has stopped.
    left: int | None
    # When the case came to another team that promised an earlier day.
    began_anew: date | None

    @property
    def was_paused(self) -> bool:
        return any(one.is_stopped for one in self.stretches)


@dataclass(frozen=True)
class Promised:
    """A promise as a page shows it, with its arithmetic."""

    at: datetime
    is_paused: bool
    is_late: bool
    count: Arithmetic


def promised(
    appeal: Appeal, now: datetime, requests: Iterable[DocumentRequest] = ()
) -> Promised | None:
    """The promise of an appeal that is on its way, or none. Two queries."""
    if not appeal.is_open or appeal.promised_at is None or appeal.submitted_at is None:
        return None
    is_paused = appeal.paused_at is not None
    return Promised(
        at=appeal.promised_at,
        is_paused=is_paused,
        is_late=not is_paused and appeal.promised_at <= now,
        count=_arithmetic(appeal, appeal.submitted_at, appeal.promised_at, list(requests)),
    )


def _arithmetic(
    appeal: Appeal, sent_at: datetime, due: datetime, requests: list[DocumentRequest]
) -> Arithmetic:
    zone = appeal.customer.zone
    clock = CaseClock.objects.filter(appeal=appeal, kind=ClockKind.RECONSIDERATION).first()
    place = clock.calendar if clock else place_of(appeal)
    began = clock.started_at if clock else sent_at
    sent_on, began_on, last = (
        sent_at.astimezone(zone).date(),
        began.astimezone(zone).date(),
        last_day(due, zone),
    )
    spans = _spans(began_on, last, _pauses(began, requests, zone))
    names = _own_names(place, began_on, last)
    called_off = {
        one.answered_at.astimezone(zone).date()
        for one in requests
        if one.answered_at and one.is_called_off
    }
    stretches = tuple(
        replace(
            _stretch(start, end, place, names, is_stopped=is_stopped),
            is_called_off=start in called_off,
        )
        for start, end, is_stopped in spans
    )
    paused = appeal.paused_at
    left = working_days_between(paused.astimezone(zone).date(), last, place) if paused else None
    return Arithmetic(
        days=clock.days if clock else sum(one.count.days for one in stretches),
        stretches=stretches,
        left=None if left is None else max(left, 1),
        began_anew=began_on if began_on != sent_on else None,
    )


def _pauses(
    began: datetime, requests: Sequence[DocumentRequest], zone: ZoneInfo
) -> list[tuple[date, date | None]]:
    """From when to when we waited for the customer, since the count began."""
    return [
        (
            one.asked_at.astimezone(zone).date(),
            one.answered_at.astimezone(zone).date() if one.answered_at else None,
        )
        for one in requests
        if one.answered_at is None or one.answered_at >= began
    ]


def _spans(
    began: date, last: date, pauses: Sequence[tuple[date, date | None]]
) -> list[tuple[date, date, bool]]:
    spans, start = [], began
    for stopped, went_on in pauses:
        spans.append((start, max(stopped, start), True))
        if went_on is None:
            return spans
        start = went_on
    return [*spans, (start, last, False)]


def _stretch(
    start: date, end: date, place: str, names: Mapping[date, str], *, is_stopped: bool
) -> Stretch:
    count = count_working_days(start, end, place)
    language = get_language() or "en"

    def named(day: date) -> DayOff:
        return DayOff(day, names.get(day) or holiday_name(day, place, language))

    return Stretch(
        start,
        end,
        count,
        off=tuple(named(day) for day in count.holidays),
        made_up=tuple(DayOff(day, names.get(day, "")) for day in count.made_up),
        is_stopped=is_stopped,
    )


def _own_names(place: str, start: date, end: date) -> dict[date, str]:
    """What the lender calls the days of its own calendar."""
    rows = CalendarDay.objects.filter(
        jurisdiction=place, is_active=True, day__gt=start, day__lte=end
    )
    is_chinese = (get_language() or "en").startswith("zh")
    return {row.day: row.name_zh if is_chinese else row.name_en for row in rows}
