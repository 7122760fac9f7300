"""Requests at the desk: who sees them, taking, answering, passing to the appeal."""

import pytest
from django.urls import reverse

from appeals.actions.requests_at_desk import answer_request, take_request
from appeals.errors import WrongState
from appeals.models import ClockEnd, CustomerRequest, RequestClock, RuleOwner
from appeals.states import AppealState, RequestState
from notifications.models import Notification
from tests.appeals.builders import (
    RESTRICTED,
    create_all_queues,
    create_appeal,
    create_customer,
    create_decision,
    create_reviewer,
    set_profile,
)
from tests.appeals.journeys import words
from tests.appeals.rights import ask_help, complain, correct

LIST = "/admin/requests/"


@pytest.fixture
def queues(db):
    return create_all_queues()


@pytest.fixture
def rosa(queues):
    """She works where complaints about these reasons and wrong facts of them come."""
    person = create_reviewer("Rosa Vega")
    for queue in queues.values():
        queue.members.add(person)
    return person


@pytest.fixture
def desk(browse, rosa):
    return browse(rosa)


def at(made, action=""):
    return f"/admin/requests/{made.reference}/{action}"


def test_a_request_is_taken_answered_and_the_customer_told(browser, desk, rosa, decision):
    made = correct(browser, decision)
    assert made.reference in desk.get(LIST).text
    page = words(desk.get(at(made)))
    assert "It is 40%, see my statement." in page
    assert "Your use: 93%" in page
    assert "30 days" in page or "FCRA" in page

    desk.post(at(made, "take/"))
    filled = desk.get(at(made), {"text": "request-fact-corrected"}).text
    assert f"This is about your request {made.reference}" in filled
    answer = desk.post(at(made, "answer/"), {"result": "agreed", "answer": "You are right."})
    assert answer.url == at(made)

    made.refresh_from_db()
    assert (made.state, made.result, made.answered_by) == (RequestState.ANSWERED, "agreed", rosa)
    assert not RequestClock.objects.filter(request=made).exclude(ended_as=ClockEnd.MET).exists()
    told = Notification.objects.get(type="request_answered")
    assert told.context == {"reference": made.reference}
    read = words(browser.get(reverse("appeals:request", args=[made.reference])))
    assert "You are right" in read
    assert rosa.name not in read
    assert made.reference not in desk.get(LIST).text
    assert made.reference in desk.get(LIST, {"show": "answered"}).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"answer": "You are right."}, "Choose whether the customer is right."),
        ({"result": "told", "answer": "Read."}, "Choose whether the customer is right."),
        ({"result": "agreed", "answer": " "}, "Write the answer."),
        ({"result": "agreed", "answer": "Dear {name}"}, "{name}"),
    ],
)
def test_half_an_answer_is_refused_and_stays_on_the_page(browser, desk, decision, typed, said):
    made = complain(browser, decision)
    desk.post(at(made, "take/"))

    answer = desk.post(at(made, "answer/"), typed)

    assert answer.status_code == 422
    assert said in answer.text
    assert typed["answer"] in answer.text
    assert not Notification.objects.filter(type="request_answered").exists()


def test_the_desk_shows_the_day_the_customer_was_told(browse, desk, queues):
    """Midnight in California is the next morning where the desk is."""
    person = create_customer(region="US-CA", time_zone="America/Los_Angeles")
    made = complain(browse(person), create_decision(person))
    told = words(browse(person).get(reverse("appeals:received", args=[made.reference])))
    day = told.partition("You get an answer by ")[2].partition(".")[0]
    assert day
    assert day in words(desk.get(LIST))
    assert day in words(desk.get(at(made)))


def test_of_two_who_take_it_one_has_it(browser, rosa, decision, queues):
    made = complain(browser, decision)
    sam = create_reviewer("Sam Okoro", queue=made.queue)
    twin = CustomerRequest.objects.get(pk=made.pk)
    take_request(request=made, by=rosa)
    with pytest.raises(WrongState):
        take_request(request=twin, by=sam)
    made.refresh_from_db()
    assert made.taken_by == rosa


def test_only_who_has_it_answers_and_a_supervisor_can_put_it_back(
    browse, browser, desk, decision, queues
):
    made = complain(browser, decision)
    sam = browse(create_reviewer("Sam Okoro", queue=made.queue))
    sofia = browse(create_reviewer("Sofia Lind", is_supervisor=True))
    desk.post(at(made, "take/"))

    said = {"result": "agreed", "answer": "Yes."}
    assert "Take this request first" in sam.post(at(made, "answer/"), said).text
    sam.post(at(made, "put-back/"))
    made.refresh_from_db()
    assert made.state == RequestState.IN_HAND
    sofia.post(at(made, "put-back/"))
    made.refresh_from_db()
    assert (made.state, made.taken_by) == (RequestState.RECEIVED, None)


def test_nobody_answers_what_is_about_their_own_rule_or_request(
    browse, browser, desk, rosa, decision, queues
):
    made = complain(browser, decision)
    RuleOwner.objects.create(rule_id=decision.rule_id, owner=rosa)

    page = desk.post(at(made, "take/"), follow=True)

    assert "A colleague reviews it." in page.text
    made.refresh_from_db()
    assert made.taken_by is None


def test_an_answer_is_given_once(browser, rosa, decision, queues):
    made = complain(browser, decision)
    take_request(request=made, by=rosa)
    twin = CustomerRequest.objects.get(pk=made.pk)
    answer_request(request=made, by=rosa, result="agreed", answer="Yes.")
    with pytest.raises(WrongState):
        answer_request(request=twin, by=rosa, result="declined", answer="No.")
    made.refresh_from_db()
    assert made.answer == "Yes."


def test_a_restricted_request_is_there_for_cleared_people_only(browse, browser, alice, desk, rosa):
    decision = create_decision(alice, reasons=[RESTRICTED])
    made = complain(browser, decision)
    assert made.is_restricted

    assert made.reference not in desk.get(LIST).text
    assert desk.get(at(made)).status_code == 404
    assert desk.post(at(made, "take/")).status_code == 404
    set_profile(rosa, is_cleared=True)
    assert made.reference in desk.get(LIST).text
    assert desk.get(at(made)).status_code == 200


def test_who_helps_with_payments_does_not_read_what_the_decision_rests_on(browser, alice, desk):
    decision = create_decision(alice, reasons=[RESTRICTED])
    made = ask_help(browser, decision, text="I lost my job.")
    page = desk.get(at(made)).text
    assert "I lost my job." in page
    assert "legal duty" not in page


def test_it_is_passed_to_the_open_appeal(browser, desk, decision, queues):
    made = complain(browser, decision)
    appeal = create_appeal(decision, state=AppealState.SUBMITTED, queue=queues["credit_review"])
    assert appeal.reference in desk.get(at(made)).text

    desk.post(at(made, "to-appeal/"))

    made.refresh_from_db()
    assert (made.state, made.appeal) == (RequestState.WITH_APPEAL, appeal)
    case = desk.get(f"/admin/cases/{appeal.reference}/").text
    assert "You never asked me first." in case


def test_an_own_request_and_those_of_other_queues_are_not_there(browse, browser, decision, queues):
    made = complain(browser, decision)
    stranger = browse(create_reviewer("Tom", queue=queues["policy_compliance"]))
    assert made.reference not in stranger.get(LIST).text
    assert stranger.get(at(made)).status_code == 404


def test_the_list_asks_a_fixed_number_of_questions(
    browser, desk, alice, decision, django_assert_num_queries
):
    complain(browser, decision)
    desk.get(LIST)
    with django_assert_num_queries(10):
        desk.get(LIST)
    correct(browser, decision)
    complain(browser, decision, "More.")
    with django_assert_num_queries(10):
        desk.get(LIST)
