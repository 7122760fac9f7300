"""Doorbells for the ledger: an id each, harmless when rung twice."""

import time

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


# So long one task carries many before another one may have the worker.
CARRY_SECONDS = 20.0
HINT_EXPIRES_SECONDS = 60


@shared_task(name="appeals.carry_instructions", queue="bulk")
def carry_instructions() -> None:
    """Carry all that is due, one after the other; for the thousands of a remedy."""
    until = time.monotonic() + CARRY_SECONDS
    while due := ledger_delivery.list_due(timezone.now()):
        # Where the ledger confirms nothing, waiting is better than asking in circles.
        if not sum(ledger_delivery.deliver(one) for one in due):
            return
        if time.monotonic() > until:
            carry_instructions.apply_async(expires=HINT_EXPIRES_SECONDS)
            return
