"""A limit on conditions: the rest comes back by itself, once, when the payments were on time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from appeals.actions.conditions import REPORTED_WITHIN, look_at_conditions
from appeals.actions.tokens import create_token
from appeals.models import (
    Action,
    CaseEvent,
    ConditionState,
    CreditLine,
    EventKind,
    LineDecision,
    LineInstruction,
    Notice,
    Outcome,
    OutcomeCondition,
    PaymentReport,
    Purpose,
    Scope,
)
from appeals.review_periodic import look_at_open_conditions
from appeals.states import AppealState
from notifications.api import Notification
from tests.appeals.answers import in_days, on_condition, propose, ready
from tests.appeals.builders import create_appeal, create_decision, create_queue, create_reviewer
from tests.appeals.journeys import page

DAY = timedelta(days=1)


@pytest.fixture
def queue(db):
    return create_queue(needs_second_approval=False, sample_percent=0)


@pytest.fixture
def rosa(queue):
    return create_reviewer("Rosa Vega", queue=queue)


@pytest.fixture
def promised(queue, rosa):
    """2,700 now, 4,000 after two payments on time within 90 days."""
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    return propose(ready(appeal, rosa), rosa, on_condition())


def pay(outcome, due, *, late=0, paid=True, name=""):
    """The ledger's word about the bill that fell due in so many days."""
    due_on = in_days(due)
    return PaymentReport.objects.create(
        source_id=name or f"P-{PaymentReport.objects.count()}",
        content_sha256="0" * 64,
        line=outcome.appeal.decision.line,
        due_on=due_on,
        paid_on=due_on + timedelta(days=late) if paid else None,
        amount=Decimal("120.00"),
        received_at=timezone.now(),
    )


def told(kind):
    return Notification.objects.filter(type=kind).count()


def condition():
    return OutcomeCondition.objects.get()


def later(days):
    return timezone.now() + timedelta(days=days)


def test_first_the_part_then_the_rest(promised):
    line = CreditLine.objects.get()
    assert (line.limit, condition().state) == (Decimal("2700.00"), ConditionState.OPEN)

    pay(promised, 10)
    assert look_at_conditions() == 0
    assert condition().payments_made == 1

    pay(promised, 40)
    look_at_open_conditions()

    met = condition()
    assert (met.state, met.payments_made) == (ConditionState.MET, 2)
    new = met.line_decision
    assert (new.action, new.old_limit, new.new_limit) == (
        Action.RESTORE,
        Decimal("2700.00"),
        Decimal("4000.00"),
    )
    assert new.overrides == promised.line_decision
    assert new.decided_by == promised.decided_by
    assert CreditLine.objects.get().limit == Decimal("4000.00")
    assert Notice.objects.filter(decision=new).exists()
    instruction = LineInstruction.objects.get(purpose=Purpose.CONDITION_MET)
    assert instruction.payload["data"]["new_limit"] == "4000.00"
    assert told("condition_met") == 1
    assert CaseEvent.objects.filter(kind=EventKind.CONDITION_MET, is_visible=True).count() == 1


def test_all_or_nothing(promised, monkeypatch):
    pay(promised, 10)
    pay(promised, 40)
    with monkeypatch.context() as broken:
        broken.setattr("appeals.actions.conditions.notify", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            look_at_conditions()
    assert condition().state == ConditionState.OPEN
    assert CreditLine.objects.get().limit == Decimal("2700.00")
    assert not LineInstruction.objects.filter(purpose=Purpose.CONDITION_MET).exists()

    assert look_at_conditions() == 1


def test_less_than_everything_is_a_raise(queue, rosa):
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    outcome = propose(ready(appeal, rosa), rosa, on_condition(payments=1, then="3500.00"))
    pay(outcome, 5)

    look_at_conditions()

    assert condition().line_decision.action == Action.RAISE
    assert CreditLine.objects.get().limit == Decimal("3500.00")


def test_it_happens_once_however_often_the_clock_rings(promised):
    pay(promised, 10)
    pay(promised, 40)

    assert [look_at_conditions() for _ in range(3)] == [1, 0, 0]

    assert LineInstruction.objects.count() == 2
    assert told("condition_met") == 1


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_give_the_rest_once():
    queue = create_queue(needs_second_approval=False, sample_percent=0)
    rosa = create_reviewer("Rosa Vega", queue=queue)
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    outcome = propose(ready(appeal, rosa), rosa, on_condition())
    pay(outcome, 10)
    pay(outcome, 40)

    def ring(_):
        try:
            return look_at_conditions()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        ended = list(pool.map(ring, range(4)))

    assert sum(ended) == 1
    assert LineDecision.objects.filter(new_limit=Decimal("4000.00")).count() == 1
    assert LineInstruction.objects.filter(purpose=Purpose.CONDITION_MET).count() == 1


@pytest.mark.parametrize(
    ("reports", "made"),
    [
        ([{"due": 10, "late": 1}], 0),
        ([{"due": 10, "paid": False}], 0),
        ([{"due": -5}], 0),  # fell due before the promise
        ([{"due": 91}], 0),  # falls due after its last day
        ([{"due": 10}, {"due": 10, "name": "again"}], 1),
        # A correction is a later report about the same bill.
        ([{"due": 10}, {"due": 10, "paid": False}], 0),
        ([{"due": 10, "paid": False}, {"due": 10}], 1),
        ([{"due": 10, "late": 3}, {"due": 40}], 1),
    ],
)
def test_what_counts_as_a_payment_on_time(promised, reports, made):
    for report in reports:
        pay(promised, **report)

    look_at_conditions()

    assert condition().payments_made == made
    assert condition().state == ConditionState.OPEN


def test_another_lines_payments_do_not_count(promised):
    other = create_decision(promised.appeal.customer)
    for due in (10, 40):
        PaymentReport.objects.create(
            source_id=f"X-{due}",
            content_sha256="0" * 64,
            line=other.line,
            due_on=in_days(due),
            paid_on=in_days(due),
            amount=1,
            received_at=timezone.now(),
        )

    look_at_conditions()

    assert condition().payments_made == 0


def test_nothing_counts_before_the_outcome_is_final(queue, rosa):
    queue.needs_second_approval = True
    queue.save()
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    outcome = propose(ready(appeal, rosa), rosa, on_condition())
    pay(outcome, 10)
    pay(outcome, 40)

    assert look_at_conditions() == 0

    assert condition().since is None
    assert LineDecision.objects.count() == 1


def test_a_condition_that_was_not_met_is_told_kindly(promised, browse):
    pay(promised, 10)
    by_date = condition().by_date

    assert look_at_conditions(later(90 + REPORTED_WITHIN.days)) == 0
    assert condition().state == ConditionState.OPEN
    assert look_at_conditions(later(92 + REPORTED_WITHIN.days)) == 1

    missed = condition()
    assert (missed.state, missed.line_decision, missed.by_date) == (
        ConditionState.MISSED,
        None,
        by_date,
    )
    assert CreditLine.objects.get().limit == Decimal("2700.00")
    assert told("condition_missed") == 1
    text = browse(promised.appeal.customer).get(page(promised.appeal, "appeal")).text
    assert "we counted 1 of 2 payments on time" in text
    assert "Your limit stays at $2,700.00" in text


def test_a_newer_decision_stands_and_a_person_looks(promised, browse):
    appeal = promised.appeal
    newer = create_decision(
        appeal.customer, line=appeal.decision.line, decided_at=timezone.now(), new_limit=500
    )
    CreditLine.objects.update(limit=500)
    pay(promised, 10)
    pay(promised, 40)

    assert look_at_conditions() == 1

    assert condition().state == ConditionState.OVERTAKEN
    assert CreditLine.objects.get().limit == 500
    assert not LineInstruction.objects.filter(purpose=Purpose.CONDITION_MET).exists()
    assert told("condition_met") == 0
    event = CaseEvent.objects.get(kind=EventKind.CONDITION_MET)
    assert (event.is_visible, event.details) == (False, {"newer": newer.reference})
    promised.refresh_from_db()
    assert promised.look_again_on <= in_days(1)
    assert "A person is looking at what that means" in (
        browse(appeal.customer).get(page(appeal, "appeal")).text
    )


def test_what_was_overtaken_at_once_is_overtaken_in_the_end(queue, rosa):
    """A newer decision stood already when the appeal was decided: the line was never moved."""
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    create_decision(
        appeal.customer,
        line=appeal.decision.line,
        decided_at=timezone.now() - timedelta(hours=1),
        new_limit=500,
    )
    outcome = propose(ready(appeal, rosa), rosa, on_condition(payments=1))
    pay(outcome, 10)

    look_at_conditions()

    assert condition().state == ConditionState.OVERTAKEN


def test_the_customer_sees_the_condition_and_how_far_they_are(promised, browse):
    pay(promised, 10)
    look_at_conditions()

    text = browse(promised.appeal.customer).get(page(promised.appeal, "appeal")).text

    assert "Make 2 payments on time by" in text
    assert "Then your limit becomes $4,000.00" in text
    assert "counted 1 of 2" in text


def test_a_met_condition_without_a_decision_is_refused_by_the_database(promised):
    with pytest.raises(IntegrityError), transaction.atomic():
        OutcomeCondition.objects.update(state=ConditionState.MET)


def test_an_open_condition_costs_the_same_whatever_was_paid(promised, django_assert_num_queries):
    for due in range(1, 13):
        pay(promised, due, late=1)

    with django_assert_num_queries(1):
        look_at_conditions()
    assert Outcome.objects.count() == 1


def test_the_lenders_app_reads_how_far_the_condition_has_come(promised, client):
    _, secret = create_token(name="app", scopes=[Scope.READ_CUSTOMERS], by=None)
    pay(promised, 10)
    look_at_conditions()

    answer = client.get(
        f"/api/v1/customers/{promised.appeal.customer.reference}/appeals/",
        headers={"Authorization": f"Bearer {secret}"},
    )

    outcome = answer.json()["results"][0]["outcome"]
    assert (outcome["kind"], outcome["new_limit"], outcome["until"]) == (
        "conditional",
        "2700.00",
        None,
    )
    assert outcome["condition"] == {
        "payments_needed": 2,
        "payments_made": 1,
        "by_date": in_days(90).isoformat(),
        "then_limit": "4000.00",
        "state": "open",
    }
