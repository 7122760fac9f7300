"""An outcome becomes a new line decision, a notice and one instruction to the ledger for each step.

The first step is the outcome itself; a condition that was met and a time that is over follow later.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from appeals.actions.notices import make_notice
from appeals.errors import WrongState
from appeals.ledger_tasks import send_instruction
from appeals.models import (
    Action,
    Appeal,
    CreditLine,
    DecisionReason,
    LineDecision,
    LineInstruction,
    LineStatus,
    Outcome,
    Purpose,
)
from appeals.prepared import prepared
from portal.lib.references import new_reference

# What the reasons' own conditions decide, with or without a person who agrees.
OWN_RULE, OWN_MODULE = "RESTORE-WHEN", "recourse"
STATUS_AFTER = {Action.SUSPEND: LineStatus.SUSPENDED, Action.CLOSE: LineStatus.CLOSED}


@dataclass(frozen=True)
class Step:
    """What a new decision does to the line, and in whose place it stands."""

    action: Action
    limit: Decimal
    overrides: LineDecision
    purpose: Purpose

    @property
    def status(self) -> LineStatus:
        return STATUS_AFTER.get(self.action, LineStatus.OPEN)


def restore_line(appeal: Appeal, outcome: Outcome, now: datetime) -> LineDecision:
    """Write the new decision and all that follows from it; the caller's transaction holds it."""
    check_can_restore(appeal.decision)
    assert outcome.new_limit is not None
    line = lock_line(appeal.decision)
    newer = newer_decision(appeal.decision)
    step = Step(Action.RESTORE, outcome.new_limit, appeal.decision, Purpose.OUTCOME)
    decision = _decide(outcome, line, step, now)
    make_notice(decision=decision)
    if newer is None:
        set_line(line, step, now)
    _instruct(outcome, decision, step, newer)
    return decision


def restore_the_rest(outcome: Outcome, limit: Decimal, now: datetime) -> LineDecision | None:
    """What was promised under a condition; None, and nothing written, if a newer one stands."""
    first = outcome.line_decision
    assert first is not None
    line = lock_line(first)
    if overtaking_decision(outcome) is not None:
        return None
    is_whole = limit >= outcome.appeal.decision.old_limit
    action = Action.RESTORE if is_whole else Action.RAISE
    step = Step(action, limit, first, Purpose.CONDITION_MET)
    decision = _decide(outcome, line, step, now)
    make_notice(decision=decision)
    set_line(line, step, now)
    _instruct(outcome, decision, step, None)
    return decision


def take_back(outcome: Outcome, announced_on: date, now: datetime) -> LineDecision | None:
    """The end of what was restored for a time; None, and nothing written, if a newer one stands.

    The line goes back to what the decision under appeal made of it, with that decision's reasons:
    they stand, the time is over, and the customer is owed a notice that says both.
    """
    first, cut = outcome.line_decision, outcome.appeal.decision
    assert first is not None
    line = lock_line(first)
    if overtaking_decision(outcome) is not None:
        return None
    step = Step(Action(cut.action), cut.new_limit, first, Purpose.TIME_ENDED)
    decision = _decide(outcome, line, step, now)
    DecisionReason.objects.bulk_create(
        DecisionReason(
            decision=decision, rank=row.rank, code=row.code, weight=row.weight, facts=row.facts
        )
        for row in cut.reasons.all()
    )
    make_notice(decision=decision, announced_on=announced_on)
    set_line(line, step, now)
    _instruct(outcome, decision, step, None)
    return decision


def check_can_restore(decision: LineDecision) -> None:
    """Raise when the decision under appeal has been corrected already."""
    if LineDecision.objects.filter(overrides=decision).exists():
        raise WrongState(
            _("The decision under appeal has been corrected already. It cannot be restored twice.")
        )


def newer_decision(decision: LineDecision) -> LineDecision | None:
    """What has been decided about the same line since, if anything: that one stands."""
    return next(iter(_newest_since(decision.line_id, decision.decided_at)), None)


@prepared
def _newest_since(line: int, moment: datetime) -> QuerySet[LineDecision]:
    since = LineDecision.objects.filter(line=line, decided_at__gt=moment)
    return since.order_by("-decided_at", "-pk")[:1]


def overtaking_decision(outcome: Outcome) -> LineDecision | None:
    """A decision about the line since the cut that is not this outcome's own."""
    cut = outcome.appeal.decision
    since = LineDecision.objects.filter(line=cut.line_id, decided_at__gt=cut.decided_at)
    own = outcome.line_decision
    others = since.exclude(pk=own.pk) if own else since
    return others.order_by("-decided_at", "-pk").first()


def lock_line(decision: LineDecision) -> CreditLine:
    """The line, held until the transaction ends: no newer decision is stored meanwhile."""
    return CreditLine.objects.select_for_update(no_key=True).get(pk=decision.line_id)


def set_line(line: CreditLine, step: Step, now: datetime) -> None:
    line.limit, line.status, line.as_of = step.limit, step.status, now
    line.save(update_fields=["limit", "status", "as_of"])


def _decide(outcome: Outcome, line: CreditLine, step: Step, now: datetime) -> LineDecision:
    return write_decision(line, step, now, decided_by_id=outcome.decided_by_id)


def write_decision(
    line: CreditLine,
    step: Step,
    now: datetime,
    *,
    decided_by_id: int | None,
    rule_version: str = "",
) -> LineDecision:
    """The new decision as a row; without a person it was made by our own rule in this version."""
    old = step.overrides
    reference = new_reference("LD")
    content = {"overrides": old.source_id, "new_limit": str(step.limit), "ref": reference}
    return LineDecision.objects.create(
        reference=reference,
        source_id=reference,
        content_sha256=hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
        customer_id=old.customer_id,
        line=line,
        action=step.action,
        old_limit=line.limit,
        new_limit=step.limit,
        balance=line.balance,
        currency=old.currency,
        decided_at=now,
        effective_at=now,
        automated=decided_by_id is None,
        decided_by_id=decided_by_id,
        rule_id=OWN_RULE if rule_version else "",
        rule_module=OWN_MODULE if rule_version else "",
        rule_version=rule_version,
        overrides=old,
        received_at=now,
    )


def _instruct(
    outcome: Outcome, decision: LineDecision, step: Step, newer: LineDecision | None
) -> None:
    key = uuid.uuid4()
    instruction = LineInstruction.objects.create(
        outcome=outcome,
        purpose=step.purpose,
        idempotency_key=key,
        payload=_payload(outcome, decision, step, newer, key),
        created_at=decision.decided_at,
        next_try_at=decision.decided_at,
    )
    send_instruction.delay_on_commit(instruction.pk)


def _payload(
    outcome: Outcome,
    decision: LineDecision,
    step: Step,
    newer: LineDecision | None,
    key: uuid.UUID,
) -> dict[str, Any]:
    because = {"appeal": outcome.appeal.reference, "outcome": str(outcome.kind)}
    return payload_of(decision, step, newer, key, because)


def payload_of(
    decision: LineDecision,
    step: Step,
    newer: LineDecision | None,
    key: uuid.UUID,
    because: Mapping[str, str | None],
) -> dict[str, Any]:
    """What the ledger is told: the shape Standard Webhooks proposes, amounts as strings."""
    moment = decision.decided_at.isoformat()
    return {
        "type": f"line.{step.action.value}",
        "timestamp": moment,
        "data": {
            "idempotency_key": str(key),
            "instruction": "set_limit",
            "purpose": step.purpose.value,
            "line": decision.line.reference,
            "currency": decision.currency,
            "old_limit": str(decision.old_limit),
            "new_limit": str(decision.new_limit),
            "status": step.status.value,
            "decision": decision.source_id,
            "overrides": step.overrides.source_id,
            # A later decision of the engine stands: the ledger must not undo it blindly.
            "newer_decision": newer.source_id if newer else None,
            **because,
            "decided_at": moment,
        },
    }
