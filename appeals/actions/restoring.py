"""A won appeal becomes a new line decision, a notice and one instruction to the ledger."""

import hashlib
import json
import uuid
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from appeals.actions.notices import make_notice
from appeals.errors import WrongState
from appeals.ledger_tasks import send_instruction
from appeals.models import (
    Action,
    Appeal,
    CreditLine,
    LineDecision,
    LineInstruction,
    LineStatus,
    Outcome,
)
from portal.lib.references import new_reference


def restore_line(appeal: Appeal, outcome: Outcome, now: datetime) -> LineDecision:
    """Write the new decision and all that follows from it; the caller's transaction holds it."""
    check_can_restore(appeal.decision)
    line = CreditLine.objects.select_for_update(no_key=True).get(pk=appeal.decision.line_id)
    newer = newer_decision(appeal.decision)
    decision = _new_decision(appeal.decision, outcome, line, now)
    make_notice(decision=decision)
    if newer is None:
        line.limit, line.status, line.as_of = decision.new_limit, LineStatus.OPEN, now
        line.save(update_fields=["limit", "status", "as_of"])
    instruction = _instruct(appeal, outcome, decision, newer)
    send_instruction.delay_on_commit(instruction.pk)
    return decision


def check_can_restore(decision: LineDecision) -> None:
    """Raise when the decision under appeal has been corrected already."""
    if LineDecision.objects.filter(overrides=decision).exists():
        raise WrongState(
            _("The decision under appeal has been corrected already. It cannot be restored twice.")
        )


def newer_decision(decision: LineDecision) -> LineDecision | None:
    """What has been decided about the same line since, if anything: that one stands."""
    since = LineDecision.objects.filter(line=decision.line_id, decided_at__gt=decision.decided_at)
    return since.order_by("-decided_at", "-pk").first()


def _new_decision(
    old: LineDecision, outcome: Outcome, line: CreditLine, now: datetime
) -> LineDecision:
    assert outcome.new_limit is not None
    reference = new_reference("LD")
    content = {"overrides": old.source_id, "new_limit": str(outcome.new_limit), "ref": reference}
    return LineDecision.objects.create(
        reference=reference,
        source_id=reference,
        content_sha256=hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
        customer_id=old.customer_id,
        line=line,
        action=Action.RESTORE,
        old_limit=line.limit,
        new_limit=outcome.new_limit,
        balance=line.balance,
        currency=old.currency,
        decided_at=now,
        effective_at=now,
        automated=False,
        decided_by_id=outcome.decided_by_id,
        overrides=old,
        received_at=now,
    )


def _instruct(
    appeal: Appeal, outcome: Outcome, decision: LineDecision, newer: LineDecision | None
) -> LineInstruction:
    key = uuid.uuid4()
    return LineInstruction.objects.create(
        outcome=outcome,
        idempotency_key=key,
        payload=_payload(outcome, decision, newer, key),
        created_at=decision.decided_at,
        next_try_at=decision.decided_at,
    )


def _payload(
    outcome: Outcome, decision: LineDecision, newer: LineDecision | None, key: uuid.UUID
) -> dict[str, Any]:
    """What the ledger is told: the shape Standard Webhooks proposes, amounts as strings."""
    moment = decision.decided_at.isoformat()
    return {
        "type": "line.restore",
        "timestamp": moment,
        "data": {
            "idempotency_key": str(key),
            "instruction": "set_limit",
            "line": decision.line.reference,
            "currency": decision.currency,
            "old_limit": str(decision.old_limit),
            "new_limit": str(decision.new_limit),
            "status": LineStatus.OPEN.value,
            "decision": decision.source_id,
            "overrides": outcome.appeal.decision.source_id,
            # A later decision of the engine stands: the ledger must not undo it blindly.
            "newer_decision": newer.source_id if newer else None,
            "appeal": outcome.appeal.reference,
            "outcome": str(outcome.kind),
            "decided_at": moment,
        },
    }
