"""Doorbells for the risk engine: an id each, harmless when rung twice."""

from django.utils import timezone

from appeals import engine_delivery
from portal.lib.tasks import shared_task


@shared_task(name="appeals.send_engine_request", queue="cases")
def send_request(request_id: int) -> None:
    engine_delivery.deliver(request_id)


@shared_task(name="appeals.send_due_engine_requests", queue="periodic")
def send_due_requests() -> None:
    """Ring again for whatever is due: the hint was lost, or the engine was away."""
    for request_id in engine_delivery.list_due(timezone.now()):
        send_request.delay(request_id)
