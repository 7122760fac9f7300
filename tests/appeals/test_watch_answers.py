"""Appeals and answers, week by week: the slow signal, and the nearest to the truth."""

from datetime import timedelta
from random import Random

import pytest
import time_machine

from appeals.actions.ingest import ingest
from appeals.actions.rule_looks import look_at_rules
from appeals.actions.rule_sums import read_weeks
from appeals.models import LineDecision, RuleAlarm
from appeals.states import OutcomeKind
from appeals.watch.answers import WEEK, Answers, Week, is_last_of_week
from appeals.watch.looks import look_at
from appeals.watch.sums import count_all, hour_of
from tests.appeals.answers_given import create_answered
from tests.appeals.builders import create_queue, create_reviewer
from tests.appeals.watched_feeds import START, Habit, as_lines, sound_feed

RULE = Habit("BEH-SCORE", "7.9.3", "behaviour-score", a_day=8, score=700, part=0.2, spared=0.1)
MONDAY = hour_of(START)


def weeks_of(number, *, sent=10, answered=8, overturned=2, first=0, version="7.9.3"):
    return [
        Week("BEH-SCORE", version, MONDAY + one * WEEK, sent, answered, overturned)
        for one in range(first, first + number)
    ]


def found_in(weeks, days=84):
    rows = count_all(sound_feed(Random(3), days=days, rules=[RULE]))
    begin, end = MONDAY, MONDAY + days * 24
    found = look_at(rows, begin, end, days_between_false_alarms=180, weeks=weeks)
    return [reading for one in found for reading in one.readings]


def test_a_week_ends_with_the_hour_before_monday():
    assert is_last_of_week(MONDAY - 1)
    assert not is_last_of_week(MONDAY)
    assert START.weekday() == 0


def test_answers_as_usual_say_nothing():
    assert found_in(weeks_of(12)) == []


def test_decisions_that_are_overturned_more_often_than_before():
    readings = found_in([*weeks_of(8), *weeks_of(4, first=8, overturned=8)])

    assert {reading.kind for reading in readings} == {"overturned"}
    strongest = min(readings, key=lambda one: one.rarity)
    assert strongest.observed == 1
    assert strongest.usual == pytest.approx(0.25)


def test_more_appeals_than_the_number_of_decisions_explains():
    readings = found_in([*weeks_of(8), *weeks_of(4, first=8, sent=45)])

    assert {reading.kind for reading in readings} == {"appealed"}


def test_a_rule_without_an_own_past_is_held_against_the_others():
    others = [week._replace(rule="LATE-6M") for week in weeks_of(12)]
    new = weeks_of(4, first=8, overturned=8)

    readings = [one for one in found_in([*others, *new]) if one.kind == "overturned"]

    assert readings
    assert Answers(others)._of(MONDAY, MONDAY + WEEK, "BEH-SCORE") == []


@pytest.mark.django_db
def test_what_reviewers_overturn_raises_an_alarm_once_the_week_is_over():
    create_reviewer("Sofia Lind", is_supervisor=True)
    queue = create_queue("credit_review")
    rosa = create_reviewer("Rosa Vega", queue=queue)
    ingest(as_lines(sound_feed(Random(3), days=56, rules=[RULE])), source="t")
    decisions = iter(LineDecision.objects.filter(rule_id="BEH-SCORE").order_by("decided_at"))
    for week in range(8):
        for number in range(10):
            was_wrong = week >= 4 or number < 1
            create_answered(
                OutcomeKind.RESTORED if was_wrong else OutcomeKind.KEPT,
                by=rosa,
                queue=queue,
                decision=next(decisions),
                at=START + timedelta(days=7 * week + 2),
            )
    end = START + timedelta(days=56)
    assert sum(week.answered for week in read_weeks(MONDAY, hour_of(end))) == 80

    with time_machine.travel(end, tick=False):
        look_at_rules()

    alarm = RuleAlarm.objects.get()
    assert "overturned" in {signal["kind"] for signal in alarm.signals}
