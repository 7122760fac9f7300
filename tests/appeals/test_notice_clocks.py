"""The clocks of a notice: begun with the decision, ended by its arrival, else told to staff."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from appeals.actions.ingest import ingest_one
from appeals.actions.notice_watch import look_at_arrivals, tell_supervisors
from appeals.actions.notices import retry_notice
from appeals.catalogue.packs import PACKS
from appeals.deadlines import last_day
from appeals.models import ClockEnd, LineDecision, Notice, NoticeClock, NoticeHold
from appeals.periodic import look_at_notices, tell_of_notices
from notifications.kinds import Settled
from notifications.models import Notification
from tests.appeals.builders import create_reviewer
from tests.appeals.feeds import HIGH_USE, OWN_SCORE, as_bytes, feed_line, reason
from tests.appeals.policy_pages import REFERENCE, judge

MONDAY = datetime(2026, 11, 30, 15, tzinfo=UTC)
EU = {"jurisdiction": "EU", "region": "DE-BE", "time_zone": "Europe/Berlin"}
GB = {"jurisdiction": "GB", "region": "GB-ENG", "time_zone": "Europe/London"}
REGIONAL = {
    "reasons": [reason("POL-REGION")],
    "policy": {"ref": REFERENCE, "title": "Limits", "region": "US-FL"},
}
CN = {"jurisdiction": "CN", "region": "CN-HLJ", "time_zone": "Asia/Shanghai"}

pytestmark = pytest.mark.django_db


def take(at=MONDAY, **line):
    """One decision of two hours before comes in; its clocks by their rule."""
    times = {"decided_at": at - timedelta(hours=2), "effective_at": at - timedelta(hours=2)}
    told = {name: value.isoformat() for name, value in times.items()}
    with time_machine.travel(at, tick=False):
        answer = ingest_one(as_bytes(feed_line(**{**told, **line})), source="test")
    assert answer.status == "created", answer.error
    decision = LineDecision.objects.get(reference=answer.reference)
    return {clock.rule: clock for clock in NoticeClock.objects.filter(decision=decision)}


def last_of(clock) -> date:
    return last_day(clock.due_at, clock.decision.customer.zone)


def arrive(at) -> None:
    Notification.objects.update(settled_at=at, settled_as=Settled.REACHED, settle_at=None)


def at(moment, act):
    with time_machine.travel(moment, tick=False):
        return act()


# --- Beginning -----------------------------------------------------------------------------------


def test_a_us_cut_has_thirty_days_and_a_fee_guard_of_forty_five():
    clocks = take()

    assert {rule: last_of(clock) for rule, clock in clocks.items()} == {
        "US.notice.days30": date(2026, 12, 30),
        "US.fee_guard": date(2027, 1, 14),
    }
    assert [clock.rule for clock in clocks.values() if clock.is_guard] == ["US.fee_guard"]


def test_the_fee_guard_is_said_on_the_notice():
    take()

    assert "before 14 January 2027" in str(Notice.objects.get().content["en"]["rights"])


def test_a_home_equity_line_has_three_business_days():
    clocks = take(line={"product": "HELOC"})

    assert last_of(clocks["US.notice.heloc"]) == date(2026, 12, 3)


@pytest.mark.parametrize(
    ("place", "rule"), [(GB, "GB.notice.before_effect"), (EU, "EU.notice.before_effect")]
)
def test_before_the_change_or_at_once_after_it(place, rule):
    ahead = (MONDAY + timedelta(days=9)).isoformat()

    after, before = take(customer=place), take(customer=place, effective_at=ahead)

    assert set(after) == set(before) == {rule}
    assert last_of(after[rule]) == date(2026, 12, 1)
    assert before[rule].due_at == MONDAY + timedelta(days=9)


def test_in_china_the_clock_is_our_own():
    (clock,) = take(customer=CN).values()

    assert "no Chinese rule" in PACKS.notice_clocks[clock.rule].told_by("en")
    assert last_of(clock) == date(2026, 12, 7)


@pytest.mark.parametrize(
    "overrides",
    [
        {"reasons": [reason("ACC-INACTIVE")]},
        {"reasons": [reason("HRD-PLAN")]},
        {"reasons": [reason("ACC-LATE-NOW")]},
        REGIONAL,
        {"action": "raise", "new_limit": "5000.00", "reasons": []},
    ],
)
def test_what_the_law_exempts_begins_no_clock_and_is_told_all_the_same(overrides):
    judge("yes")
    assert take(**overrides) == {}

    assert Notice.objects.exists()
    assert Notification.objects.get().legal_due_at is None


@pytest.mark.parametrize(
    "overrides",
    [
        {"reasons": [reason("ACC-INACTIVE", 0.6), {**HIGH_USE, "weight": 0.4}]},
        {"reasons": [reason("POL-REGION")]},  # no policy for many: a cut of this one person
        REGIONAL,  # nobody has judged whether it is class-wide
    ],
)
def test_one_reason_that_is_not_exempt_makes_the_notice_owed(overrides):
    assert "US.notice.days30" in take(**overrides)


@pytest.mark.parametrize("judged", ["", "no"])
def test_only_a_policy_judged_class_wide_is_exempt(judged):
    judge(judged)
    assert "US.notice.days30" in take(**REGIONAL)
    assert Notification.objects.get().legal_due_at is not None


# --- Ending --------------------------------------------------------------------------------------


def test_a_clock_ends_when_the_notice_has_arrived():
    clock = take()["US.notice.days30"]
    arrive(MONDAY + timedelta(minutes=5))

    assert at(MONDAY + timedelta(minutes=1), look_at_arrivals) == 0  # not looked at yet
    at(MONDAY + timedelta(minutes=11), look_at_notices)

    clock.refresh_from_db()
    assert (clock.ended_at, clock.ended_as) == (MONDAY + timedelta(minutes=5), ClockEnd.MET)


def test_what_arrives_after_the_day_was_told_late():
    clock = take(customer=GB)["GB.notice.before_effect"]
    arrive(MONDAY + timedelta(days=3))

    at(MONDAY + timedelta(days=3), look_at_arrivals)

    clock.refresh_from_db()
    assert clock.ended_as == ClockEnd.MISSED


def test_what_has_not_arrived_is_looked_at_again():
    clock = take()["US.notice.days30"]
    later = MONDAY + timedelta(minutes=11)

    assert at(later, look_at_arrivals) == 0
    clock.refresh_from_db()
    assert (clock.ended_at, clock.look_at) == (None, later + timedelta(hours=1))


def test_a_guard_ends_with_its_day_and_not_with_the_notice():
    guard = take()["US.fee_guard"]
    arrive(MONDAY)

    at(MONDAY + timedelta(days=20), look_at_arrivals)
    guard.refresh_from_db()
    assert guard.ended_at is None
    at(MONDAY + timedelta(days=50), look_at_arrivals)
    guard.refresh_from_db()
    assert guard.ended_as == ClockEnd.STOPPED


def test_a_held_decision_runs_on_and_its_guard_begins_with_the_notice(settings):
    settings.LENDER_ADDRESS = ""
    assert set(take()) == {"US.notice.days30"}
    hold = NoticeHold.objects.get()
    assert hold.due_at == NoticeClock.objects.get().due_at
    settings.LENDER_ADDRESS = "1 Main Street, Albany, NY"

    written = at(MONDAY + timedelta(days=3), lambda: retry_notice(hold=hold))

    assert isinstance(written, Notice)
    clocks = {clock.rule: clock for clock in NoticeClock.objects.all()}
    assert last_of(clocks["US.notice.days30"]) == date(2026, 12, 30)
    assert last_of(clocks["US.fee_guard"]) == date(2027, 1, 17)
    assert Notification.objects.get().legal_due_at == clocks["US.notice.days30"].due_at


# --- Telling staff -------------------------------------------------------------------------------


@pytest.fixture
def sam(db):
    return create_reviewer("Sam Ortiz", is_supervisor=True)


def told(person):
    rows = Notification.objects.filter(recipient=person, type="notices_waiting")
    return [row.context for row in rows.order_by("created_at")]


def test_staff_are_warned_before_and_told_after_once_each(sam):
    take()

    at(MONDAY + timedelta(days=1), tell_of_notices)
    assert told(sam) == []
    for _twice in range(2):
        at(MONDAY + timedelta(days=21), tell_of_notices)
    assert told(sam) == [{"held": "0", "near": "1", "passed": "0"}]
    for _twice in range(2):
        at(MONDAY + timedelta(days=32), tell_of_notices)
    assert told(sam)[1:] == [{"held": "0", "near": "0", "passed": "1"}]


def test_a_held_notice_is_told_of_within_the_hour(sam):
    take(reasons=[OWN_SCORE])

    at(MONDAY + timedelta(minutes=30), tell_supervisors)

    assert told(sam) == [{"held": "1", "near": "0", "passed": "0"}]
    hold = NoticeHold.objects.get()
    assert hold.staff_told_at == MONDAY + timedelta(minutes=30)


def test_many_at_once_are_one_message_to_each(sam):
    other = create_reviewer("Ana Ruiz", is_supervisor=True)
    reviewer = create_reviewer("Rosa Vega")
    for _each in range(3):
        take()

    at(MONDAY + timedelta(days=40), tell_supervisors)

    assert told(sam) == told(other) == [{"held": "0", "near": "0", "passed": "3"}]
    assert told(reviewer) == []


def test_nobody_is_told_of_what_arrived(sam):
    take()
    arrive(MONDAY + timedelta(days=1))
    at(MONDAY + timedelta(days=2), look_at_arrivals)

    at(MONDAY + timedelta(days=40), tell_supervisors)

    assert told(sam) == []


# --- The calendar --------------------------------------------------------------------------------


@pytest.fixture
def supervisor(client, sam):
    client.force_login(sam)
    return client


def month(client, person, moment, shown="2026-12"):
    """The page of a month, as somebody sees it who signs in at that moment."""
    with time_machine.travel(moment, tick=False):
        client.force_login(person)
        return client.get(reverse("desk:notice_calendar"), {"month": shown})


def cell(page, day):
    return next(one for week in page.context["month"].weeks for one in week if one.day == day)


def test_the_calendar_shows_each_clock_on_its_last_day(client, sam):
    take()
    take(reasons=[OWN_SCORE])

    page = month(client, sam, MONDAY)

    assert cell(page, date(2026, 12, 30)).running == 2
    assert "2 running" in page.content.decode()
    assert "1 notice is held." in page.content.decode()
    page = month(client, sam, datetime(2027, 1, 5, tzinfo=UTC))
    assert cell(page, date(2026, 12, 30)).passed == 2


def test_a_day_leads_to_its_clocks(client, sam):
    take()
    take(customer=CN)
    page = month(client, sam, MONDAY)

    with time_machine.travel(MONDAY, tick=False):
        found = client.get(cell(page, date(2026, 12, 30)).link)

    assert [clock.rule for clock in found.context["cl"].result_list] == ["US.notice.days30"]
    assert "Notice of the cut" in found.content.decode()


@pytest.mark.parametrize(
    ("locale", "name"), [("en", "Notice of the cut"), ("zh-hans", "额度调整通知")]
)
def test_the_page_of_a_clock_bears_its_name_and_no_key(browse, locale, name):
    clock = take()["US.notice.days30"]
    person = create_reviewer(is_supervisor=True, locale=locale)

    page = browse(person).get(reverse("admin:appeals_noticeclock_change", args=[clock.pk])).text

    assert name in str(re.findall(r"<h1.*?</h1>", page, re.DOTALL))
    assert "US.notice.days30" not in page


@pytest.mark.parametrize("month", ["", "2026-13", "soon", "9999-12", "0001-01"])
def test_a_month_that_is_none_is_this_one(supervisor, month):
    page = supervisor.get(reverse("desk:notice_calendar"), {"month": month})

    assert page.context["month"].first == timezone.localdate().replace(day=1)


def test_a_month_costs_as_much_however_many_end_in_it(supervisor):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            supervisor.get(reverse("desk:notice_calendar"), {"month": "2026-12"})
        return len(queries)

    take()
    cost()
    few = cost()
    for _each in range(5):
        take()
    assert cost() == few
