"""Clock-driven work of the engine."""

import time

import structlog

from notifications import counts, retention, upkeep
from notifications import reconcile as lost
from notifications.campaigns import ending
from notifications.campaigns.expansion import list_unexpanded
from notifications.campaigns.tasks import ring_expansion
from notifications.delivery import sweep as repair
from notifications.delivery.settle import AT_ONCE, settle_due
from notifications.kinds import ChannelKind, Lane
from notifications.tasks import ring
from portal.lib.tasks import shared_task

logger = structlog.get_logger(__name__)
# A round is a transaction; the next beat goes on where this one stopped.
MOST_ROUNDS = 40
# A round in which every provider hangs takes as long again; together less than a task may.
ASKING_SECONDS = 60.0


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


@shared_task(name="notifications.settle")
def settle() -> None:
    """Look whether what is owed has arrived, and send it on by its next channel where not."""
    for _round in range(MOST_ROUNDS):
        looked_at, bells = settle_due()
        for bell in sorted(bells):
            lane, channel = bell.split()
            ring(Lane(lane), ChannelKind(channel))
        if looked_at < AT_ONCE:
            return


@shared_task(name="notifications.reconcile")
def reconcile() -> None:
    """Ask the providers what became of calls whose answers were lost."""
    deadline = time.monotonic() + ASKING_SECONDS
    while time.monotonic() < deadline:
        if lost.reconcile_due(limit=lost.AT_ONCE) < lost.AT_ONCE:
            return


@shared_task(name="notifications.fold_counts")
def fold_counts() -> None:
    """Keep the sums of deliveries small."""
    counts.fold()


# Once a month it writes an archive of many gigabytes.
@shared_task(name="notifications.keep_months", soft_time_limit=6 * 3600, time_limit=7 * 3600)
def keep_months() -> None:
    """Make the months that come, and take away those that need not be kept."""
    upkeep.keep_months()


@shared_task(name="notifications.drop_old_texts")
def drop_old_texts() -> None:
    """Drop the texts of messages that are too old to be read again."""
    retention.drop_old_texts()


@shared_task(name="notifications.look_after_campaigns")
def look_after_campaigns() -> None:
    """Ring for campaigns that are not fully expanded, and end those that are done or stopped."""
    for campaign in list_unexpanded():
        ring_expansion(campaign)
    ended, cleared = ending.end_done(), ending.clear_stopped()
    if ended or cleared:
        logger.info("looked after campaigns", ended=ended, cleared=cleared)
