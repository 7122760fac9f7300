"""Carries instructions to the ledger until it confirms; the rows are the truth."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from appeals import ledger
from appeals.models import CaseEvent, EventKind, InstructionState, LineInstruction, Outcome

logger = structlog.get_logger(__name__)

LEASE = timedelta(minutes=1)
# After the last of these it goes on once an hour, for good: what was decided is never given up.
WAITS = tuple(
    timedelta(seconds=seconds) for seconds in (15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600)
)
SWEPT_AT_ONCE = 200


def deliver(instruction_id: int) -> bool:
    """Try once, if it is due and nobody else is at it; whether the ledger confirmed."""
    if not ledger.is_configured():
        return False
    instruction = _claim(instruction_id, timezone.now())
    if instruction is None:
        return False
    try:
        ledger.send(key=instruction.idempotency_key, payload=instruction.payload)
    except ledger.LedgerError as error:
        _try_later(instruction, str(error))
        return False
    return _confirm(instruction)


def list_due(now: datetime) -> Sequence[int]:
    """The instructions to try now, the longest waiting first."""
    rows = _due(now).order_by("next_try_at").values_list("pk", flat=True)
    return list(rows[:SWEPT_AT_ONCE])


def _due(now: datetime) -> QuerySet[LineInstruction]:
    return LineInstruction.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=now),
        state=InstructionState.PENDING,
        next_try_at__lte=now,
    )


def _claim(instruction_id: int, now: datetime) -> LineInstruction | None:
    mine = _due(now).filter(pk=instruction_id)
    if not mine.update(lease_until=now + LEASE, tries=F("tries") + 1):
        return None
    return LineInstruction.objects.get(pk=instruction_id)


def _try_later(instruction: LineInstruction, why: str) -> None:
    wait = WAITS[min(instruction.tries, len(WAITS)) - 1]
    # A sender whose lease ran out must not undo what a later one wrote.
    mine = LineInstruction.objects.filter(
        pk=instruction.pk, state=InstructionState.PENDING, tries=instruction.tries
    )
    mine.update(lease_until=None, last_error=why[:300], next_try_at=timezone.now() + wait)
    logger.warning(
        "ledger did not confirm", instruction=instruction.pk, tries=instruction.tries, why=why
    )


@transaction.atomic
def _confirm(instruction: LineInstruction) -> bool:
    now = timezone.now()
    pending = LineInstruction.objects.filter(pk=instruction.pk, state=InstructionState.PENDING)
    if not pending.update(
        state=InstructionState.CONFIRMED, confirmed_at=now, lease_until=None, last_error=""
    ):
        return False
    appeal_id = _appeal_of(instruction)
    if appeal_id is not None:  # a restore without an appeal has no case to note it in
        CaseEvent.objects.create(
            appeal_id=appeal_id,
            kind=EventKind.APPLIED,
            at=now,
            # "Your limit was set": what asks somebody else to decide or to check sets none.
            is_visible=_sets_the_limit(instruction),
            details={"purpose": instruction.purpose},
        )
    logger.info("ledger confirmed", instruction=instruction.pk, tries=instruction.tries)
    return True


def _appeal_of(instruction: LineInstruction) -> int | None:
    if instruction.affected_id is not None:
        granted = Outcome.objects.filter(line_decision__put_right=instruction.affected_id)
        return granted.values_list("appeal_id", flat=True).first()
    return instruction.outcome.appeal_id if instruction.outcome else None


def _sets_the_limit(instruction: LineInstruction) -> bool:
    told = instruction.payload.get("data", {})
    return bool(told.get("instruction", "set_limit") == "set_limit")
