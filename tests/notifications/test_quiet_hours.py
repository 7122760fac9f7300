"""Quiet hours on the person's own clock, in nights that are not 24 hours too."""

from datetime import UTC, datetime, time

import pytest

from notifications.quiet_hours import quiet_until

NINE_TO_EIGHT = (time(21), time(8))


@pytest.mark.parametrize(
    ("now", "zone", "hours", "until"),
    [
        # New York is five hours behind in winter.
        ("2026-11-24T01:59", "America/New_York", NINE_TO_EIGHT, None),
        ("2026-11-24T02:00", "America/New_York", NINE_TO_EIGHT, "2026-11-24T13:00"),
        ("2026-11-24T12:59", "America/New_York", NINE_TO_EIGHT, "2026-11-24T13:00"),
        ("2026-11-24T13:00", "America/New_York", NINE_TO_EIGHT, None),
        ("2026-11-24T13:00", "Asia/Shanghai", NINE_TO_EIGHT, "2026-11-25T00:00"),
        # A window inside one day.
        ("2026-11-24T13:00", "UTC", (time(12), time(14)), "2026-11-24T14:00"),
        ("2026-11-24T14:00", "UTC", (time(12), time(14)), None),
        # None at all.
        ("2026-11-24T13:00", "UTC", (time(8), time(8)), None),
        # The clocks go forward in the night of 28 March 2027 and back on 25 October 2026.
        ("2027-03-27T22:30", "Europe/Berlin", NINE_TO_EIGHT, "2027-03-28T06:00"),
        ("2026-10-24T22:30", "Europe/Berlin", NINE_TO_EIGHT, "2026-10-25T07:00"),
        # 02:30 does not exist that night; the end that was asked for comes as soon as it can.
        ("2027-03-28T00:30", "Europe/Berlin", (time(0, 30), time(2, 30)), "2027-03-28T01:30"),
        # A zone we do not know is no reason to send nothing.
        ("2026-11-24T22:00", "Mars/Olympus", NINE_TO_EIGHT, "2026-11-25T08:00"),
    ],
)
def test_quiet_until(now, zone, hours, until):
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    expected = datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None

    assert quiet_until(at, zone, *hours) == expected
