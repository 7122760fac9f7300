"""Two pairs of eyes where they are asked for, and asking the customer for more."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from appeals.actions.outcomes import approve_outcome, send_back_outcome
from appeals.actions.requests_by_staff import ask_for_documents
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import (
    CaseEvent,
    Claim,
    DocumentRequest,
    EventKind,
    Finding,
    LineDecision,
    LineInstruction,
    Outcome,
)
from appeals.states import AppealState
from notifications.api import Notification
from tests.appeals.answers import FULL, KEPT, PART, for_a_time, on_condition, propose, ready
from tests.appeals.builders import (
    HIGH_USE,
    create_appeal,
    create_customer,
    create_decision,
    create_queue,
    create_reviewer,
)
from tests.appeals.editors import create_staff


@pytest.fixture
def queue(db):
    return create_queue(needs_second_approval=False)


@pytest.fixture
def rosa(queue):
    return create_reviewer("Rosa Vega", queue=queue)


@pytest.fixture
def sam(queue):
    return create_reviewer("Sam Okoro", queue=queue)


@pytest.fixture
def appeal(queue, rosa):
    return ready(create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa), rosa)


# --- Two pairs of eyes --------------------------------------------------------------------------


@pytest.fixture
def proposed(queue, rosa):
    queue.needs_second_approval = True
    queue.save()
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    propose(ready(appeal, rosa), rosa, PART)
    return appeal


def test_a_proposal_waits_and_tells_nobody(proposed):
    assert proposed.state == AppealState.APPROVAL
    assert LineDecision.objects.count() == 1
    assert not Notification.objects.filter(type="appeal_decided").exists()
    assert not Claim.objects.exists()


def test_a_second_person_makes_it_final(proposed, sam, rosa):
    outcome = approve_outcome(appeal=proposed, by=sam, version=proposed.version)

    assert (outcome.is_final, outcome.approved_by, outcome.decided_by) == (True, sam, rosa)
    new = LineDecision.objects.get(overrides=proposed.decision)
    assert new.decided_by == rosa
    assert LineInstruction.objects.count() == 1


def test_nobody_approves_their_own(proposed, rosa):
    with pytest.raises(NotAllowed):
        approve_outcome(appeal=proposed, by=rosa, version=proposed.version)
    with pytest.raises(IntegrityError), transaction.atomic():
        Outcome.objects.update(approved_by=rosa)


def test_the_maker_of_the_decision_approves_nothing(queue, rosa, sam):
    queue.needs_second_approval = True
    queue.save()
    decision = create_decision(automated=False, decided_by=sam)
    appeal = create_appeal(decision, state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    propose(ready(appeal, rosa), rosa)

    with pytest.raises(NotAllowed):
        approve_outcome(appeal=appeal, by=sam, version=appeal.version)


def test_only_a_reviewer_approves(proposed, queue):
    watcher = create_customer("Wim Watcher", is_staff=True)
    queue.members.add(watcher)

    with pytest.raises(NotAllowed):
        approve_outcome(appeal=proposed, by=watcher, version=proposed.version)


def test_of_two_approvers_one_wins(proposed, sam, queue):
    nina = create_reviewer("Nina Roth", queue=queue)
    as_nina_saw_it = type(proposed).objects.get(pk=proposed.pk)
    approve_outcome(appeal=proposed, by=sam, version=proposed.version)

    with pytest.raises((WrongState, Outcome.DoesNotExist)):
        approve_outcome(appeal=as_nina_saw_it, by=nina, version=as_nina_saw_it.version)

    assert LineInstruction.objects.count() == 1
    assert Outcome.objects.get().approved_by == sam


def test_what_is_sent_back_is_with_its_reviewer_again(proposed, sam, rosa):
    send_back_outcome(appeal=proposed, by=sam, version=proposed.version, note="Look at page 2.")

    assert proposed.state == AppealState.IN_REVIEW
    claim = Claim.objects.get()
    assert claim.reviewer == rosa
    assert claim.until > timezone.now() + timedelta(hours=20)
    assert proposed.review_draft["new_limit"] == "2700.00"
    assert Finding.objects.count() == 2
    again = propose(proposed, rosa, FULL)
    approve_outcome(appeal=proposed, by=sam, version=proposed.version)
    again.refresh_from_db()
    assert again.is_final
    assert Outcome.objects.count() == 2


def test_sending_back_needs_a_word(proposed, sam):
    with pytest.raises(BadInput):
        send_back_outcome(appeal=proposed, by=sam, version=proposed.version, note="  ")
    assert proposed.state == AppealState.APPROVAL


def test_a_reason_may_ask_for_two_people(queue, rosa):
    region = ("POL-REGION", {"date": "2026-10-01", "region": "US-NY"})
    decision = create_decision(reasons=(region, HIGH_USE))

    undisputed = create_appeal(
        decision,
        state=AppealState.IN_REVIEW,
        queue=queue,
        reviewer=rosa,
        disputed=["BUR-UTIL-HIGH"],
    )
    assert propose(ready(undisputed, rosa), rosa, KEPT).is_final

    other = create_decision(reasons=(region,))
    disputed = create_appeal(other, state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    assert not propose(ready(disputed, rosa), rosa, KEPT).is_final


@pytest.mark.parametrize(
    ("answer", "needs"),
    [
        (KEPT, False),
        (PART, False),  # 1,300 is given back
        (FULL, True),  # 2,600
        (on_condition(), True),  # 1,300 now, 2,600 in the end
        (for_a_time(), True),  # 1,600
    ],
    ids=["kept", "part", "full", "conditional", "temporary"],
)
def test_the_amount_given_back_may_ask_for_two_people(appeal, rosa, queue, answer, needs):
    queue.approval_above = Decimal("1500.00")
    queue.save()
    appeal.queue.refresh_from_db()

    assert propose(appeal, rosa, answer).needs_approval is needs


def test_reviewing_is_not_yet_the_right_to_approve(proposed, queue):
    junior = create_staff("Jo Junior", "Reviewers")
    queue.members.add(junior)

    with pytest.raises(NotAllowed):
        approve_outcome(appeal=proposed, by=junior, version=proposed.version)
    with pytest.raises(NotAllowed):
        send_back_outcome(appeal=proposed, by=junior, version=proposed.version, note="No.")


@pytest.mark.parametrize("answer", [for_a_time(days=2), on_condition(days=60)])
def test_days_that_passed_while_it_waited_are_not_approved(queue, rosa, sam, answer):
    queue.needs_second_approval = True
    queue.save()
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    propose(ready(appeal, rosa), rosa, answer)

    with (
        time_machine.travel(timezone.now() + timedelta(days=12), tick=False),
        pytest.raises(WrongState, match="no longer fit"),
    ):
        approve_outcome(appeal=appeal, by=sam, version=appeal.version)
    assert LineDecision.objects.count() == 1


# --- Asking the customer --------------------------------------------------------------------------


def test_asking_pauses_the_promise_and_tells_the_customer(appeal, rosa):
    ask_for_documents(appeal=appeal, by=rosa, kinds=["payslip"], message="Two payslips, please.")

    appeal.refresh_from_db()
    assert appeal.state == AppealState.WAITING
    assert appeal.paused_at
    assert not Claim.objects.exists()
    asked = DocumentRequest.objects.get()
    assert (asked.kinds, asked.asked_by) == (["payslip"], rosa)
    told = Notification.objects.get(type="documents_asked")
    assert (told.recipient, told.context) == (appeal.customer, {"reference": appeal.reference})
    event = CaseEvent.objects.get(kind=EventKind.DOCUMENTS_ASKED)
    assert "payslips, please" not in str(event.details)


@pytest.mark.parametrize(("kinds", "message"), [(["gold"], "Please."), (["payslip"], " ")])
def test_a_request_that_says_nothing_is_refused(appeal, rosa, kinds, message):
    with pytest.raises(BadInput):
        ask_for_documents(appeal=appeal, by=rosa, kinds=kinds, message=message)
    appeal.refresh_from_db()
    assert appeal.state == AppealState.IN_REVIEW
