"""The hours in which a person's phone and browser stay silent, on their own clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def quiet_until(now: datetime, zone: str, quiet_from: time, quiet_to: time) -> datetime | None:
    """Return when the quiet hours that `now` lies in end; None outside them.

    The same time at both ends means that there are none.
    """
    here = _zone(zone)
    local = now.astimezone(here)
    clock = local.time()
    if quiet_from == quiet_to or not _is_within(clock, quiet_from, quiet_to):
        return None
    ends_on = local.date()
    if clock >= quiet_to:
        ends_on += timedelta(days=1)
    # The zone says what that time is on that day: a night of the clock change is not 24 hours.
    return datetime.combine(ends_on, quiet_to, here).astimezone(UTC)


def _is_within(clock: time, begin: time, end: time) -> bool:
    if begin < end:
        return begin <= clock < end
    return clock >= begin or clock < end


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
