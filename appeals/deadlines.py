"""Promises and legal clocks, in working days of a jurisdiction; pure, no Django.

A deadline is midnight at the end of the last day in the customer's zone.
"""

import functools
from datetime import date, datetime, time, timedelta
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
US_NOTICE_DAYS = 30  # 12 CFR 1002.9(a)(1)(iii)


@functools.cache
def _calendar(jurisdiction: str) -> holidays.HolidayBase:
    kind, code, subdivision = CALENDARS[jurisdiction]
    if kind == "financial":
        return holidays.financial_holidays(code)
    return holidays.country_holidays(code, subdiv=subdivision)


def is_working_day(day: date, jurisdiction: str) -> bool:
    """Not a weekend and not a public holiday; Chinese make-up weekends (调休) do count."""
    return _calendar(jurisdiction).is_working_day(day)


def add_working_days(start: date, days: int, jurisdiction: str) -> date:
    """The day on which the given number of working days after `start` is full."""
    day, left = start, days
    while left > 0:
        day += timedelta(days=1)
        if is_working_day(day, jurisdiction):
            left -= 1
    return day


def working_days_between(start: date, end: date, jurisdiction: str) -> int:
    """Working days after `start` up to and with `end`; 0 when `end` is not later."""
    days = (end - start).days
    return sum(is_working_day(start + timedelta(days=n), jurisdiction) for n in range(1, days + 1))


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Midnight at the end of `day` in `zone`."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)


def last_day(deadline: datetime, zone: ZoneInfo) -> date:
    """The day a person is told for a deadline that falls on midnight at its end."""
    return (deadline - timedelta(microseconds=1)).astimezone(zone).date()


def promise(now: datetime, days: int, jurisdiction: str, zone: ZoneInfo) -> datetime:
    """When an answer is due that is promised in so many working days from now."""
    return end_of_day(add_working_days(now.astimezone(zone).date(), days, jurisdiction), zone)


def resume_promise(
    promised_at: datetime, paused_at: datetime, now: datetime, *, jurisdiction: str, zone: ZoneInfo
) -> datetime:
    """The promise after a pause: as many working days are left as were left when it began."""
    paused_on = paused_at.astimezone(zone).date()
    left = working_days_between(paused_on, last_day(promised_at, zone), jurisdiction)
    return promise(now, left, jurisdiction, zone)
