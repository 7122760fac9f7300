"""Clock-driven work of the engine."""

import structlog

from notifications.delivery import sweep as repair
from notifications.tasks import ring
from portal.lib.tasks import shared_task

logger = structlog.get_logger(__name__)


@shared_task(name="notifications.sweep")
def sweep() -> None:
    """Repair what died in the middle, and ring wherever work waits that no bell told of."""
    found = {
        "freed": repair.free_stale_claims(),
        "unknown": repair.mark_lost_sends(),
        "forgotten": repair.forget_old_secrets(),
    }
    if any(found.values()):
        logger.warning("swept", **found)
    for lane, channel in repair.lanes_with_work():
        ring(lane, channel)
