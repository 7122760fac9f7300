"""Each week who owns a rule reads which of its reasons did not stand: once, and of few nothing."""

import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import ProgrammingError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from appeals.actions.ingest import ingest_one
from appeals.actions.overturn_digests import MOST_WEEKS, digest_overturns
from appeals.actions.reason_sums import fold_reason_sums
from appeals.fairness.rates import Share, difference, wilson
from appeals.models import OverturnDigest, RuleAlarm, RuleOwner, RuleReasonWeek
from appeals.periodic import digest_overturned_reasons, fold_the_reason_sums
from appeals.states import OutcomeKind
from notifications.kinds import ChannelKind
from notifications.models import Notification
from notifications.rendering import render
from tests.appeals.answers_given import create_answered
from tests.appeals.builders import create_decision, create_reviewer
from tests.appeals.desks import queue, rosa, sofia
from tests.appeals.feeds import feed_line
from tests.appeals.overturned import LATE, MONDAY, USE, create_answers

__all__ = ["queue", "rosa", "sofia"]

BEFORE = MONDAY - timedelta(days=7)
NEXT = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEKS = "/admin/overturned/"
WEEK = f"{WEEKS}2026-11-16/"


@pytest.fixture
def olga(db):
    """Who owns the rule, and has no role at the desk."""
    person = create_reviewer("Olga Roth")
    person.groups.clear()
    person.user_permissions.clear()
    RuleOwner.objects.create(rule_id="LATE-6M", owner=person)
    return person


def told(**only):
    return list(Notification.objects.filter(type="overturn_digest", **only).order_by("pk"))


def read_csv(browser):
    answer = browser.get(f"{WEEK}table.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode().removeprefix("\ufeff"))))


# --- What a week came to ------------------------------------------------------------------------


def test_from_decision_to_answer_each_reason_counts_in_its_week(olga, queue, rosa):
    """Through the feed, the appeals and the answers, from sums that triggers and intake keep."""
    wednesday = datetime(2026, 11, 18, 9, tzinfo=UTC)
    for hour in range(3):
        line = feed_line(decided_at=(wednesday + timedelta(hours=hour)).isoformat())
        ingest_one(json.dumps(line).encode(), source="test")
    kinds = [OutcomeKind.RESTORED] * 4 + [OutcomeKind.KEPT] * 2
    for kind in kinds:
        create_answered(kind, by=rosa, queue=queue, at=wednesday, disputed=[USE])
    create_answered(by=rosa, queue=queue, at=wednesday - timedelta(days=7), disputed=[USE])
    create_answered(by=rosa, queue=queue, at=wednesday, is_restricted=True)
    create_answered(by=rosa, queue=queue, at=wednesday, decision=create_decision(rule_id=""))
    fold_the_reason_sums()

    (digest,) = digest_overturns(NEXT)
    assert digest.week == MONDAY
    assert digest.lines == [
        {
            "rule": "LATE-6M",
            "version": "4.2.0",
            "reason": USE,
            "decisions": 3,
            "appealed": 6,
            "decided": 6,
            "overturned": 4,
            "decided_before": 1,
            "overturned_before": 0,
        }
    ]


def test_decisions_are_summed_as_they_come_and_folding_changes_no_sum(db):
    def sums():
        rows = RuleReasonWeek.objects.values_list("reason").annotate(n=Sum("number"))
        return dict(rows)

    day = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    line = feed_line(decided_at=day.isoformat())
    for _turn in range(2):  # the same decision again counts once
        ingest_one(json.dumps(line).encode(), source="test")
    ingest_one(json.dumps(feed_line(decided_at=day.isoformat())).encode(), source="test")
    raised = feed_line(action="raise", old_limit="1000.00", new_limit="2000.00", reasons=[])
    ingest_one(json.dumps(raised).encode(), source="test")
    before = sums()
    assert before == {LATE: 2, USE: 2}
    assert set(RuleReasonWeek.objects.values_list("week", flat=True)) == {MONDAY}

    assert (fold_reason_sums(), fold_reason_sums()) == (2, 0)
    assert sums() == before
    assert RuleReasonWeek.objects.count() == 2
    ingest_one(json.dumps(feed_line(decided_at=day.isoformat())).encode(), source="test")
    fold_reason_sums()
    assert sums() == {LATE: 3, USE: 3}
    assert RuleReasonWeek.objects.count() == 2


# --- Once a week --------------------------------------------------------------------------------


def test_twice_makes_and_tells_once(olga, sofia):
    create_answers(20, 12)
    with time_machine.travel(NEXT, tick=False):
        digest_overturned_reasons()
        digest_overturned_reasons()
    assert OverturnDigest.objects.get().week == MONDAY
    assert [one.recipient for one in told()] == [olga]


def test_before_monday_morning_the_week_is_not_over(olga):
    create_answers(20, 12)
    digest_overturns(datetime(2026, 11, 23, 5, 59, tzinfo=UTC))
    assert [one.week for one in OverturnDigest.objects.all()] == [BEFORE]
    assert told() == []  # a week without anything is kept, and nobody is bothered
    digest_overturns(datetime(2026, 11, 23, 6, 0, tzinfo=UTC))
    assert OverturnDigest.objects.count() == 2
    assert len(told()) == 1


def test_weeks_while_the_worker_was_away_are_made_later_in_order(olga):
    digest_overturns(NEXT - timedelta(weeks=4))
    create_answers(20, 12, week=MONDAY - timedelta(weeks=2))
    create_answers(20, 12)
    made = digest_overturns(NEXT)
    assert [one.week for one in made] == [MONDAY - timedelta(weeks=n) for n in (3, 2, 1, 0)]
    assert [one.context["week"] for one in told()] == ["2026-11-02", "2026-11-16"]


def test_after_a_year_away_not_everybody_gets_fifty_messages(olga):
    digest_overturns(NEXT - timedelta(weeks=52))
    assert len(digest_overturns(NEXT)) == MOST_WEEKS


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_make_and_tell_once():
    olga = create_reviewer("Olga Roth")
    RuleOwner.objects.create(rule_id="LATE-6M", owner=olga)
    create_answers(20, 12)
    start = Barrier(2)

    def make():
        try:
            start.wait(10)
            return len(digest_overturns(NEXT))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        made = [one.result() for one in [pool.submit(make) for _turn in range(2)]]
    assert sorted(made) == [0, 1]
    assert OverturnDigest.objects.count() == len(told()) == 1


def test_what_was_told_stays_whatever_is_mended_later(olga, browse):
    create_answers(20, 12)
    digest_overturns(NEXT)
    create_answers(5, 5)
    digest_overturns(NEXT)
    digest = OverturnDigest.objects.get()
    assert digest.lines[0]["decided"] == 20
    for change in (digest.delete, digest.save):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()


# --- Who is told what ---------------------------------------------------------------------------


def test_owners_are_told_of_their_rules_and_supervisors_of_what_nobody_owns(olga, sofia, rosa):
    create_answers(20, 12)
    create_answers(30, 3, rule="UTIL-80", reason=USE)
    digest_overturns(NEXT)
    by_person = {one.recipient: one for one in told()}
    assert by_person.keys() == {olga, sofia}
    assert "LATE-6M 4.2.0" in by_person[olga].context["told"]
    assert "UTIL-80" not in by_person[olga].context["told"]
    assert "LATE-6M" not in by_person[sofia].context["told"]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "12 of 20 answers gave something back: 60%"), ("zh-hans", "60%")],
)
def test_the_message_says_it_in_the_reader_s_language_and_names_nobody(olga, language, words):
    type(olga).objects.filter(pk=olga.pk).update(locale=language)
    create_answers(20, 12)
    create_answers(3, 3, reason=USE)
    digest_overturns(NEXT)
    said = render(told()[0], ChannelKind.EMAIL)
    for text in (said.text, said.html):
        assert words in text
        assert WEEK in text
        assert "3 of 3" not in text
    assert "2026-11-16" in said.subject


# --- Its pages ----------------------------------------------------------------------------------


def test_an_owner_reads_their_own_rules_only_and_others_nothing(browse, olga, sofia, rosa):
    create_answers(20, 12)
    create_answers(30, 3, rule="UTIL-80", reason=USE)
    digest_overturns(NEXT)
    for address in (WEEKS, WEEK, f"{WEEK}table.csv"):
        assert browse(rosa).get(address).status_code == 403
    owner = browse(olga)
    assert owner.get(WEEKS).status_code == 200
    page = owner.get(WEEK).content.decode()
    assert "LATE-6M 4.2.0" in page
    assert "UTIL-80" not in page
    assert "linedecision" not in page  # they may not open decisions
    assert {row["rule"] for row in read_csv(owner)} == {"LATE-6M"}
    assert {row["rule"] for row in read_csv(browse(sofia))} == {"LATE-6M", "UTIL-80"}
    assert "Overturned reasons" in owner.get("/admin/").content.decode()


def test_shares_have_the_interval_and_change_that_fairness_computes(browse, sofia):
    create_answers(20, 12, sent=7)
    create_answers(40, 8, week=BEFORE)
    digest_overturns(NEXT)
    page = browse(sofia).get(WEEK).content.decode()
    low, high = wilson(Share(12, 20))
    change = difference(Share(12, 20), Share(8, 40))
    assert f"between {100 * low:.0f}% and {100 * high:.0f}%" in page
    assert "40.0 points more than the week before, which is unlikely to be chance" in page
    (row,) = read_csv(browse(sofia))
    assert [float(row[name]) for name in ("share", "share_low", "share_high")] == [0.6, low, high]
    assert change is not None
    assert float(row["change"]) == pytest.approx(change.value)
    assert (row["decisions"], row["appealed"], row["decided"]) == ("0", "7", "20")


def test_false_discoveries_are_held_down_over_the_page(browse, sofia):
    """The same change is remarkable alone, and chance among fifty reasons."""
    earlier = BEFORE - timedelta(days=7)
    create_answers(40, 6, week=earlier)
    create_answers(40, 14, week=BEFORE)
    digest_overturns(NEXT - timedelta(days=7))
    page = browse(sofia).get(f"{WEEKS}{BEFORE}/").content.decode()
    assert "unlikely to be chance." in page
    create_answers(40, 6, week=BEFORE, version="4.3.0")
    create_answers(40, 14, version="4.3.0")
    for number in range(50):
        create_answers(40, 10, version=f"5.{number}")
        create_answers(40, 10, version=f"5.{number}", week=BEFORE)
    digest_overturns(NEXT)
    page = browse(sofia).get(WEEK).content.decode()
    assert "more than the week before, which may be chance" in page
    assert "which is unlikely to be chance" not in page


def test_of_few_no_share_is_shown_anywhere(browse, sofia):
    create_answers(4, 3, sent=2)
    digest_overturns(NEXT)
    page = browse(sofia).get(WEEK).content.decode()
    assert "Fewer than 5 answers in the week" in page
    assert "75%" not in page
    (row,) = read_csv(browse(sofia))
    assert {row[name] for name in ("appealed", "decided", "overturned", "share")} == {""}


def test_guarded_cases_are_in_no_number(sofia):
    create_answers(20, 12, is_restricted=True, sent=9)
    (digest,) = digest_overturns(NEXT)
    assert digest.lines == []


def test_what_is_overturned_most_surely_stands_first(browse, sofia):
    create_answers(6, 6, version="1")
    create_answers(400, 300, version="2")
    create_answers(0, 0, version="3", sent=8)
    digest_overturns(NEXT)
    assert [row["version"] for row in read_csv(browse(sofia))] == ["2", "1", "3"]


def test_a_line_leads_to_its_alarm_its_decisions_and_its_reason(browse, sofia):
    create_answers(20, 12)
    moments = dict.fromkeys(("since", "found_at", "last_at", "raised_at"), NEXT)
    alarm = RuleAlarm.objects.create(
        reference="RA-7K3M-92QX",
        rule_id="LATE-6M",
        rule_version="4.2.0",
        episode=1,
        number=9,
        **moments,
    )
    digest_overturns(NEXT)
    browser = browse(sofia)
    page = browser.get(WEEK).content.decode()
    decisions = "/admin/appeals/linedecision/?rule_id=LATE-6M&amp;rule_version=4.2.0"
    for address in (f"/admin/alarms/{alarm.reference}/", decisions, f"/reasons/{LATE}/"):
        assert address in page
        assert browser.get(address.replace("&amp;", "&")).status_code in (200, 404)
    assert browser.get(decisions.replace("&amp;", "&")).status_code == 200


def test_a_name_that_calculates_is_text_in_the_table(browse, sofia):
    create_answers(20, 12, rule="=1+1")
    digest_overturns(NEXT)
    (row,) = read_csv(browse(sofia))
    assert row["rule"] == "'=1+1"


@pytest.mark.parametrize("week", ["2026-11-17", "2026-13-01", "never"])
def test_a_week_that_is_none_is_not_found(browse, sofia, week):
    digest_overturns(NEXT)
    assert browse(sofia).get(f"{WEEKS}{week}/").status_code == 404


def test_the_pages_ask_as_much_for_many_lines_as_for_one(
    browse, sofia, olga, django_assert_num_queries
):
    create_answers(20, 12)
    digest_overturns(NEXT)
    counts = {}
    full = MONDAY + timedelta(weeks=1)
    pages = {WEEKS: WEEKS, WEEK: f"{WEEKS}{full}/"}
    for person in (sofia, olga):
        browser = browse(person)
        for address in pages:
            browser.get(address)
            with CaptureQueriesContext(connection) as asked:
                browser.get(address)
            counts[person, address] = len(asked)
    for number in range(30):
        create_answers(20, 12, version=f"5.{number}", week=full)
    for weeks in range(10):
        OverturnDigest.objects.create(week=BEFORE - timedelta(weeks=weeks + 1), made_at=NEXT)
    digest_overturns(NEXT + timedelta(weeks=1))
    for (person, address), count in counts.items():
        browser = browse(person)
        browser.get(pages[address])
        with django_assert_num_queries(count):
            page = browser.get(pages[address]).content.decode()
    assert page.count("LATE-6M 5.") == 30
