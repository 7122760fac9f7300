"""What staff can do about an instruction the ledger has not confirmed."""

from django.db.models import QuerySet
from django.utils import timezone

from appeals.ledger_tasks import send_instruction
from appeals.models import InstructionState, LineInstruction


def try_now(*, instructions: QuerySet[LineInstruction]) -> int:
    """Do not wait for the next try; the number of instructions rung for."""
    waiting = instructions.filter(state=InstructionState.PENDING)
    chosen = list(waiting.values_list("pk", flat=True))
    LineInstruction.objects.filter(pk__in=chosen).update(next_try_at=timezone.now())
    for instruction_id in chosen:
        send_instruction.delay_on_commit(instruction_id)
    return len(chosen)
