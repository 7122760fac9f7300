"""Working days, deadlines and pauses, as tables; no database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from appeals import deadlines
from appeals.deadlines import (
    CALENDARS,
    Count,
    add_working_days,
    appeal_window_end,
    count_working_days,
    end_of_day,
    is_working_day,
    last_day,
    promise,
    resume_promise,
    working_days_between,
)

NEW_YORK = ZoneInfo("America/New_York")
LONDON = ZoneInfo("Europe/London")
SHANGHAI = ZoneInfo("Asia/Shanghai")
HONOLULU = ZoneInfo("Pacific/Honolulu")


@pytest.mark.parametrize(
    ("jurisdiction", "day", "works"),
    [
        ("US", date(2026, 11, 23), True),
        ("US", date(2026, 11, 22), False),  # Sunday
        ("US", date(2026, 11, 26), False),  # Thanksgiving
        ("US", date(2026, 11, 27), True),
        ("US", date(2027, 12, 31), False),  # New Year's Day 2028 is a Saturday
        ("US", date(2027, 7, 5), False),  # Independence Day is a Sunday
        ("GB", date(2026, 12, 28), False),  # Boxing Day is a Saturday
        ("GB", date(2026, 11, 26), True),  # Thanksgiving is elsewhere
        ("GB", date(2026, 8, 3), True),  # a bank holiday in Scotland only
        ("EU", date(2026, 5, 1), False),
        ("EU", date(2026, 4, 3), False),  # Good Friday
        ("EU", date(2026, 7, 14), True),  # a holiday of one country
        ("CN", date(2026, 10, 1), False),
        ("CN", date(2026, 10, 7), False),
        ("CN", date(2026, 10, 8), True),
        ("CN", date(2026, 10, 10), True),  # Saturday made up for 7 October
        ("CN", date(2026, 9, 20), True),  # Sunday made up for 6 October
        ("CN", date(2026, 10, 11), False),
        ("CN", date(2026, 2, 14), True),
        ("CN", date(2026, 2, 28), True),
    ],
)
def test_a_day_works_or_not_as_its_country_says(jurisdiction, day, works):
    assert is_working_day(day, jurisdiction) is works


@pytest.mark.parametrize(
    ("jurisdiction", "start", "days", "end"),
    [
        ("US", date(2026, 11, 23), 0, date(2026, 11, 23)),
        ("US", date(2026, 11, 23), 3, date(2026, 11, 27)),  # over Thanksgiving
        ("US", date(2026, 11, 21), 1, date(2026, 11, 23)),  # begun on a Saturday
        ("US", date(2026, 12, 30), 3, date(2027, 1, 5)),  # over the new year
        ("GB", date(2026, 12, 23), 3, date(2026, 12, 30)),  # over Christmas and both substitutes
        ("CN", date(2026, 9, 29), 2, date(2026, 10, 8)),  # over the national week
        ("CN", date(2026, 10, 8), 2, date(2026, 10, 10)),  # to a working Saturday
        ("CN", date(2026, 12, 31), 1, date(2027, 1, 4)),
        ("EU", date(2026, 4, 2), 1, date(2026, 4, 7)),  # over Easter
    ],
)
def test_working_days_are_added(jurisdiction, start, days, end):
    assert add_working_days(start, days, jurisdiction) == end
    assert working_days_between(start, end, jurisdiction) == days


@pytest.mark.parametrize("jurisdiction", sorted(CALENDARS))
def test_adding_and_counting_agree_through_two_years(jurisdiction):
    for start in (date(2026, 1, 1) + timedelta(days=n) for n in range(0, 730, 11)):
        for days in (1, 5, 15):
            end = add_working_days(start, days, jurisdiction)
            assert is_working_day(end, jurisdiction)
            assert working_days_between(start, end, jurisdiction) == days


def test_no_days_lie_before_the_start():
    assert working_days_between(date(2026, 11, 23), date(2026, 11, 20), "US") == 0


def test_a_count_can_be_explained():
    assert count_working_days(date(2026, 9, 29), date(2026, 10, 10), "CN") == Count(
        days=4,
        holidays=tuple(date(2026, 10, d) for d in (1, 2, 5, 6, 7)),
        made_up=(date(2026, 10, 10),),
    )


def test_many_threads_get_one_answer():
    """The calendar library fills a year when first asked, which threads must not see half done."""
    deadlines._calendar.cache_clear()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: is_working_day(date(2031, 12, 25), "US"), range(64)))

    assert set(answers) == {False}


@pytest.mark.parametrize(
    ("zone", "day", "instant"),
    [
        (NEW_YORK, date(2026, 11, 23), datetime(2026, 11, 24, 5, tzinfo=UTC)),
        (NEW_YORK, date(2026, 7, 1), datetime(2026, 7, 2, 4, tzinfo=UTC)),
        # The days on which the clocks change are an hour shorter and longer; they end at midnight.
        (NEW_YORK, date(2026, 3, 8), datetime(2026, 3, 9, 4, tzinfo=UTC)),
        (NEW_YORK, date(2026, 11, 1), datetime(2026, 11, 2, 5, tzinfo=UTC)),
        (LONDON, date(2026, 10, 25), datetime(2026, 10, 26, 0, tzinfo=UTC)),
        (SHANGHAI, date(2026, 12, 31), datetime(2026, 12, 31, 16, tzinfo=UTC)),
        (HONOLULU, date(2026, 12, 31), datetime(2027, 1, 1, 10, tzinfo=UTC)),
        # In Santiago the clock jumps over this very midnight: the day ends where it would be.
        (ZoneInfo("America/Santiago"), date(2026, 9, 5), datetime(2026, 9, 6, 4, tzinfo=UTC)),
    ],
)
def test_a_day_ends_at_midnight_where_the_customer_lives(zone, day, instant):
    assert end_of_day(day, zone) == instant
    assert last_day(instant, zone) == day


def test_the_promised_day_is_counted_from_the_customers_day():
    """It is Monday evening in Honolulu and Tuesday noon in Shanghai."""
    now = datetime(2026, 11, 24, 4, tzinfo=UTC)

    assert last_day(promise(now, 1, "US", HONOLULU), HONOLULU) == date(2026, 11, 24)
    assert last_day(promise(now, 1, "CN", SHANGHAI), SHANGHAI) == date(2026, 11, 25)


def test_a_promise_keeps_its_midnight_over_a_clock_change():
    made = datetime(2026, 10, 23, 12, tzinfo=UTC)

    due = promise(made, 10, "GB", LONDON)

    assert due == datetime(2026, 11, 7, 0, tzinfo=UTC)
    assert last_day(due, LONDON) == date(2026, 11, 6)


def test_the_window_to_appeal_ends_at_midnight_of_the_sixtieth_day_after_the_notice():
    noticed = datetime(2026, 9, 1, 3, tzinfo=UTC)  # 31 August in New York

    end = appeal_window_end(noticed, NEW_YORK)

    assert last_day(end, NEW_YORK) == date(2026, 10, 30)
    assert end == datetime(2026, 10, 31, 4, tzinfo=UTC)


def resumed_on(promised: date, paused: date, answered: date) -> date:
    noon = timedelta(hours=17)
    day = resume_promise(
        end_of_day(promised, NEW_YORK),
        datetime(paused.year, paused.month, paused.day, tzinfo=UTC) + noon,
        datetime(answered.year, answered.month, answered.day, tzinfo=UTC) + noon,
        jurisdiction="US",
        zone=NEW_YORK,
    )
    return last_day(day, NEW_YORK)


@pytest.mark.parametrize(
    ("promised", "paused", "answered", "then"),
    [
        # Answered on the day it was asked: nothing moves.
        (date(2026, 11, 20), date(2026, 11, 16), date(2026, 11, 16), date(2026, 11, 20)),
        # Four working days were left; a week of waiting does not use them up.
        (date(2026, 11, 20), date(2026, 11, 16), date(2026, 11, 23), date(2026, 11, 30)),
        # A pause over a weekend costs nothing that was not a working day.
        (date(2026, 11, 20), date(2026, 11, 13), date(2026, 11, 15), date(2026, 11, 20)),
        # Asked on the last day, or after it: one day is left to read the answer.
        (date(2026, 11, 20), date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 24)),
        (date(2026, 11, 20), date(2026, 11, 25), date(2026, 11, 25), date(2026, 11, 27)),
    ],
)
def test_a_pause_keeps_the_working_days_that_were_left(promised, paused, answered, then):
    assert resumed_on(promised, paused, answered) == then
