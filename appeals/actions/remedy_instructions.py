"""What the ledger is told of one decision put right: its limit, and what else is undone with it."""

import uuid
from collections.abc import Iterator
from typing import Any

from appeals.incident_rules import Standing
from appeals.models import (
    AffectedDecision,
    LineDecision,
    LineInstruction,
    Purpose,
    Remedy,
)

# The purpose, the word for what is done and the type of the message, as far as a remedy asks.
UNDONE = (
    (Purpose.FAULT_FEES, "undo_fees", "line.undo_fees"),
    (Purpose.FAULT_BUREAU, "correct_bureau", "line.correct_bureau"),
)


def instructions_for(
    remedy: Remedy,
    row: AffectedDecision,
    decision: LineDecision,
    standing: Standing,
    newer: int | None,
) -> Iterator[LineInstruction]:
    """One instruction a purpose, not stored yet; the database takes each once."""
    told = {
        "old_limit": str(decision.old_limit),
        "new_limit": str(decision.new_limit),
        "status": standing.status.value,
        # A later good decision is in this limit already; the ledger need not look for it.
        "has_newer_decision": newer is not None,
    }
    type_name = f"line.{decision.action}"
    yield _instruction(remedy, row, decision, Purpose.FAULT, ("set_limit", type_name, told))
    wanted = {
        Purpose.FAULT_FEES: remedy.undoes_fees,
        Purpose.FAULT_BUREAU: remedy.undoes_bureau,
    }
    since = {"since": row.decision.effective_at.isoformat()}
    for purpose, word, type_name in UNDONE:
        if wanted[purpose]:
            yield _instruction(remedy, row, decision, purpose, (word, type_name, since))


def _instruction(
    remedy: Remedy,
    row: AffectedDecision,
    decision: LineDecision,
    purpose: Purpose,
    what: tuple[str, str, dict[str, Any]],
) -> LineInstruction:
    word, type_name, told = what
    key, moment = uuid.uuid4(), decision.decided_at.isoformat()
    return LineInstruction(
        affected=row,
        purpose=purpose,
        idempotency_key=key,
        payload={
            "type": type_name,
            "timestamp": moment,
            "data": {
                "idempotency_key": str(key),
                "instruction": word,
                "purpose": purpose.value,
                "incident": remedy.incident.reference,
                "line": decision.line.reference,
                "currency": decision.currency,
                "decision": decision.source_id,
                "undoes": row.decision.source_id,
                "appeal": None,
                "outcome": None,
                "decided_at": moment,
                **told,
            },
        },
        created_at=decision.decided_at,
        next_try_at=decision.decided_at,
    )
