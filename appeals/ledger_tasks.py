"""Doorbells for the ledger: an id each, harmless when rung twice."""

from django.utils import timezone

from appeals import ledger_delivery
from portal.lib.tasks import shared_task


@shared_task(name="appeals.send_instruction", queue="cases")
def send_instruction(instruction_id: int) -> None:
    ledger_delivery.deliver(instruction_id)


@shared_task(name="appeals.send_due_instructions", queue="periodic")
def send_due_instructions() -> None:
    """Ring again for whatever is due: the hint was lost, or the ledger was away."""
    for instruction_id in ledger_delivery.list_due(timezone.now()):
        send_instruction.delay(instruction_id)
