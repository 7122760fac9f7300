"""From an outcome to a restored line: the rules, and all that follows."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from appeals.actions.findings import SavedElsewhere
from appeals.actions.outcomes import Answer, propose_outcome
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import (
    Action,
    Claim,
    CreditLine,
    Finding,
    LineDecision,
    LineInstruction,
    LineStatus,
    Notice,
    Outcome,
    OutcomeCondition,
)
from appeals.states import AppealState, OutcomeKind
from notifications.api import Notification
from tests.appeals.answers import (
    FULL,
    KEPT,
    PART,
    for_a_time,
    in_days,
    on_condition,
    propose,
    ready,
)
from tests.appeals.builders import (
    create_appeal,
    create_claim,
    create_customer,
    create_decision,
    create_line,
    create_queue,
    create_reviewer,
)


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


# --- What follows from an outcome -------------------------------------------------------------


def test_a_restored_line_gets_all_that_is_owed(appeal, rosa):
    old = appeal.decision

    outcome = propose(appeal, rosa, PART)

    appeal.refresh_from_db()
    assert (appeal.state, outcome.is_final) == (AppealState.DECIDED, True)
    new = LineDecision.objects.get(overrides=old)
    assert (new.action, new.old_limit, new.new_limit) == (
        Action.RESTORE,
        Decimal("1400.00"),
        Decimal("2700.00"),
    )
    assert (new.automated, new.decided_by, new.source_id) == (False, rosa, new.reference)
    assert outcome.line_decision == new
    line = CreditLine.objects.get(pk=old.line_id)
    assert (line.limit, line.status, line.as_of) == (
        Decimal("2700.00"),
        LineStatus.OPEN,
        new.decided_at,
    )
    assert set(Notice.objects.get(decision=new).content) == {"en", "zh-hans"}
    assert not Claim.objects.exists()
    told = Notification.objects.get(type="appeal_decided")
    assert told.recipient == appeal.customer
    assert told.context == {"reference": appeal.reference}
    assert told.path == f"/appeals/{appeal.reference}/"


def test_the_ledger_is_told_what_to_do_once(appeal, rosa):
    propose(appeal, rosa, PART)

    instruction = LineInstruction.objects.get()
    new = LineDecision.objects.get(overrides=appeal.decision)
    assert instruction.payload["data"] == {
        "idempotency_key": str(instruction.idempotency_key),
        "instruction": "set_limit",
        "purpose": "outcome",
        "line": appeal.decision.line.reference,
        "currency": "USD",
        "old_limit": "1400.00",
        "new_limit": "2700.00",
        "status": "open",
        "decision": new.source_id,
        "overrides": appeal.decision.source_id,
        "newer_decision": None,
        "appeal": appeal.reference,
        "outcome": "partly_restored",
        "decided_at": new.decided_at.isoformat(),
    }


def test_a_suspended_line_is_open_again(queue, rosa):
    line = create_line(create_customer(), limit=Decimal(0), status=LineStatus.SUSPENDED)
    decision = create_decision(
        line.customer, line=line, action=Action.SUSPEND, new_limit=Decimal("0.00")
    )
    appeal = create_appeal(decision, state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)

    propose(ready(appeal, rosa), rosa, FULL)

    line.refresh_from_db()
    assert (line.status, line.limit) == (LineStatus.OPEN, Decimal("4000.00"))


def test_what_is_kept_changes_nothing(appeal, rosa):
    propose(appeal, rosa, KEPT)

    assert LineDecision.objects.count() == 1
    assert not LineInstruction.objects.exists()
    assert Outcome.objects.get().new_limit is None
    assert Notification.objects.filter(type="appeal_decided").count() == 1


def test_of_other_outcomes_fields_nothing_is_kept(appeal, rosa):
    mixed = replace(KEPT, bureau="Experian", until=in_days(5), payments_needed=2, condition="If.")

    outcome = propose(appeal, rosa, mixed)

    outcome.refresh_from_db()
    assert (outcome.bureau, outcome.until, outcome.condition) == ("", None, "")
    assert not OutcomeCondition.objects.exists()
    assert outcome.look_again_on == KEPT.look_again_on


def test_an_outcome_keeps_the_findings_it_was_proposed_with(appeal, rosa):
    outcome = propose(appeal, rosa, KEPT)
    Finding.objects.update(sentence="Something else.")

    outcome.refresh_from_db()
    grounds = [ground.pk for ground in appeal.grounds.all()]
    assert outcome.findings == [
        {"ground": ground, "ruling": "accepted", "sentence": "Yes."} for ground in grounds
    ]


def test_a_dispute_goes_to_the_bureau_through_the_lender(appeal, rosa):
    answer = Answer(kind=OutcomeKind.TO_BUREAU, sentence="Passed on.", bureau="Experian")

    outcome = propose(appeal, rosa, answer)

    told = LineInstruction.objects.get().payload
    assert told["type"] == "dispute.pass_to_bureau"
    assert told["data"]["bureau"] == "Experian"
    assert [one["reason"] for one in told["data"]["disputed"]] == [
        "BUR-DELINQ-ELSEWHERE",
        "BUR-UTIL-HIGH",
    ]
    today = timezone.now().astimezone(appeal.customer.zone).date()
    assert outcome.look_again_on == today + timedelta(days=30)
    assert LineDecision.objects.count() == 1


def test_a_newer_decision_stands(appeal, rosa):
    line = appeal.decision.line
    newer = create_decision(
        line.customer,
        line=line,
        action=Action.CLOSE,
        new_limit=Decimal(0),
        decided_at=timezone.now(),
    )
    CreditLine.objects.update(limit=0, status=LineStatus.CLOSED, as_of=newer.decided_at)

    propose(appeal, rosa, FULL)

    line.refresh_from_db()
    assert (line.limit, line.status) == (Decimal(0), LineStatus.CLOSED)
    told = LineInstruction.objects.get().payload["data"]
    assert told["newer_decision"] == newer.source_id


def test_a_decision_that_was_corrected_is_not_restored_twice(appeal, rosa):
    create_decision(
        appeal.customer,
        line=appeal.decision.line,
        action=Action.RESTORE,
        new_limit=Decimal(4000),
        overrides=appeal.decision,
    )

    with pytest.raises(WrongState):
        propose(appeal, rosa, FULL)
    assert propose(appeal, rosa, KEPT).is_final


def test_all_or_nothing(appeal, rosa, monkeypatch):
    monkeypatch.setattr("appeals.actions.outcomes.notify", lambda **_: 1 / 0)

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        propose(appeal, rosa, FULL)

    appeal.refresh_from_db()
    assert appeal.state == AppealState.IN_REVIEW
    assert LineDecision.objects.count() == 1
    assert not Outcome.objects.exists()
    assert not LineInstruction.objects.exists()


# --- Rules ------------------------------------------------------------------------------------


def test_every_ground_needs_a_finding(queue, rosa):
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)

    with pytest.raises(BadInput) as refused:
        propose(appeal, rosa)
    assert refused.value.field == "findings"
    assert not Outcome.objects.exists()


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (Answer(kind=OutcomeKind.RESTORED, sentence="  "), "sentence"),
        (Answer(kind=OutcomeKind.PARTLY_RESTORED, sentence="Part."), "new_limit"),
        (
            Answer(kind=OutcomeKind.PARTLY_RESTORED, sentence="Part.", new_limit=Decimal(4000)),
            "new_limit",
        ),
        (replace(on_condition(), payments_needed=None), "payments_needed"),
        (replace(on_condition(), payments_needed=25), "payments_needed"),
        (replace(on_condition(), by_date=None), "by_date"),
        (replace(on_condition(), by_date=in_days(10)), "by_date"),
        (replace(on_condition(), then_limit=Decimal(2000)), "then_limit"),
        (replace(for_a_time(), until=None), "until"),
        (replace(for_a_time(), until=in_days(-1)), "until"),
        (replace(KEPT, look_again_on=None), "look_again_on"),
        (replace(KEPT, look_again_on=in_days(500)), "look_again_on"),
        (Answer(kind=OutcomeKind.CORRECTED, sentence="Right."), "corrections"),
        (Answer(kind=OutcomeKind.TO_BUREAU, sentence="Passed on."), "bureau"),
    ],
)
def test_half_an_answer_is_refused(appeal, rosa, answer, field):
    with pytest.raises(BadInput) as refused:
        propose(appeal, rosa, answer)
    assert refused.value.field == field
    assert not Outcome.objects.exists()


def test_only_the_holder_decides(appeal, sam):
    with pytest.raises(NotAllowed):
        propose(appeal, sam)


def test_nobody_judges_their_own_decision(queue, rosa):
    decision = create_decision(automated=False, decided_by=rosa)
    appeal = create_appeal(decision, state=AppealState.IN_REVIEW, queue=queue)

    with pytest.raises(IntegrityError), transaction.atomic():
        create_claim(appeal, rosa)
    with pytest.raises(NotAllowed):
        propose(appeal, rosa)
    with pytest.raises(IntegrityError), transaction.atomic():
        Outcome.objects.create(
            appeal=appeal,
            kind=OutcomeKind.KEPT,
            sentence="No.",
            decided_by=rosa,
            decision_made_by=rosa,
            decided_at=timezone.now(),
        )


def test_an_old_page_decides_nothing(appeal, rosa):
    with pytest.raises(SavedElsewhere):
        propose_outcome(appeal=appeal, by=rosa, version=appeal.version - 1, answer=FULL)


def test_an_outcome_is_written_once(appeal, rosa):
    propose(appeal, rosa)
    create_claim(appeal, rosa)

    with pytest.raises(WrongState):
        propose(appeal, rosa)
    with pytest.raises(IntegrityError), transaction.atomic():
        Outcome.objects.create(
            appeal=appeal,
            kind=OutcomeKind.KEPT,
            sentence="No.",
            decided_by=rosa,
            decided_at=timezone.now(),
        )
