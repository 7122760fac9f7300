"""The sums of rules counted anew from the decisions: exact, and safe while decisions come in."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from threading import Event

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from appeals.actions.ingest import ingest, ingest_one
from appeals.actions.rule_looks import look_at_rules
from appeals.actions.rule_recount import recount_rules
from appeals.actions.rule_sums import fold_parts, read_sums
from appeals.models import LineDecision, RuleAlarm, RuleHour, RuleHourPart, RuleWatch
from appeals.watch.sums import count_all, hour_of
from tests.appeals.builders import create_decision, create_reviewer
from tests.appeals.feeds import as_bytes, feed_line
from tests.appeals.watched_feeds import START, Habit, as_lines, policy, sound_feed, stuck

pytestmark = pytest.mark.django_db
DAYS = 20
END = START + timedelta(days=DAYS)
HABIT = Habit("UTIL", "7.0.0", "behaviour-score", a_day=20, score=650, part=0.2, spared=0.1)
SINCE = START + timedelta(days=17)


def make_feed(days=DAYS):
    sound = sound_feed(Random(3), days=days, rules=[HABIT])
    cuts = [*stuck(sound, rule="UTIL", since=SINCE, util_pct=93)]
    return [*cuts, *policy(Random(1), begin=START + timedelta(days=2), number=20)]


def kept():
    while fold_parts():
        pass
    return read_sums(hour_of(START), hour_of(END) + 24)


def kept_ever():
    return read_sums(0, hour_of(timezone.now()) + 24)


def run():
    out = io.StringIO()
    call_command("recount_rules", stdout=out)
    return int(out.getvalue().split()[0])


@pytest.fixture
def cuts():
    return make_feed()


def test_what_was_there_before_there_were_sums_is_counted_as_if_it_had_come_today(cuts):
    ingest(as_lines(cuts), source="t")
    assert kept() == count_all(cuts)
    assert run() == 0
    RuleHour.objects.all().delete()

    assert run() == len(count_all(cuts)) == RuleHour.objects.count()
    assert kept() == count_all(cuts)
    assert run() == 0


def test_after_an_upgrade_what_is_summed_since_is_looked_at_again(cuts):
    create_reviewer("Sofia Lind", is_supervisor=True)
    ingest(as_lines(cuts), source="t")
    kept()
    RuleHour.objects.update(facts={})
    with time_machine.travel(END, tick=False):
        look_at_rules()
        assert not RuleAlarm.objects.exists()
        assert RuleWatch.objects.get().again_from is None

        run()
        assert RuleWatch.objects.get().again_from is not None
        look_at_rules()

    signals = RuleAlarm.objects.get().signals
    assert "BUR-UTIL-HIGH.util_pct" in {one["fact"] for one in signals if one["kind"] == "stuck"}


def test_parts_that_are_not_folded_count_once(cuts):
    lines = as_lines(cuts)
    ingest(lines[:200], source="t")
    kept()
    ingest(lines[200:], source="t")
    assert RuleHourPart.objects.exists()
    RuleHour.objects.update(number=F("number") + 1)

    recount_rules()

    assert kept() == count_all(cuts)


def test_sums_of_nothing_are_dropped_and_our_own_decisions_are_none_of_the_engines(alice):
    ingest_one(as_bytes(feed_line()), source="t")
    kept()
    row = RuleHour.objects.get()
    row.pk, row.rule_id = None, "GONE"
    row.save()
    ours = create_decision(alice)
    assert ours.is_adverse
    assert ours.source_id == ours.reference

    recount_rules()

    assert sum(sums.number for sums in kept_ever().values()) == 1
    assert not RuleHour.objects.filter(rule_id="GONE").exists()


def test_who_has_moved_since_counts_where_they_lived_then():
    line = feed_line()
    ingest_one(as_bytes(line), source="t")
    there = kept_regions()
    decision = LineDecision.objects.get()
    decision.customer.region = "US-ND"
    decision.customer.save()

    RuleHour.objects.all().delete()
    recount_rules()

    assert kept_regions() == there == {line["customer"]["region"]}


def kept_regions():
    while fold_parts():
        pass
    return set(RuleHour.objects.values_list("region", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_decision_that_is_being_stored_meanwhile_counts_once(cuts):
    """It is neither seen nor lost: its part comes with it when it is stored."""
    lines = as_lines(cuts)
    ingest(lines[:200], source="t")
    written, counted = Event(), Event()

    def store():
        try:
            with transaction.atomic():
                ingest(lines[200:], source="t")
                written.set()
                assert counted.wait(30)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        stored = pool.submit(store)
        assert written.wait(60)
        recount_rules()
        counted.set()
        stored.result()

    assert kept() == count_all(cuts)
    assert recount_rules() == 0
