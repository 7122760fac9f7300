"""Campaigns are expanded by a worker: a hint that may vanish, for the clock rings again."""

import structlog
from kombu.exceptions import OperationalError

from notifications.campaigns.expansion import expand
from notifications.tasks import ring
from portal.lib.tasks import shared_task

logger = structlog.get_logger(__name__)
# So long one task makes rows before another one may have the worker.
EXPAND_SECONDS = 20.0
HINT_EXPIRES_SECONDS = 60


@shared_task(name="notifications.expand_campaign", queue="bulk")
def expand_campaign(campaign_id: int) -> None:
    """Make the rows of a campaign for a while, and ring for whoever sends them."""
    has_more, bells = expand(campaign_id, seconds=EXPAND_SECONDS)
    for lane, channel in sorted(bells):
        ring(lane, channel)
    if has_more:
        ring_expansion(campaign_id)


def ring_expansion(campaign_id: int) -> None:
    """Ask for a worker; where the broker is down, the clock asks again."""
    try:
        expand_campaign.apply_async((campaign_id,), expires=HINT_EXPIRES_SECONDS)
    except (OperationalError, OSError):
        logger.warning("no broker took the hint", campaign=campaign_id)
