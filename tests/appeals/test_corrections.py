"""A fact was wrong: it is corrected as what it is, and the engine decides again."""

import pytest
from django.utils import timezone

from appeals.actions.outcomes import Answer
from appeals.errors import BadInput
from appeals.ledger_tasks import send_instruction
from appeals.models import CaseEvent, CreditLine, EventKind, LineDecision, LineInstruction, Outcome
from appeals.outcome_rules import Correction
from appeals.states import AppealState, OutcomeKind
from tests.appeals.answers import propose, ready
from tests.appeals.builders import create_appeal, create_decision
from tests.appeals.desks import at, desk, held, queue, rosa, sofia, typed
from tests.appeals.journeys import page
from tests.doubles.fixtures import ledger_server

__all__ = ["desk", "held", "ledger_server", "queue", "rosa", "sofia"]

NO_LATE_PAYMENT = Correction("BUR-DELINQ-ELSEWHERE", "count", 0)


def corrected(*corrections):
    return Answer(
        kind=OutcomeKind.CORRECTED, sentence="You are right.", corrections=tuple(corrections)
    )


def test_the_engine_is_asked_to_decide_again_with_the_right_fact(held, rosa):
    outcome = propose(ready(held, rosa), rosa, corrected(NO_LATE_PAYMENT))

    kept = [{"reason": "BUR-DELINQ-ELSEWHERE", "fact": "count", "was": 2, "is": 0}]
    assert outcome.corrections == kept
    told = LineInstruction.objects.get().payload
    assert told["type"] == "line.decide_again"
    assert told["data"]["instruction"] == "decide_again"
    assert told["data"]["corrections"] == kept
    assert told["data"]["decision"] == held.decision.source_id
    # The limit is the engine's to set; nothing is changed here.
    assert LineDecision.objects.count() == 1
    assert CreditLine.objects.get().limit == held.decision.new_limit


def test_somebody_looks_whether_it_was_decided_again(held, rosa):
    outcome = propose(ready(held, rosa), rosa, corrected(NO_LATE_PAYMENT))

    assert outcome.look_again_on is not None
    assert outcome.look_again_on > timezone.now().date()


@pytest.mark.parametrize(
    "wrong",
    [
        Correction("BUR-DELINQ-ELSEWHERE", "count", 2),
        Correction("BUR-DELINQ-ELSEWHERE", "count", "none"),
        Correction("BUR-DELINQ-ELSEWHERE", "amount", "1.00"),
        Correction("INC-DROP", "count", 1),
    ],
)
def test_a_correction_that_cannot_be_used_is_refused(held, rosa, wrong):
    with pytest.raises(BadInput) as refused:
        propose(ready(held, rosa), rosa, corrected(wrong))
    assert refused.value.field == "corrections"
    assert not Outcome.objects.exists()


def test_a_reason_the_customer_does_not_dispute_is_not_corrected(queue, rosa):
    appeal = create_appeal(
        create_decision(),
        state=AppealState.IN_REVIEW,
        queue=queue,
        reviewer=rosa,
        disputed=["BUR-UTIL-HIGH"],
    )

    with pytest.raises(BadInput, match="does not dispute"):
        propose(ready(appeal, rosa), rosa, corrected(NO_LATE_PAYMENT))


def test_the_reviewer_types_it_beside_the_fact(desk, held):
    form = typed(held, kind="corrected", sentence="You are right.", **{"is-1-count": "0"})

    desk.post(at(held), form)

    assert Outcome.objects.get().corrections == [
        {"reason": "BUR-DELINQ-ELSEWHERE", "fact": "count", "was": 2, "is": 0}
    ]


def test_what_has_not_the_form_of_the_fact_is_refused_and_kept(desk, held):
    form = typed(held, kind="corrected", sentence="Right.", **{"is-1-month": "last summer"})

    answer = desk.post(at(held), form)

    assert answer.status_code == 400
    assert "must be a month, such as 2026-09" in answer.text
    assert "last summer" in answer.text
    assert not Outcome.objects.exists()


def test_a_draft_keeps_the_corrections(desk, held):
    form = typed(held, kind="corrected", **{"is-1-count": "0", "do": "save"})
    desk.post(at(held), form)

    assert (
        'name="is-1-count" maxlength="200" autocomplete="off" value="0"' in desk.get(at(held)).text
    )


def test_the_customer_reads_what_was_corrected(held, rosa, browse):
    propose(ready(held, rosa), rosa, corrected(NO_LATE_PAYMENT))

    text = browse(held.customer).get(page(held, "appeal")).text

    assert "You are right: a fact was wrong" in text
    assert "Late payments: it was 2, it is now 0." in text
    assert "You hear from us by" in text
    assert "Your limit now" not in text


def test_the_confirmation_is_no_new_limit(held, rosa, ledger_server):
    propose(ready(held, rosa), rosa, corrected(NO_LATE_PAYMENT))

    send_instruction(LineInstruction.objects.get().pk)

    assert CaseEvent.objects.get(kind=EventKind.APPLIED).is_visible is False
    assert len(ledger_server.applied) == 1


def test_supervisors_see_what_others_are_asked_to_do(held, rosa, browse, sofia):
    propose(ready(held, rosa), rosa, corrected(NO_LATE_PAYMENT))

    text = browse(sofia).get("/admin/appeals/lineinstruction/").text

    assert f"{held.decision.line.reference}: Decide again" in text
