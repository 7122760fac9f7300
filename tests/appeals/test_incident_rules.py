"""What a line would be without a faulty decision, from its decisions alone."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.incident_rules import Past, Standing, judge
from appeals.models import LineStatus, Obstacle

DAY0 = datetime(2026, 10, 1, tzinfo=UTC)
FAULT = ("reduce", 1000, 500)


def past(*decisions):
    """Decisions in order, each (action, old, new) with what it overrides and whether for now."""
    return [
        Past(
            key,
            action,
            Decimal(old),
            Decimal(new),
            DAY0 + timedelta(days=key),
            overrides=rest[0] if rest else None,
            is_for_now=bool(rest[1:]),
        )
        for key, (action, old, new, *rest) in enumerate(decisions, start=1)
    ]


def judged(*decisions, faulty=(1,), now=None, status="open"):
    now = Standing(Decimal(decisions[-1][2] if now is None else now), LineStatus(status))
    return judge(faulty, past(*decisions), now)[faulty[0]]


def test_alone_it_gives_the_old_limit_back():
    verdict = judged(FAULT)
    assert verdict.standing == Standing(Decimal(1000), LineStatus.OPEN)
    assert (verdict.action, verdict.overrides, verdict.newer) == ("restore", 1, None)


@pytest.mark.parametrize(
    ("good", "limit", "action"),
    [
        (("reduce", 500, 400), None, None),  # the line is what it would be: a person explains
        (("raise", 500, 700), 1000, "restore"),
        (("raise", 500, 1200), 1200, "restore"),
        (("restore", 500, 800), 1000, "restore"),
    ],
)
def test_a_later_good_decision_stands(good, limit, action):
    verdict = judged(FAULT, good)
    if limit is None:
        assert verdict.obstacle == Obstacle.UNCHANGED
    else:
        assert (verdict.standing.limit, verdict.action) == (limit, action)
        assert verdict.newer == 2


def test_a_later_good_suspension_keeps_the_line_suspended():
    verdict = judged(FAULT, ("suspend", 500, 500), status="suspended")
    assert verdict.standing == Standing(Decimal(1000), LineStatus.SUSPENDED)
    assert verdict.action == "raise"


def test_a_line_closed_since_is_for_a_person_and_a_faulty_closing_is_undone():
    assert judged(FAULT, ("close", 500, 0), status="closed").obstacle == Obstacle.CLOSED
    verdict = judged(("close", 1000, 0), status="closed")
    assert verdict.standing == Standing(Decimal(1000), LineStatus.OPEN)


def test_what_it_was_before_stays():
    good = ("suspend", 1000, 1000)
    verdict = judged(good, FAULT, faulty=(2,), status="suspended")
    assert verdict.standing == Standing(Decimal(1000), LineStatus.SUSPENDED)


def test_given_back_before_is_done_already_but_not_a_part_or_for_a_time():
    whole = judged(FAULT, ("restore", 500, 1000, 1))
    assert whole.is_restored_already
    part = judged(FAULT, ("restore", 500, 700, 1))
    assert (part.standing.limit, part.overrides) == (1000, 2)
    a_while = judged(FAULT, ("restore", 500, 1000, 1, True))
    assert (a_while.standing.limit, a_while.overrides) == (1000, 2)
    ended = judged(FAULT, ("restore", 500, 1000, 1, True), ("reduce", 1000, 500, 2))
    assert (ended.standing.limit, ended.overrides) == (1000, 3)


def test_two_faults_of_one_line_go_together():
    both = judge((1, 2), past(FAULT, ("reduce", 500, 250)), Standing(Decimal(250), LineStatus.OPEN))
    back = Standing(Decimal(1000), LineStatus.OPEN)
    assert {key: one.standing for key, one in both.items()} == {1: back, 2: back}


def test_never_lower_than_it_stands():
    assert judged(FAULT, now=1500).obstacle == Obstacle.LOWER


LIMITS = st.integers(1, 50).map(lambda step: step * 100)


@given(st.lists(st.tuples(st.sampled_from(["reduce", "raise"]), LIMITS), max_size=6), LIMITS)
def test_nobody_is_left_lower_than_good_decisions_alone_would(steps, old):
    """Whatever good decisions followed, the line stands between the least and most they say."""
    decisions, limit = [("reduce", old + 100, old)], old
    for action, new in steps:
        is_lower = new < limit
        if is_lower == (action == "reduce") and new != limit:
            decisions.append((action, limit, new))
            limit = new
    verdict = judge((1,), past(*decisions), Standing(Decimal(limit), LineStatus.OPEN))[1]
    assert verdict.obstacle in (None, Obstacle.UNCHANGED)
    if verdict.standing:
        assert verdict.standing.limit >= limit
        assert verdict.standing.limit <= max(old + 100, *[new for _, _, new in decisions])
