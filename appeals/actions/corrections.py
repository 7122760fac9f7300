"""Facts that were wrong: checked, kept with what they were, and sent back to decide again."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appeals.errors import BadInput
from appeals.ledger_tasks import send_instruction
from appeals.models import Appeal, Ground, LineInstruction, Outcome, Purpose
from appeals.outcome_rules import (
    NO_SUCH_FACT,
    SAME,
    WRONG_FORM,
    Correction,
    WrongFact,
    check_correction,
)

ERRORS = {
    NO_SUCH_FACT: gettext_lazy("The decision has no such fact."),
    WRONG_FORM: gettext_lazy("The corrected value does not have the form of this fact."),
    SAME: gettext_lazy("The corrected value is the same as before."),
}


def checked_corrections(appeal: Appeal, wanted: Sequence[Correction]) -> list[dict[str, Any]]:
    """The corrections as they are kept; only facts of disputed reasons can be corrected."""
    if not wanted:
        raise BadInput(_("Correct at least one fact."), field="corrections")
    grounds = Ground.objects.filter(appeal=appeal).select_related("decision_reason")
    facts = {ground.decision_reason.code: ground.decision_reason.facts for ground in grounds}
    kept: dict[tuple[str, str], dict[str, Any]] = {}
    for one in wanted:
        if one.reason not in facts:
            raise BadInput(_("The customer does not dispute that reason."), field="corrections")
        try:
            kept[one.reason, one.fact] = check_correction(facts[one.reason], one)
        except WrongFact as error:
            raise BadInput(str(ERRORS[error.args[0]]), field="corrections") from error
    return list(kept.values())


def ask_to_decide_again(outcome: Outcome, purpose: Purpose, now: datetime) -> None:
    """Tell the engine to decide again, with the corrected facts; it answers with a new decision."""
    told = {"instruction": "decide_again", "corrections": outcome.corrections}
    _instruct(outcome, purpose, "line.decide_again", told, now)


def pass_to_bureau(outcome: Outcome, now: datetime) -> None:
    """Have the lender pass what the customer disputes on to the bureau that keeps the record."""
    grounds = outcome.appeal.grounds.select_related("decision_reason")
    told = {
        "instruction": "pass_to_bureau",
        "bureau": outcome.bureau,
        "disputed": [
            {"reason": ground.decision_reason.code, "facts": ground.decision_reason.facts}
            for ground in grounds
        ],
    }
    _instruct(outcome, Purpose.OUTCOME, "dispute.pass_to_bureau", told, now)


def _instruct(
    outcome: Outcome, purpose: Purpose, type_name: str, told: dict[str, Any], now: datetime
) -> None:
    """One instruction a purpose, in the caller's transaction: a repeat fails at the constraint."""
    key = uuid.uuid4()
    decision = outcome.appeal.decision
    instruction = LineInstruction.objects.create(
        outcome=outcome,
        purpose=purpose,
        idempotency_key=key,
        payload={
            "type": type_name,
            "timestamp": now.isoformat(),
            "data": {
                "idempotency_key": str(key),
                "purpose": purpose.value,
                "line": decision.line.reference,
                "decision": decision.source_id,
                "appeal": outcome.appeal.reference,
                "outcome": str(outcome.kind),
                "decided_at": now.isoformat(),
                **told,
            },
        },
        created_at=now,
        next_try_at=now,
    )
    send_instruction.delay_on_commit(instruction.pk)
