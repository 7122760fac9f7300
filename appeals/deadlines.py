"""Promises and legal clocks: working days of a jurisdiction, calendar days, months; no Django.

A deadline is midnight at the end of the last day in the customer's zone. The day something came
in is never counted.
"""

import calendar
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

# England and Wales stand for the United Kingdom; the European pack counts ECB (TARGET) days.
CALENDARS = {
    "US": ("country", "US", None),
    "GB": ("country", "GB", "ENG"),
    "CN": ("country", "CN", None),
    "EU": ("financial", "XECB", None),
}
APPEAL_WINDOW_DAYS = 60  # calendar days in which an appeal is not asked why it is late
SATURDAY = 5
# When somebody is told on a day: the desk is open and the customer awake.
MORNING = time(9)
WORKING, CALENDAR, MONTH = "working", "calendar", "month"

# By jurisdiction: days on which it differs from the library, and whether they are worked.
ExtraDays = Mapping[str, Mapping[date, bool]]
_extra_days: ExtraDays = {}


@dataclass(frozen=True)
class Count:
    """How a number of working days came about, so that it can be shown."""

    days: int
    holidays: tuple[date, ...]  # weekdays that were not counted
    made_up: tuple[date, ...]  # weekend days that were (调休)
    weekends: int = 0  # days of weekends that were not counted


@functools.cache
def _calendar(jurisdiction: str, year: int) -> holidays.HolidayBase:
    # All years a day of this one can depend on, filled before anybody asks: the library fills
    # a year on the first question about it, and a second thread would find it half empty.
    kind, code, subdivision = CALENDARS[jurisdiction]
    years = (year - 1, year, year + 1)
    if kind == "financial":
        return holidays.financial_holidays(code, years=years, expand=False)
    return holidays.country_holidays(code, subdiv=subdivision, years=years, expand=False)


def set_extra_days(days: ExtraDays) -> None:
    """From now on count with these days, which the lender keeps; what was promised stays."""
    # As a whole, so that no thread counts with half of them.
    global _extra_days
    _extra_days = days


def is_public_working_day(day: date, jurisdiction: str) -> bool:
    """Not a weekend and not a public holiday; Chinese make-up weekends (调休) do count."""
    return _calendar(jurisdiction, day.year).is_working_day(day)


def is_working_day(day: date, jurisdiction: str) -> bool:
    """A public working day, unless the lender's own calendar says otherwise of this day."""
    own = _extra_days.get(jurisdiction, {}).get(day)
    return is_public_working_day(day, jurisdiction) if own is None else own


def add_working_days(start: date, days: int, jurisdiction: str) -> date:
    """The day on which the given number of working days after `start` is full."""
    day, left = start, days
    while left > 0:
        day += timedelta(days=1)
        if is_working_day(day, jurisdiction):
            left -= 1
    return day


def working_day_before(day: date, days: int, jurisdiction: str) -> date:
    """The day from which so many working days lie up to and with `day`, itself a working day."""
    left = days
    while left > 0:
        day -= timedelta(days=1)
        if is_working_day(day, jurisdiction):
            left -= 1
    return day


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def count_working_days(start: date, end: date, jurisdiction: str) -> Count:
    """Working days after `start` up to and with `end`, and the days that make it no plain count."""
    span = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    counted = [day for day in span if is_working_day(day, jurisdiction)]
    off = tuple(d for d in span if d.weekday() < SATURDAY and d not in counted)
    return Count(
        days=len(counted),
        holidays=off,
        made_up=tuple(d for d in counted if d.weekday() >= SATURDAY),
        weekends=len(span) - len(counted) - len(off),
    )


def working_days_between(start: date, end: date, jurisdiction: str) -> int:
    """Working days after `start` up to and with `end`; 0 when `end` is not later."""
    return count_working_days(start, end, jurisdiction).days


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Midnight at the end of `day` in `zone`, as UTC."""
    # Where the clock jumps over this midnight, only the UTC instant compares as one expects.
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)


def last_day(deadline: datetime, zone: ZoneInfo) -> date:
    """The day a person is told for a deadline that falls on midnight at its end."""
    return (deadline - timedelta(microseconds=1)).astimezone(zone).date()


def appeal_window_end(noticed_at: datetime, zone: ZoneInfo) -> datetime:
    """Until when an appeal is in time; it counts from the notice, not from the decision."""
    day = noticed_at.astimezone(zone).date()
    return end_of_day(day + timedelta(days=APPEAL_WINDOW_DAYS), zone)


def promise(now: datetime, days: int, jurisdiction: str, zone: ZoneInfo) -> datetime:
    """When an answer is due that is promised in so many working days from now."""
    return end_of_day(add_working_days(now.astimezone(zone).date(), days, jurisdiction), zone)


def resume_promise(
    promised_at: datetime, paused_at: datetime, now: datetime, *, jurisdiction: str, zone: ZoneInfo
) -> datetime:
    """The promise after a pause: as many working days are left as were left when it began.

    At least one is left, for somebody has to read what came in.
    """
    paused_on = paused_at.astimezone(zone).date()
    left = working_days_between(paused_on, last_day(promised_at, zone), jurisdiction)
    return promise(now, max(left, 1), jurisdiction, zone)


@dataclass(frozen=True)
class Period:
    """So many working days, calendar days or months, in the days of one place."""

    number: int
    unit: str  # WORKING, CALENDAR or MONTH
    jurisdiction: str
    zone: ZoneInfo


def due_after(began: datetime, period: Period) -> datetime:
    """When a period that began with something coming in is over.

    A calendar period that ends on a holiday ends on it: nobody is harmed by an answer too early.
    """
    day = began.astimezone(period.zone).date()
    if period.unit == WORKING:
        return end_of_day(add_working_days(day, period.number, period.jurisdiction), period.zone)
    if period.unit == MONTH:
        return end_of_day(add_months(day, period.number), period.zone)
    return end_of_day(day + timedelta(days=period.number), period.zone)


def resume_due(due: datetime, paused_at: datetime, now: datetime, period: Period) -> datetime:
    """The deadline after a pause: what was left when it began is left now.

    Working days leave at least one; the days of a law are given back exactly, and none where it
    was over before the pause.
    """
    if period.unit == WORKING:
        place, zone = period.jurisdiction, period.zone
        return resume_promise(due, paused_at, now, jurisdiction=place, zone=zone)
    if due <= paused_at:
        return due
    days_paused = now.astimezone(period.zone).date() - paused_at.astimezone(period.zone).date()
    return end_of_day(last_day(due, period.zone) + days_paused, period.zone)


def morning_before(due: datetime, days: int, began: datetime, period: Period) -> datetime:
    """The morning so many days before the last one; in a short period the first after its start.

    Days are working days unless the period is one of the calendar.
    """
    last, first = last_day(due, period.zone), began.astimezone(period.zone).date()
    if period.unit == WORKING:
        day = working_day_before(last, days, period.jurisdiction)
        earliest = add_working_days(first, 1, period.jurisdiction)
    else:
        day, earliest = last - timedelta(days=days), first + timedelta(days=1)
    day = min(max(day, earliest), last)
    return datetime.combine(day, MORNING, tzinfo=period.zone).astimezone(UTC)
