"""A rule goes wrong in the feed: the clock finds it, supervisors hear at once and look into it."""

import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from threading import Barrier

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum
from django.urls import reverse

from appeals.actions import rule_looks
from appeals.actions.alarms import acknowledge
from appeals.actions.ingest import ingest, ingest_one
from appeals.actions.rule_looks import look_at_rules
from appeals.errors import AppealNotFound
from appeals.models import AlarmState, LineDecision, RuleAlarm, RuleHour, RuleHourPart, RuleWatch
from appeals.periodic import look_at_the_rules
from notifications.kinds import Lane
from notifications.models import Notification
from tests.appeals.builders import create_reviewer
from tests.appeals.feeds import as_bytes, feed_line
from tests.appeals.watched_feeds import (
    START,
    Habit,
    as_lines,
    faulty_version,
    policy,
    sound_feed,
    stuck,
)

pytestmark = pytest.mark.django_db

DAYS = 20
RULES = [
    Habit("BEH-SCORE", "7.9.3", "behaviour-score", a_day=4, score=700, part=0.2, spared=0.1),
    Habit("LATE-6M", "4.2.0", "arrears", a_day=9, score=640, part=0.3, spared=0.1),
]
BEGIN = START + timedelta(days=17, hours=4)
END = START + timedelta(days=DAYS)


def make_feed(seed=2):
    """Two sound rules, one burst of a new version, and a policy: about 400 decisions."""
    random = Random(seed)
    return sorted(
        [
            *sound_feed(random, days=DAYS, rules=RULES),
            *faulty_version(random, RULES[0], begin=BEGIN, hours=3, an_hour=25),
            *policy(random, begin=BEGIN, number=60),
        ],
        key=lambda cut: cut.decided_at,
    )


@pytest.fixture(scope="module")
def cuts():
    return make_feed()


@pytest.fixture
def sofia(db):
    return create_reviewer("Sofia Lind", is_supervisor=True)


@pytest.fixture
def alarm(sofia, cuts):
    """The one alarm of the feed, with the feed stored."""
    ingest(as_lines(cuts), source="t")
    with time_machine.travel(END, tick=False):
        look_at_rules()
    return RuleAlarm.objects.get()


def told():
    fields = ("rule_id", "rule_version", "since", "found_at", "last_at", "number", "signals")
    return list(RuleAlarm.objects.order_by("rule_id", "found_at").values_list(*fields))


def kept():
    fields = (
        *("rule_id", "rule_version", "region", "hour", "number", "spared", "score", "bins"),
        *("cut_squares", "with_gaps", "facts"),
    )
    return sorted(RuleHour.objects.values_list(*fields), key=lambda row: row[:4])


# --- Counting -----------------------------------------------------------------------------------


def test_a_decision_counts_once_in_the_hour_it_was_made(cuts):
    lines = as_lines(cuts)
    ingest(lines, source="t")
    ingest(lines, source="again")
    with time_machine.travel(END, tick=False):
        look_at_rules()

    assert not RuleHourPart.objects.exists()
    sums = RuleHour.objects.aggregate(number=Sum("number"), policy=Sum("by_policy"))
    assert sums["number"] + sums["policy"] == len(cuts) == LineDecision.objects.count()
    assert sums["policy"] == sum(cut.is_policy for cut in cuts)
    cut = cuts[0]
    hour = cut.decided_at.replace(minute=0, second=0, microsecond=0)
    same = [
        one
        for one in cuts
        if (one.rule, one.region) == (cut.rule, cut.region)
        and hour <= one.decided_at < hour + timedelta(hours=1)
    ]
    row = RuleHour.objects.get(rule_id=cut.rule, region=cut.region, hour=hour)
    assert row.number == len(same) == sum(row.bins)
    assert row.score == sum(one.score["value"] for one in same)


def test_what_is_refused_or_gives_something_back_does_not_count():
    line = feed_line()
    ingest_one(as_bytes(line), source="t")
    ingest_one(as_bytes({**line, "balance": "1.00"}), source="t")  # a conflict
    ingest_one(as_bytes({**feed_line(), "balance": "much"}), source="t")
    restored = feed_line(action="restore", old_limit="100.00", new_limit="400.00", reasons=[])
    ingest_one(as_bytes(restored), source="t")

    assert RuleHourPart.objects.aggregate(number=Sum("number"))["number"] == 1


# --- Finding ------------------------------------------------------------------------------------


def test_supervisors_hear_of_a_faulty_version_at_once_and_once(cuts, sofia):
    rosa = create_reviewer("Rosa Vega")
    ingest(as_lines(cuts), source="t")

    with time_machine.travel(END, tick=False):
        look_at_the_rules()
        look_at_the_rules()

    alarm = RuleAlarm.objects.get()
    assert (alarm.rule_id, alarm.rule_version) == ("BEH-SCORE", "9.9.1")
    assert alarm.since == BEGIN
    assert alarm.found_at - BEGIN <= timedelta(hours=2)
    assert alarm.number == sum(cut.version == "9.9.1" for cut in cuts)
    assert {signal["kind"] for signal in alarm.signals} >= {"rate", "new_version", "spared"}
    samples = alarm.samples.all()
    assert samples
    assert {one.rule_version for one in samples} == {"9.9.1"}
    message = Notification.objects.get(type="rule_alarm")
    assert (message.recipient, message.lane) == (sofia, Lane.URGENT)
    assert message.path == f"/admin/alarms/{alarm.reference}/"
    assert not Notification.objects.filter(recipient=rosa).exists()


def test_living_through_a_feed_is_replaying_it(cuts, sofia, tmp_path):
    """Hour by hour around the burst, day by day before."""
    lines, done = as_lines(cuts), 0
    moment, step = START, timedelta(days=1)
    while moment < END:
        near = BEGIN - timedelta(hours=2) <= moment < BEGIN + timedelta(hours=8)
        step = timedelta(hours=1) if near else timedelta(hours=8)
        moment += step
        upto = sum(cut.decided_at < moment for cut in cuts)
        with time_machine.travel(moment, tick=False):
            ingest(lines[done:upto], source="t")
            look_at_rules()
        done = upto
        if RuleAlarm.objects.exists() and moment < BEGIN + timedelta(hours=3):
            assert RuleAlarm.objects.get().found_at == moment
    lived, sums = told(), kept()

    (tmp_path / "feed").write_bytes(b"\n".join(lines))
    out = io.StringIO()
    call_command("watch_replay", str(tmp_path / "feed"), "--json", stdout=out)

    (replayed,) = [json.loads(line) for line in out.getvalue().splitlines()]
    rule, version, since, found, last, _number, signals = lived[0]
    assert len(lived) == 1
    assert (replayed["rule"], replayed["version"]) == (rule, version)
    assert [replayed[name] for name in ("since", "found", "last")] == [
        moment.isoformat() for moment in (since, found, last)
    ]
    for ours, theirs in zip(replayed["signals"], signals, strict=True):
        assert ours == {name: theirs[name] for name in ours}
    assert sum(row[4] for row in sums) == sum(not cut.is_policy for cut in cuts)


@pytest.mark.parametrize("seed", [1, 2])
def test_what_comes_late_and_out_of_order_is_found_like_the_rest(cuts, sofia, seed):
    ingest(as_lines(cuts), source="in order")
    with time_machine.travel(END, tick=False):
        look_at_rules()
    in_order = told(), kept()
    RuleAlarm.objects.all().delete()
    for model in (RuleHour, RuleWatch):
        model.objects.all().delete()

    mixed = Random(seed).sample(as_lines(cuts), len(cuts))
    with time_machine.travel(END, tick=False):
        for part in range(0, len(mixed), 100):
            ingest(mixed[part : part + 100], source="mixed")
            look_at_rules()

    assert kept() == in_order[1]
    assert told() == in_order[0]
    assert RuleAlarm.objects.count() == 1


def test_a_burst_that_comes_a_day_late_is_found_when_it_comes(cuts, sofia):
    lines = as_lines(cuts)
    late = [line for cut, line in zip(cuts, lines, strict=True) if cut.version == "9.9.1"]
    ingest([line for line in lines if line not in late], source="t")
    with time_machine.travel(END, tick=False):
        look_at_rules()
    assert not RuleAlarm.objects.exists()

    with time_machine.travel(END + timedelta(minutes=5), tick=False):
        ingest(late, source="late")
        look_at_rules()

    assert RuleAlarm.objects.get().since == BEGIN


def test_an_hour_is_looked_at_when_it_is_over(sofia):
    with time_machine.travel(START + timedelta(minutes=30), tick=False):
        moment = {"decided_at": START.isoformat(), "effective_at": START.isoformat()}
        ingest_one(as_bytes(feed_line(**moment)), source="t")
        assert look_at_rules() is None
    with time_machine.travel(START + timedelta(hours=1), tick=False):
        looked = look_at_rules()
    assert looked is not None
    assert (looked.begin, looked.end) == (START, START + timedelta(hours=1))
    with time_machine.travel(START + timedelta(hours=1, minutes=59), tick=False):
        assert look_at_rules() is None


def test_a_look_that_breaks_off_leaves_nothing_and_the_next_one_does_all(cuts, sofia, monkeypatch):
    ingest(as_lines(cuts), source="t")

    def broken(requests):
        raise RuntimeError

    with time_machine.travel(END, tick=False):
        with monkeypatch.context() as patched:
            patched.setattr(rule_looks, "notify_many", broken)
            with pytest.raises(RuntimeError):
                look_at_rules()
        assert not RuleAlarm.objects.exists()

        look_at_rules()

    assert RuleAlarm.objects.count() == Notification.objects.filter(type="rule_alarm").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_raise_one_alarm(cuts, sofia):
    ingest(as_lines(cuts), source="t")
    start = Barrier(2)

    def look():
        start.wait(timeout=10)
        try:
            look_at_rules()
        finally:
            connection.close()

    with time_machine.travel(END, tick=False):
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(lambda _: look(), range(2)))
        look_at_rules()

    assert RuleAlarm.objects.count() == Notification.objects.filter(type="rule_alarm").count() == 1
    assert sum(row[4] for row in kept()) == sum(not cut.is_policy for cut in cuts)


# --- The command --------------------------------------------------------------------------------


def test_a_replay_prints_the_alarms_and_stores_nothing(cuts, tmp_path):
    (tmp_path / "feed").write_bytes(b"\n".join([*as_lines(cuts), b"{}"]))
    out, err = io.StringIO(), io.StringIO()

    call_command("watch_replay", str(tmp_path / "feed"), stdout=out, stderr=err)

    assert "BEH-SCORE" in out.getvalue()
    assert "9.9.1" in out.getvalue()
    assert "REGION-CAP" not in out.getvalue()
    assert "1 line" in err.getvalue()
    assert not LineDecision.objects.exists()
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("watch_replay", str(tmp_path / "nowhere"))
    with pytest.raises(CommandError, match="above 0"):
        call_command("watch_replay", str(tmp_path / "feed"), "--days", "0", stderr=err)


# --- At the desk --------------------------------------------------------------------------------


def test_a_supervisor_finds_the_alarm_on_the_first_page_and_looks_into_it(browse, sofia, alarm):
    browser = browse(sofia)
    address = reverse("desk:alarm", args=[alarm.reference])

    assert address in browser.get("/admin/").content.decode()
    assert address in browser.get(reverse("desk:alarms")).content.decode()
    page = browser.get(address).content.decode()
    for sample in alarm.samples.all():
        assert sample.reference in page
    for kind in ("rate", "new_version", "spared"):
        assert f'id="figure-{kind}"' in page

    browser.post(reverse("desk:alarm_act", args=[alarm.reference]), {"do": "acknowledge"})

    alarm.refresh_from_db()
    assert (alarm.state, alarm.changed_by) == (AlarmState.ACKNOWLEDGED, sofia)
    assert address not in browser.get("/admin/").content.decode()


def test_a_fact_that_is_stuck_has_a_sentence_and_a_chart(browse, sofia):
    habit = Habit("UTIL", "7.0.0", "behaviour-score", a_day=40, score=650, part=0.2, spared=0.1)
    since = START + timedelta(days=DAYS - 2)
    sound = sound_feed(Random(3), days=DAYS, rules=[habit])
    ingest(as_lines(stuck(sound, rule="UTIL", since=since, util_pct=93)), source="t")
    with time_machine.travel(END, tick=False):
        look_at_rules()
    lan = create_reviewer("Lan", is_supervisor=True, locale="zh-hans")
    address = reverse("desk:alarm", args=[RuleAlarm.objects.get().reference])

    page = browse(sofia).get(address).content.decode()

    assert 'id="figure-stuck-0"' in page
    assert "Your use (You use a large share of your credit limits)" in page
    assert "have the same value; usually that value has" in page
    assert re.search(r"Of the decisions shown below, (\d+) of \1 say 93%", page)
    assert page.count("data-drawn") == 2
    assert "figure-stuck-0" in browse(lan).get(address).content.decode()
    assert "A fact no longer differs" in browse(sofia).get(reverse("desk:alarms")).content.decode()


def test_an_alarm_is_dismissed_with_a_reason_and_by_one_person(browse, sofia, alarm):
    browser, act = browse(sofia), reverse("desk:alarm_act", args=[alarm.reference])

    assert "Say why" in browser.post(act, {"do": "dismiss", "why": " "}).content.decode()
    long = browser.post(act, {"do": "dismiss", "why": "a" * 2001}).content.decode()
    assert "a" * 2001 in long  # what was typed is not lost
    assert browser.post(act, {"do": "dismiss", "why": "Agreed with the owner."}).status_code == 302
    late = browser.post(act, {"do": "acknowledge"}).content.decode()

    assert "A colleague was faster" in late
    alarm.refresh_from_db()
    assert (alarm.state, alarm.why_dismissed) == (AlarmState.DISMISSED, "Agreed with the owner.")
    with time_machine.travel(END + timedelta(days=1), tick=False):
        look_at_rules()
    assert RuleAlarm.objects.get().state == AlarmState.DISMISSED


def test_a_stranger_a_reviewer_and_a_wrong_reference(browse, alice, sofia, alarm):
    rosa = create_reviewer("Rosa Vega")
    address = reverse("desk:alarm", args=[alarm.reference])

    assert browse(rosa).get(address).status_code == 403
    assert browse(rosa).get(reverse("desk:alarms")).status_code == 403
    assert browse(alice).get(address).status_code == 302
    assert browse(sofia).get(reverse("desk:alarm", args=["RA-0000-0000"])).status_code == 404
    for stranger in (rosa, alice):
        with pytest.raises(AppealNotFound):
            acknowledge(reference=alarm.reference, by=stranger)


def test_the_pages_ask_as_much_however_much_there_is(
    browse, sofia, alarm, django_assert_num_queries, django_assert_max_num_queries
):
    browser = browse(sofia)
    address = reverse("desk:alarm", args=[alarm.reference])
    browser.get(address)
    with django_assert_max_num_queries(40) as many:
        browser.get(address)
    with django_assert_max_num_queries(40) as listed:
        browser.get(reverse("desk:alarms"))
    alarm.samples.set(alarm.samples.all()[:1])
    alarm.signals = alarm.signals[:1]
    alarm.save()
    for episode in (2, 3):
        alarm.pk, alarm.reference, alarm.episode = None, f"RA-{episode}", episode
        alarm.save()

    with django_assert_num_queries(len(many)):
        browser.get(address)
    with django_assert_num_queries(len(listed)):
        browser.get(reverse("desk:alarms"))
