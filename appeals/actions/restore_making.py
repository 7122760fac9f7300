"""A limit given back because the reasons of its cut have passed: once, with its own reason."""

import uuid
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from appeals.actions.notices import make_notice, tell_of
from appeals.actions.restoring import Step, payload_of, set_line, write_decision
from appeals.catalogue import CATALOGUE
from appeals.ledger_tasks import send_instruction
from appeals.models import (
    Action,
    CreditLine,
    DecisionReason,
    LineDecision,
    LineInstruction,
    Notice,
    Purpose,
    RestoreProposal,
    RestoreState,
)
from portal.models import Customer

REASON = "RST-REASON-PASSED"


def make_restore(
    proposal: RestoreProposal, line: CreditLine, now: datetime, by: Customer | None = None
) -> LineDecision:
    """Write the decision and all that follows from it; the caller holds proposal and line."""
    cut = proposal.decision
    step = Step(Action.RESTORE, cut.old_limit, cut, Purpose.PASSED)
    decision = write_decision(
        line,
        step,
        now,
        decided_by_id=by.pk if by else None,
        rule_version=CATALOGUE.version,
    )
    since = proposal.passed_since.astimezone(cut.customer.zone).date()
    DecisionReason.objects.create(
        decision=decision,
        rank=1,
        code=REASON,
        weight=Decimal(1),
        facts={"date": since.isoformat()},
    )
    notice = make_notice(decision=decision)
    set_line(line, step, now)
    proposal.state, proposal.line_decision = RestoreState.MADE, decision
    proposal.answered_at = proposal.answered_at or timezone.now()
    proposal.save()
    _instruct(proposal, decision, step)
    if isinstance(notice, Notice):  # else it waits in "needs attention", and they hear then
        tell_of(decision, notice)
    return decision


def _instruct(proposal: RestoreProposal, decision: LineDecision, step: Step) -> None:
    key = uuid.uuid4()
    because = {"appeal": None, "outcome": None}
    instruction = LineInstruction.objects.create(
        restore=proposal,
        purpose=step.purpose,
        idempotency_key=key,
        payload=payload_of(decision, step, None, key, because),
        created_at=decision.decided_at,
        next_try_at=decision.decided_at,
    )
    send_instruction.delay_on_commit(instruction.pk)
