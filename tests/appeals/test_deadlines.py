"""Working days, deadlines and pauses, as tables; no database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from appeals import deadlines
from appeals.deadlines import (
    CALENDARS,
    Count,
    Period,
    add_months,
    add_working_days,
    appeal_window_end,
    count_working_days,
    due_after,
    end_of_day,
    is_working_day,
    last_day,
    morning_before,
    promise,
    resume_due,
    resume_promise,
    working_day_before,
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
        weekends=2,
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


# --- Legal clocks: calendar days and months ------------------------------------------------------

CAIRO = ZoneInfo("Africa/Cairo")
BEIRUT = ZoneInfo("Asia/Beirut")


def at_noon(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=zone)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 27), 1, date(2026, 12, 27)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),  # over the new year
        (date(2027, 1, 31), 1, date(2027, 2, 28)),  # no 31 February
        (date(2028, 1, 30), 1, date(2028, 2, 29)),  # a leap year
        (date(2027, 2, 28), 1, date(2027, 3, 28)),  # the same number, not the last day
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_a_month_ends_on_the_same_number_or_the_last_day(day, months, then):
    assert add_months(day, months) == then


@pytest.mark.parametrize(
    ("began", "number", "unit", "zone", "last"),
    [
        # The day it came in is not counted; weekends and holidays are.
        (date(2026, 11, 27), 30, "calendar", NEW_YORK, date(2026, 12, 27)),
        (date(2026, 11, 27), 56, "calendar", LONDON, date(2027, 1, 22)),
        (date(2026, 9, 25), 15, "calendar", SHANGHAI, date(2026, 10, 10)),
        (date(2027, 1, 31), 1, "month", LONDON, date(2027, 2, 28)),
        (date(2026, 12, 23), 3, "working", LONDON, date(2026, 12, 30)),
        # Over a change of the clocks, in both directions.
        (date(2026, 3, 1), 30, "calendar", NEW_YORK, date(2026, 3, 31)),
        (date(2026, 10, 20), 15, "calendar", LONDON, date(2026, 11, 4)),
        # The clock jumps over the midnight that ends the last day.
        (date(2026, 4, 3), 20, "calendar", CAIRO, date(2026, 4, 23)),
        (date(2026, 2, 28), 1, "month", BEIRUT, date(2026, 3, 28)),
    ],
)
def test_a_period_ends_on_the_customers_day(began, number, unit, zone, last):
    place = "CN" if zone is SHANGHAI else "US" if zone is NEW_YORK else "GB"

    due = due_after(at_noon(began, zone), Period(number, unit, place, zone))

    assert last_day(due, zone) == last
    assert due == end_of_day(last, zone)


@pytest.mark.parametrize(("zone", "day"), [(CAIRO, date(2026, 4, 23)), (BEIRUT, date(2026, 3, 28))])
def test_where_midnight_does_not_exist_a_day_still_ends_when_the_next_begins(zone, day):
    end = end_of_day(day, zone)

    assert (end - timedelta(seconds=1)).astimezone(zone).date() == day
    assert end.astimezone(zone).date() == day + timedelta(days=1)
    assert end.astimezone(zone).hour == 1  # the hour from 0 to 1 is not there


def test_late_in_the_evening_counts_from_the_customers_own_day():
    """It is 27 November in Honolulu and the 28th in London."""
    began = datetime(2026, 11, 28, 5, tzinfo=UTC)

    assert last_day(due_after(began, Period(1, "month", "US", HONOLULU)), HONOLULU) == date(
        2026, 12, 27
    )


@pytest.mark.parametrize(
    ("unit", "due", "paused", "answered", "then"),
    [
        # Calendar days are given back exactly, over a weekend too.
        ("calendar", date(2026, 12, 10), date(2026, 12, 1), date(2026, 12, 6), date(2026, 12, 15)),
        ("calendar", date(2026, 12, 10), date(2026, 12, 1), date(2026, 12, 1), date(2026, 12, 10)),
        ("month", date(2026, 12, 27), date(2026, 12, 20), date(2026, 12, 22), date(2026, 12, 29)),
        # Over before the pause: late stays late.
        ("calendar", date(2026, 12, 1), date(2026, 12, 3), date(2026, 12, 9), date(2026, 12, 1)),
        # Working days leave one to read what came in.
        ("working", date(2026, 11, 20), date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 24)),
    ],
)
def test_what_was_left_before_a_pause_is_left_after_it(unit, due, paused, answered, then):
    resumed = resume_due(
        end_of_day(due, NEW_YORK),
        at_noon(paused, NEW_YORK),
        at_noon(answered, NEW_YORK),
        Period(10, unit, "US", NEW_YORK),
    )

    assert last_day(resumed, NEW_YORK) == then


def test_a_pause_over_a_change_of_the_clocks_keeps_midnight():
    due = end_of_day(date(2026, 10, 30), LONDON)  # before it, London is an hour ahead
    paused = at_noon(date(2026, 10, 20), LONDON)

    resumed = resume_due(
        due, paused, at_noon(date(2026, 10, 28), LONDON), Period(15, "calendar", "GB", LONDON)
    )

    assert resumed == datetime(2026, 11, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "then"),
    [(0, date(2026, 12, 1)), (1, date(2026, 11, 30)), (3, date(2026, 11, 25))],
)
def test_working_days_are_counted_back_over_holidays(days, then):
    assert working_day_before(date(2026, 12, 1), days, "US") == then
    assert working_days_between(then, date(2026, 12, 1), "US") == days


@pytest.mark.parametrize(
    ("began", "number", "unit", "days", "morning"),
    [
        # Tuesday 1 December less two working days: the Friday after Thanksgiving.
        (date(2026, 11, 16), 10, "working", 2, date(2026, 11, 27)),
        (date(2026, 11, 16), 30, "calendar", 7, date(2026, 12, 9)),
        # A short promise warns on the first working day after it began, not before.
        (date(2026, 11, 20), 2, "working", 2, date(2026, 11, 23)),
        # One of a single day on that day itself.
        (date(2026, 11, 20), 1, "working", 1, date(2026, 11, 23)),
        (date(2026, 11, 20), 10, "working", 0, date(2026, 12, 7)),
    ],
)
def test_people_are_told_at_nine_in_the_morning(began, number, unit, days, morning):
    start = at_noon(began, NEW_YORK)
    period = Period(number, unit, "US", NEW_YORK)

    told = morning_before(due_after(start, period), days, start, period)

    assert told == datetime(morning.year, morning.month, morning.day, 9, tzinfo=NEW_YORK)


def test_nine_in_the_morning_is_the_customers_on_both_sides_of_a_change():
    start = at_noon(date(2026, 10, 12), NEW_YORK)
    period = Period(15, "working", "US", NEW_YORK)  # until 2 November, the day after the change

    told = morning_before(due_after(start, period), 0, start, period)

    assert told == datetime(2026, 11, 2, 14, tzinfo=UTC)  # 13:00 UTC would be summer time
