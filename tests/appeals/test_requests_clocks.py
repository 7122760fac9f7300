"""The clocks of requests, and what becomes of a request beside an appeal."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appeals.actions.appeals import withdraw_appeal
from appeals.models import (
    CaseClock,
    CaseEvent,
    ClockEnd,
    ClockKind,
    CustomerRequest,
    RequestClock,
)
from appeals.periodic import watch_deadlines
from appeals.request_rules import OWN_PROMISE
from appeals.states import AppealState, RequestState
from notifications.models import Notification
from tests.appeals.answers import KEPT, propose, ready
from tests.appeals.builders import (
    create_all_queues,
    create_appeal,
    create_customer,
    create_decision,
    create_reviewer,
)
from tests.appeals.journeys import answer_all, begin, page, send, words
from tests.appeals.rights import ask_help, complain, correct


@pytest.fixture
def queues(db):
    return create_all_queues()


@pytest.fixture
def sofia(queues):
    person = create_reviewer("Sofia Lind", is_supervisor=True)
    for queue in queues.values():
        queue.members.add(person)
    return person


@pytest.fixture
def brenda(db):
    return create_customer("Brenda", jurisdiction="GB", region="GB-LND", time_zone="Europe/London")


def rules(made):
    return set(made.clocks.values_list("rule", flat=True))


def test_each_kind_has_our_promise_and_the_clocks_of_its_law(browse, brenda, queues):
    browser, decision = browse(brenda), create_decision(brenda)

    complaint, fact = complain(browser, decision), correct(browser, decision)
    help_ = ask_help(browser, decision)

    assert rules(complaint) == {OWN_PROMISE, "GB.complaint.summary", "GB.complaint.final"}
    assert rules(fact) == {OWN_PROMISE, "GB.data_right.month"}
    assert rules(help_) == {OWN_PROMISE}
    own = complaint.clocks.get(rule=OWN_PROMISE)
    assert complaint.promised_at == own.due_at
    assert help_.promised_at < complaint.promised_at


def passed(made, **clocks):
    """As if so much time had gone by."""
    then = timezone.now() - timedelta(hours=1)
    made.clocks.filter(**clocks).update(warn_at=then, due_at=then)


def test_staff_are_warned_then_supervisors_told_and_the_customer_hears_sorry(
    browser, decision, sofia
):
    made = complain(browser, decision)
    made.clocks.update(warn_at=timezone.now() - timedelta(hours=1))
    watch_deadlines()
    watch_deadlines()
    near = Notification.objects.get(type="request_near")
    assert (near.recipient, near.path) == (sofia, f"/admin/requests/{made.reference}/")

    passed(made)
    watch_deadlines()
    watch_deadlines()
    assert Notification.objects.get(type="request_passed").recipient == sofia
    assert Notification.objects.get(type="request_late").recipient == made.customer
    CustomerRequest.objects.update(promised_at=timezone.now() - timedelta(hours=1))
    listed = words(browser.get(reverse("appeals:requests")))
    assert "We are late" in listed


def test_a_chance_that_passed_makes_nobody_late(browse, brenda, sofia):
    made = complain(browse(brenda), create_decision(brenda))
    passed(made, rule="GB.complaint.summary")

    watch_deadlines()

    assert made.clocks.get(rule="GB.complaint.summary").ended_as == ClockEnd.STOPPED
    assert not Notification.objects.filter(type="request_passed").exists()


def test_whoever_has_it_is_warned_themselves(browser, decision, sofia, queues, browse):
    made = complain(browser, decision)
    rosa = create_reviewer("Rosa Vega", queue=made.queue)
    browse(rosa).post(f"/admin/requests/{made.reference}/take/")
    made.clocks.update(warn_at=timezone.now() - timedelta(hours=1))

    watch_deadlines()

    assert {one.recipient for one in Notification.objects.filter(type="request_near")} == {rosa}


def test_what_is_asked_about_a_live_appeal_joins_the_case(browse, brenda, queues):
    browser, decision = browse(brenda), create_decision(brenda)
    appeal = create_appeal(decision, state=AppealState.SUBMITTED, queue=queues["credit_review"])

    made = complain(browser, decision)

    assert (made.state, made.appeal) == (RequestState.WITH_APPEAL, appeal)
    legal = CaseClock.objects.filter(appeal=appeal, kind=ClockKind.COMPLAINT)
    assert {clock.rule for clock in legal} == {"GB.complaint.summary", "GB.complaint.final"}
    assert all(clock.because == made.reference for clock in legal)
    assert CaseEvent.objects.get(appeal=appeal, kind="request_joined").is_visible
    receipt = browser.get(reverse("appeals:received", args=[made.reference])).text
    assert "part of your appeal" in receipt
    followed = words(browser.get(page(appeal, "appeal")))
    assert "What you asked us became part of your appeal" in followed


def test_help_with_payments_never_waits_for_an_appeal(browser, decision, queues):
    create_appeal(decision, state=AppealState.SUBMITTED, queue=queues["credit_review"])
    assert ask_help(browser, decision).state == RequestState.RECEIVED


def test_what_was_asked_before_joins_when_the_appeal_is_sent(browser, decision, queues):
    made, alone = correct(browser, decision), ask_help(browser, decision)
    appeal = begin(browser, decision)
    answer_all(browser, appeal)
    send(browser, appeal)

    made.refresh_from_db()
    alone.refresh_from_db()
    assert (made.state, made.appeal) == (RequestState.WITH_APPEAL, appeal)
    assert made.queue == appeal.queue
    assert alone.state == RequestState.RECEIVED
    dispute = CaseClock.objects.get(appeal=appeal, rule="US.data_dispute.furnisher")
    assert dispute.ended_at is None


def test_the_answer_to_the_appeal_answers_it(browser, decision, queues):
    queue = queues["credit_review"]
    queue.needs_second_approval = False
    queue.save()
    rosa = create_reviewer("Rosa Vega", queue=queue)
    appeal = create_appeal(decision, state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    made = complain(browser, decision)

    propose(ready(appeal, rosa), rosa, KEPT)

    made.refresh_from_db()
    assert made.state == RequestState.ANSWERED
    assert not RequestClock.objects.filter(request=made, ended_at__isnull=True).exists()
    read = browser.get(reverse("appeals:request", args=[made.reference])).text
    assert page(appeal, "appeal") in read


def test_a_complaint_outlives_the_appeal_that_is_taken_back(browse, brenda, sofia, queues):
    browser, decision = browse(brenda), create_decision(brenda)
    appeal = create_appeal(decision, state=AppealState.SUBMITTED, queue=queues["credit_review"])
    made = complain(browser, decision)
    passed(made, rule="GB.complaint.final")
    watch_deadlines()
    assert not Notification.objects.filter(type="request_passed").exists()

    withdraw_appeal(appeal=appeal, by=brenda)

    made.refresh_from_db()
    assert (made.state, made.appeal) == (RequestState.RECEIVED, None)
    watch_deadlines()
    told = Notification.objects.get(type="request_passed")
    assert told.context["reference"] == made.reference
