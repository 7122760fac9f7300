"""Facts that used to differ and have got stuck at one value; and those that only look like it."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import numpy as np
import pytest
from scipy import stats

from appeals.catalogue.facts import FACT_KINDS, FactKind
from appeals.watch.episodes import episodes_of
from appeals.watch.facts import (
    BOXES,
    LEFT_OUT,
    MOST_USUAL,
    OF_DAYS_AND_PLACES,
    Cell,
    FactChart,
    FactPast,
    box_of,
    by_fact,
    names_of,
    pasts_of,
)
from appeals.watch.looks import look_at
from appeals.watch.sums import HOUR, count_all, moment_of
from tests.appeals.watched_feeds import START, Habit, sound_feed, stuck

DAYS, SINCE = 50, START + timedelta(days=42, hours=9)
USE = "BUR-UTIL-HIGH.util_pct"
RULE = "UTIL"


def rules(a_day=40):
    return [
        Habit(RULE, "7.0.0", "behaviour-score", a_day=a_day, score=650, part=0.2, spared=0.1),
        Habit("LATE", "2.0.0", "arrears", a_day=9, score=620, part=0.3, spared=0.3, unrest=8.0),
    ]


def feed(seed, a_day=40):
    return list(sound_feed(Random(seed), days=DAYS, rules=rules(a_day)))


def found_in(cuts):
    rows = count_all(cuts)
    begin, end = min(key.hour for key in rows), max(key.hour for key in rows) + 1
    return episodes_of(look_at(rows, begin, end, days_between_false_alarms=180))


def stuck_facts(cuts):
    """Each fact that was found stuck, with the signal."""
    return {
        (one.rule, signal.reading.fact): signal
        for one in found_in(cuts)
        for signal in one.in_order()
        if signal.reading.kind == "stuck"
    }


def changed(cuts, change):
    """The rule's reasons in other words."""
    return [
        cut
        if cut.rule != RULE
        else replace(
            cut, reasons=tuple((code, {**own, **change(cut)}) for code, own in cut.reasons)
        )
        for cut in cuts
    ]


# --- Found, and when ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 12, 31])
def test_an_input_that_is_no_longer_renewed_is_found_within_a_day(seed):
    sound = feed(seed)

    assert not stuck_facts(sound)
    found = stuck_facts(stuck(sound, rule=RULE, since=SINCE, util_pct=93))

    assert found.keys() == {(RULE, USE)}
    signal = found[RULE, USE]
    assert moment_of(signal.found) + HOUR - SINCE <= timedelta(hours=24)
    assert moment_of(signal.reading.since) >= SINCE - timedelta(hours=6)
    assert signal.reading.observed > 0.9
    assert signal.reading.usual < 0.2
    assert signal.reading.box == box_of(93)


@pytest.mark.slow
def test_a_value_that_is_stuck_at_what_most_had_already_takes_longer_and_is_found():
    found = stuck_facts(stuck(feed(5, a_day=80), rule=RULE, since=SINCE, count=1))

    assert found.keys() == {(RULE, "ACC-LATE-PAST.count")}
    signal = found[RULE, "ACC-LATE-PAST.count"]
    assert timedelta(hours=12) < moment_of(signal.found) - SINCE < timedelta(days=5)
    assert 0.5 < signal.reading.usual < 0.7


# --- What only looks like it --------------------------------------------------------------------


def turned(day, old, new):
    """A limit of the rule's own that somebody sets anew on a day."""
    return lambda cut: {"own_limit": old if cut.decided_at < START + timedelta(days=day) else new}


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(turned(30, 80, 85), id="a limit of the rule, set anew"),
        pytest.param(turned(45, 80, 85), id="a limit of the rule, set anew just now"),
        pytest.param(lambda cut: {"file": cut.decided_at.day}, id="a number of the day"),
        pytest.param(
            lambda cut: {"week": (cut.decided_at - START).days // 7}, id="a number of the week"
        ),
        pytest.param(
            lambda cut: {"as_of": f"{cut.decided_at:%Y-%m-%d}"}, id="a day we do not know"
        ),
        pytest.param(
            lambda cut: {"bureau": f"Bureau of {cut.region}"}, id="the same for all of a region"
        ),
        pytest.param(lambda cut: {"flag": True}, id="always the same"),
        pytest.param(
            lambda cut: {"flag": cut.balance != cut.balance.to_integral()}, id="nearly always so"
        ),
    ],
)
def test_what_is_the_same_by_its_nature_alarms_nobody(change):
    cuts = changed(feed(8), change)
    # A region that is hit more often has nothing that is stuck, only more of its own.
    place = [
        replace(cut, decided_at=cut.decided_at + timedelta(minutes=7))
        for cut in cuts
        if cut.rule == RULE and cut.region == "CN-SC" and cut.decided_at >= SINCE
    ]

    assert not stuck_facts(cuts + place)


def test_days_places_and_limits_of_the_rule_are_not_counted():
    kinds = {FactKind.DAY, FactKind.MONTH, FactKind.REGION}
    assert {name for name, kind in FACT_KINDS.items() if kind in kinds} == OF_DAYS_AND_PLACES
    assert FACT_KINDS.keys() >= LEFT_OUT
    facts = dict.fromkeys(LEFT_OUT, 1) | {"as_of": "2026-03-02", "empty": None, "a" * 65: 1}
    assert not list(names_of("X", facts))
    assert list(names_of("X", {"count": 3})) == [f"X.count#{box_of(3)}"]


# --- Beside other people's arithmetic -----------------------------------------------------------


def cells_of(tables):
    """A week, its days as they were drawn: boxes 0, 1 and 2 of one fact."""
    return [
        Cell(day, "1", "US-NY", {f"X.f#{box}": int(n) for box, n in enumerate(table) if n})
        for day, table in enumerate(tables)
    ]


def test_the_spread_of_the_days_is_pearsons_statistic():
    tables = np.array([[9, 3, 5], [2, 8, 6], [7, 7, 7], [1, 2, 15], [8, 1, 3]])
    theirs = stats.chi2_contingency(tables, correction=False)

    past = pasts_of(cells_of(tables))["X.f"]

    assert past.spread == pytest.approx(theirs.statistic / theirs.dof)
    total = tables.sum()
    assert past.shares == pytest.approx(dict(enumerate(tables.sum(axis=0) / total)))
    part, whole = tables[:, 2].sum() / past.spread, total / past.spread
    assert past.limits[2] >= part / whole


def test_a_fact_that_one_version_or_region_never_varied_has_no_chart():
    mixed = [Cell(day, "1", "US-NY", {"X.f#1": 8, "X.f#2": 8}) for day in range(20)]
    assert set(pasts_of(mixed)) == {"X.f"}
    other = [Cell(day, "2", "GB-LND", {"X.f#3": 2}) for day in range(20)]
    assert not pasts_of(mixed + other)
    few = [Cell(1, "2", "GB-LND", {"X.f#3": 12})]
    assert set(pasts_of(mixed + few)) == {"X.f"}
    assert not pasts_of(mixed[:3])
    assert pytest.approx(19 / 22) == MOST_USUAL  # odds of 19 to 1, and of a third of that


def test_a_sound_fact_drives_its_chart_no_oftener_than_is_said():
    """Lived through: the mean time to a height is at least what the rarity says it is."""
    random, boxes = Random(7), range(4)
    past = FactPast(dict.fromkeys(boxes, 0.25), dict.fromkeys(boxes, 0.25), 1.0)
    wanted, taken = 1 / 100, []
    for _run in range(60):
        chart, steps = FactChart(), 0
        while chart.highest is None or chart.rarity(chart.highest) > wanted:
            steps += 1
            box = random.choice(boxes)
            chart.step(steps, {box: 1}, past)
        taken.append(steps)
    assert np.mean(taken) >= 1 / wanted


def test_the_order_in_which_values_came_changes_nothing():
    cuts = list(stuck(feed(2, a_day=12), rule=RULE, since=SINCE, util_pct=93))
    mixed = Random(4).sample(cuts, len(cuts))

    assert stuck_facts(mixed) == stuck_facts(cuts) != {}


def test_a_value_falls_into_the_same_box_wherever_it_is_counted():
    words = {"en": "TransUnion", "zh-hans": "环联"}
    assert box_of(words) == box_of(dict(reversed(words.items())))
    assert [box_of(value) for value in (93, "93", "250.00", True, 12.5, "A")] == KNOWN
    assert {box_of(number) for number in range(400)} == set(range(BOXES))
    assert by_fact({"A.b#2#3": 1, "A.b#2#1": 2}) == {"A.b#2": {3: 1, 1: 2}}


# As they are kept: another hash would make values of before and after differ.
KNOWN = [3, 3, 7, 3, 9, 11]
