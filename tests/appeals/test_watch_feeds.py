"""What is found in whole feeds: the fault within hours, no policy, and next to nothing else."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from appeals.watch.charts import siegmund_height, siegmund_run_length
from appeals.watch.episodes import as_json, episodes_of, from_json
from appeals.watch.looks import look_at
from appeals.watch.sums import HOUR, Cut, Sums, count_all, moment_of
from tests.appeals.watched_feeds import (
    START,
    Habit,
    card_accounts,
    faulty_version,
    good_new_version,
    habits,
    policy,
    sound_feed,
)

# As shipped: nothing here is fitted to a feed.
DAYS_BETWEEN_FALSE_ALARMS = 180
FAULTY = ("BEH-SCORE", "8.0.1")


def replay(cuts):
    rows = count_all(cuts)
    begin, end = min(key.hour for key in rows), max(key.hour for key in rows) + 1
    found = look_at(rows, begin, end, days_between_false_alarms=DAYS_BETWEEN_FALSE_ALARMS)
    return episodes_of(found)


def name(episode):
    return (episode.rule, episode.version)


@pytest.mark.slow
def test_the_faulty_version_among_the_card_accounts_is_found_within_two_hours():
    cuts = list(card_accounts())
    first = min(cut.decided_at for cut in cuts if (cut.rule, cut.version) == FAULTY)

    found = replay(cuts)

    assert Counter(map(name, found))[FAULTY] == 1
    assert not [one for one in found if one.rule == "REGION-CAP"]
    assert len(found) <= 2
    episode = next(one for one in found if name(one) == FAULTY)
    assert moment_of(episode.found) + HOUR - first <= timedelta(hours=2)
    assert moment_of(episode.since) <= first < moment_of(episode.since) + HOUR
    kinds = {kind for kind, _region in episode.signals}
    assert {"rate", "new_version", "spared", "score_shape", "score", "cut"} <= kinds


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 12, 31])
def test_the_same_settings_hold_on_feeds_of_other_seeds(seed):
    random = Random(seed)
    rules = habits(random)
    begin = START + timedelta(days=random.randint(20, 50), hours=random.randint(0, 23))
    victim = random.choice(rules)
    sound = list(sound_feed(random, days=60, rules=rules))
    sound = list(good_new_version(rules, sound, since=START + timedelta(days=40, hours=9)))
    burst = list(
        faulty_version(random, victim, begin=begin, hours=30, an_hour=max(20, victim.a_day / 4))
    )
    by_policy = list(policy(random, begin=START + timedelta(days=30), number=500))

    found = replay(sound + burst + by_policy)

    faulty = [one for one in found if one.version == "9.9.1"]
    assert [one.rule for one in faulty] == [victim.rule]
    first = min(cut.decided_at for cut in burst)
    assert moment_of(faulty[0].found) + HOUR - first <= timedelta(hours=2)
    assert not [one for one in found if one.rule == "REGION-CAP"]
    assert len(found) <= 2


def changed(cut, **fields):
    return Cut(**{**{name: getattr(cut, name) for name in Cut.__slots__}, **fields})


def test_a_fault_in_one_region_only_is_seen_there():
    random = Random(5)
    rules = [Habit("UTIL", "7.0.0", "behaviour-score", a_day=40, score=650, part=0.2, spared=0.1)]
    sound = list(sound_feed(random, days=40, rules=rules))
    begin = START + timedelta(days=33)
    # The version stays as it was: nothing but the place tells it from the others.
    burst = [
        changed(cut, version="7.0.0", region="CN-SC")
        for cut in faulty_version(random, rules[0], begin=begin, hours=8, an_hour=6)
    ]

    found = replay(sound + burst)

    regions = {region for one in found for kind, region in one.signals if kind == "region_rate"}
    assert regions == {"CN-SC"}


def test_scores_that_stop_coming_and_empty_facts_are_found():
    random = Random(11)
    rules = habits(random)[:2]
    busy = max(rules, key=lambda one: one.a_day)
    since = START + timedelta(days=33)
    cuts = [
        cut
        if cut.rule != busy.rule or cut.decided_at < since
        else changed(cut, score=None, reasons=tuple((code, {"x": None}) for code, _ in cut.reasons))
        for cut in sound_feed(random, days=45, rules=rules)
    ]

    found = replay(cuts)

    assert [one.rule for one in found] == [busy.rule]
    assert {"unscored", "gaps"} <= {kind for kind, _region in found[0].signals}


# --- The same answer, however it came about ----------------------------------------------------


def small_feed(seed=4, days=25):
    random = Random(seed)
    rules = habits(random)[:3]
    cuts = list(sound_feed(random, days=days, rules=rules))
    begin = START + timedelta(days=days - 3, hours=7)
    return cuts + list(faulty_version(random, rules[0], begin=begin, hours=9, an_hour=20))


def as_told(episodes):
    return [
        (name(one), one.since, one.found, one.last, [as_json(s) for s in one.in_order()])
        for one in sorted(episodes, key=name)
    ]


def test_looking_hour_by_hour_at_what_is_there_is_looking_back_at_all_of_it():
    rows = count_all(small_feed())
    end = max(key.hour for key in rows) + 1
    begin = end - 4 * 24

    at_once = list(look_at(rows, begin, end, days_between_false_alarms=180))
    lived = [
        suspicion
        for hour in range(begin, end)
        for suspicion in look_at(
            {key: sums for key, sums in rows.items() if key.hour <= hour},
            hour,
            hour + 1,
            days_between_false_alarms=180,
        )
    ]

    assert at_once
    assert lived == at_once


def test_the_order_in_which_decisions_came_changes_nothing():
    cuts = small_feed()
    mixed = Random(1).sample(cuts, len(cuts))

    assert as_told(replay(mixed)) == as_told(replay(cuts))
    parts = [count_all(mixed[::2]), count_all(mixed[1::2])]
    whole = count_all(cuts)
    for key, sums in whole.items():
        total = Sums()
        for part in parts:
            total.add(part.get(key, Sums()))
        assert total == sums


def test_a_look_that_is_repeated_lengthens_nothing():
    rows = count_all(small_feed())
    begin, end = min(key.hour for key in rows), max(key.hour for key in rows) + 1
    found = list(look_at(rows, begin, end, days_between_false_alarms=180))

    once = episodes_of(found)
    again = episodes_of(found, known=episodes_of(found))

    assert as_told(again) == as_told(once)
    for episode in once:
        for signal in episode.signals.values():
            assert from_json(as_json(signal)) == signal


def test_the_height_of_a_chart_follows_from_the_time_between_false_alarms():
    looks = DAYS_BETWEEN_FALSE_ALARMS * 24

    assert siegmund_run_length(siegmund_height(looks)) == pytest.approx(looks)
    assert siegmund_height(10 * looks) > siegmund_height(looks)
