"""An appeal that is also a complaint, or a request about data: found by words, judged by people."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from appeals.actions.appeals import submit_appeal, withdraw_appeal
from appeals.actions.complaints import confirm_clock, dismiss_clock, mark_clock, suggest_clocks
from appeals.actions.document_requests import answer_document_request
from appeals.clock_rules import CLOCKS
from appeals.deadlines import last_day
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import CaseClock, ClockEnd, ClockKind, EventKind, Wish
from appeals.states import AppealState
from tests.appeals.builders import (
    create_all_queues,
    create_appeal,
    create_customer,
    create_decision,
    create_document_request,
    create_line,
    create_queue,
    create_reviewer,
)
from tests.appeals.desks import at, desk, queue, rosa, sam, sofia

__all__ = ["desk", "queue", "rosa", "sam", "sofia"]

MONDAY = datetime(2026, 11, 16, 17, tzinfo=UTC)
GB = {"jurisdiction": "GB", "time_zone": "Europe/London"}
CN = {"jurisdiction": "CN", "time_zone": "Asia/Shanghai", "locale": "zh-hans"}


@pytest.fixture
def emma(db):
    return create_customer("Emma Clarke", **GB)


@pytest.fixture
def case(emma, queue, rosa):
    """A British case that Rosa holds."""
    return create_appeal(
        create_decision(emma), state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa
    )


def send(customer, statement):
    create_all_queues()
    line = create_line(customer, currency="CNY" if customer.jurisdiction == "CN" else "USD")
    decision = create_decision(
        customer,
        line=line,
        reasons=[("ACC-INACTIVE", {"date": "2026-02-01", "months": 6})],
        decided_at=MONDAY - timedelta(days=2),
    )
    with time_machine.travel(MONDAY, tick=False):
        draft = create_appeal(decision, wish=Wish.FULL, statement=statement)
        return submit_appeal(appeal=draft, by=customer)


def legal(appeal):
    rows = CaseClock.objects.filter(appeal=appeal)
    return {clock.rule: clock for clock in rows.exclude(kind=ClockKind.RECONSIDERATION)}


# --- Words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("I want to make a COMPLAINT about this.", {"complaint"}),
        ("I am complaining.", {"complaint"}),
        ("This is so unfair!", {"complaint"}),
        ("I will go to the Financial\nConduct  Authority.", {"complaint"}),
        ("我要投诉你们。", {"complaint"}),
        ("再不处理我就打12378", {"complaint"}),
        ("太不公平了，我很不满", {"complaint"}),
        ("Send me a copy of my data under GDPR.", {"data_right"}),
        ("根据个人信息保护法，我要求复制我的资料", {"data_right"}),
        ("Unfair. And I make a subject access request.", {"complaint", "data_right"}),
        # Words that only look alike, and numbers inside longer ones.
        ("This was a fair price.", set()),
        ("My plain statement of income.", set()),
        ("My account is 9912378001.", set()),
        ("I paid it in July.", set()),
        ("我七月已经还清。", set()),
        ("", set()),
    ],
)
def test_words_are_found_in_either_language(text, kinds):
    assert {kind.value for kind in CLOCKS.found_in([text])} == kinds


def test_what_was_found_is_kept_once_in_the_customers_spelling():
    found = CLOCKS.found_in(["Unfair, unfair and a complaint.", "UNFAIR"])

    assert found == {ClockKind.COMPLAINT: ["unfair", "complaint"]}


# --- Suggested -----------------------------------------------------------------------------------


def test_words_begin_the_clock_from_when_they_came_in(emma):
    appeal = send(emma, "This is unfair and I want to complain.")

    begun = legal(appeal)
    assert set(begun) == {"GB.complaint.summary", "GB.complaint.final"}
    final = begun["GB.complaint.final"]
    assert (final.started_at, final.is_suggested) == (MONDAY, True)
    assert final.because == "unfair, complain"
    assert last_day(final.due_at, emma.zone) == date(2027, 1, 11)
    assert last_day(begun["GB.complaint.summary"].due_at, emma.zone) == date(2026, 11, 19)
    events = appeal.events.filter(kind=EventKind.CLOCK_STARTED)
    assert {event.details["suggested"] for event in events} == {1}
    assert not events.filter(is_visible=True).exists()
    # The event says which rule, never what the customer wrote.
    assert "unfair" not in str([event.details for event in events])


def test_a_chinese_complaint_has_fifteen_days(db):
    wang = create_customer("王芳", **CN)

    [clock] = legal(send(wang, "我要投诉")).values()

    assert clock.rule == "CN.complaint.simple"
    assert last_day(clock.due_at, wang.zone) == date(2026, 12, 2)


def test_where_the_law_has_no_such_clock_words_begin_none(alice):
    assert not legal(send(alice, "I want to complain."))


def test_an_answer_is_read_as_well_and_counts_from_its_own_day(emma):
    with time_machine.travel(MONDAY, tick=False):
        appeal = create_appeal(create_decision(emma), state=AppealState.WAITING)
        request = create_document_request(appeal)
    later = MONDAY + timedelta(days=3)

    with time_machine.travel(later, tick=False):
        answer_document_request(request=request, answer="I complain.", by=emma)

    assert {clock.started_at for clock in legal(appeal).values()} == {later}


def test_the_reviewer_is_asked_what_it_is(desk, case):
    suggest_clocks(case, ["I complain."], case.submitted_at)

    text = desk.get(at(case)).content.decode()

    assert "The customer's words may mean: <strong>Complaint</strong>" in text
    assert "Found: complain." in text
    assert 'value="confirm"' in text
    assert 'value="dismiss"' in text


def test_confirmed_it_runs_on_from_receipt(desk, case, rosa):
    suggest_clocks(case, ["I complain."], case.submitted_at)
    due = {rule: clock.due_at for rule, clock in legal(case).items()}

    answer = desk.post(at(case, "clock/"), {"kind": "complaint", "do": "confirm"})

    assert answer.url == f"{at(case)}#desk-clocks"
    assert {rule: clock.due_at for rule, clock in legal(case).items()} == due
    assert not any(clock.is_suggested for clock in legal(case).values())
    event = case.events.filter(kind=EventKind.CLOCK_STARTED).last()
    assert (event.by, event.details) == (rosa, {"clock": "complaint", "confirmed": 1})


def test_dismissed_it_ends_and_the_same_words_do_not_begin_it_again(desk, case, rosa):
    suggest_clocks(case, ["I complain."], case.submitted_at)

    desk.post(at(case, "clock/"), {"kind": "complaint", "do": "dismiss"})
    suggest_clocks(case, ["I complain, again."], timezone.now())

    assert {clock.ended_as for clock in legal(case).values()} == {ClockEnd.STOPPED}
    event = case.events.get(kind=EventKind.CLOCK_STOPPED)
    assert (event.by, event.is_visible) == (rosa, False)
    assert event.details == {"clock": "complaint", "dismissed": 1}
    assert "Only words: put aside on" in desk.get(at(case)).content.decode()


def test_nobody_can_put_our_own_promise_aside(case, rosa):
    with pytest.raises(BadInput):
        dismiss_clock(appeal=case, by=rosa, kind=ClockKind.RECONSIDERATION)


@pytest.mark.parametrize("act", [confirm_clock, dismiss_clock])
def test_the_second_to_say_so_is_told(case, rosa, sam, act):
    suggest_clocks(case, ["I complain."], case.submitted_at)
    act(appeal=case, by=rosa, kind="complaint")

    with pytest.raises(WrongState):
        act(appeal=case, by=sam, kind="complaint")


# --- Marked by hand ------------------------------------------------------------------------------


def test_a_reviewer_marks_a_complaint_that_no_word_gave_away(desk, case, rosa):
    form = {"kind": "complaint", "do": "mark", "because": "On the phone."}

    desk.post(at(case, "clock/"), form)

    final = legal(case)["GB.complaint.final"]
    assert (final.started_at, final.is_suggested) == (case.submitted_at, False)
    assert final.because == "On the phone."
    event = case.events.filter(kind=EventKind.CLOCK_STARTED).last()
    assert (event.by, event.details["suggested"]) == (rosa, 0)
    assert "On the phone." not in str(event.details)


def test_one_that_came_in_later_counts_from_then(case, rosa, emma):
    today = timezone.now().astimezone(emma.zone).date()

    mark_clock(appeal=case, by=rosa, kind="data_right", received_on=today)

    clock = legal(case)["GB.data_right.month"]
    assert clock.started_at.astimezone(emma.zone).date() == today
    assert clock.started_at <= timezone.now()


@pytest.mark.parametrize("days", [-3, 1])
def test_it_came_in_between_the_appeal_and_today(case, rosa, emma, days):
    day = timezone.now().astimezone(emma.zone).date() + timedelta(days=days)

    with pytest.raises(BadInput) as refused:
        mark_clock(appeal=case, by=rosa, kind="complaint", received_on=day)

    assert refused.value.field == "received_on"
    assert not legal(case)


def test_a_day_that_is_none_is_refused_in_words(desk, case):
    form = {"kind": "complaint", "do": "mark", "received_on": "tomorrow"}

    answer = desk.post(at(case, "clock/"), form, follow=True)

    assert "Write the day as 2026-10-02." in answer.content.decode()
    assert not legal(case)


def test_marking_what_was_suggested_confirms_it(case, rosa):
    suggest_clocks(case, ["I complain."], case.submitted_at)

    assert mark_clock(appeal=case, by=rosa, kind="complaint") == []

    assert not any(clock.is_suggested for clock in legal(case).values())
    assert legal(case)["GB.complaint.final"].because == "complain"


def test_what_was_put_aside_can_be_marked_after_all(case, rosa, sam):
    suggest_clocks(case, ["I complain."], case.submitted_at)
    dismiss_clock(appeal=case, by=rosa, kind="complaint")

    mark_clock(appeal=case, by=sam, kind="complaint")

    assert {clock.ended_as for clock in legal(case).values()} == {""}
    assert not any(clock.is_suggested for clock in legal(case).values())


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("reconsideration", "Choose what it is."),
        ("gossip", "Choose what it is."),
        ("data_dispute", "sets no deadline of this kind"),
    ],
)
def test_only_what_the_customers_law_knows_can_be_marked(desk, case, kind, words):
    answer = desk.post(at(case, "clock/"), {"kind": kind, "do": "mark"}, follow=True)

    assert words in answer.content.decode()
    assert not legal(case)


def test_only_what_is_left_to_mark_is_offered(desk, case):
    assert 'value="data_right"' in desk.get(at(case)).content.decode()

    desk.post(at(case, "clock/"), {"kind": "data_right", "do": "mark"})

    text = desk.get(at(case)).content.decode()
    assert 'type="radio" name="kind" value="data_right"' not in text
    assert 'type="radio" name="kind" value="complaint"' in text


# --- Who may -------------------------------------------------------------------------------------


def test_a_closed_case_has_nothing_to_judge(case, rosa, emma):
    suggest_clocks(case, ["I complain."], case.submitted_at)
    withdraw_appeal(appeal=case, by=emma)

    with pytest.raises(WrongState):
        confirm_clock(appeal=case, by=rosa, kind="complaint")
    with pytest.raises(WrongState):
        mark_clock(appeal=case, by=rosa, kind="data_right")


def test_who_works_on_no_appeals_judges_none(case, charlie):
    with pytest.raises(NotAllowed):
        mark_clock(appeal=case, by=charlie, kind="complaint")


def test_people_of_other_queues_find_no_such_case(browse, case):
    stranger = create_reviewer("Nils Berg", queue=create_queue("income_verification"))

    answer = browse(stranger).post(at(case, "clock/"), {"kind": "complaint", "do": "mark"})

    assert answer.status_code == 404
    assert not legal(case)


def test_reading_is_no_way_to_mark(desk, case):
    assert desk.get(at(case, "clock/")).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_two_who_mark_at_once_begin_one_clock():
    queue = create_queue()
    people = [create_reviewer(name, queue=queue) for name in ("Rosa Vega", "Sam Okoro", "Li Na")]
    emma = create_customer("Emma Clarke", **GB)
    appeal = create_appeal(create_decision(emma), state=AppealState.SUBMITTED, queue=queue)

    def work(person):
        try:
            mark_clock(appeal=appeal, by=person, kind="complaint")
        except WrongState:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(3) as pool:
        marked = sum(pool.map(work, people))

    assert marked == 1
    assert len(legal(appeal)) == 2
    assert appeal.events.filter(kind=EventKind.CLOCK_STARTED).count() == 2
