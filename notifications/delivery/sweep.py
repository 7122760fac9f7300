"""Repair what died in the middle: leases that ran out, codes that ran out, bells that got lost."""

from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_noop

from notifications.delivery.claim import GOING_OUT
from notifications.kinds import ELECTRONIC, ChannelKind, Lane
from notifications.lanes import ASK_AFTER

WORKER_DIED = gettext_noop("Our worker stopped before it heard the provider's answer.")
SWEPT_AT_ONCE = 5_000

# Nothing was sent under a claim: it is simply free again.
FREE_SQL = """
UPDATE notifications_delivery SET state = 'ready', lease_token = NULL, lease_until = NULL
WHERE id IN (
    SELECT id FROM notifications_delivery
    WHERE state = 'claimed' AND lease_until < clock_timestamp()
    LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
"""

# The provider may have it: never to be sent again. The token stays for an answer that comes late.
LOST_SQL = """
WITH lost AS (
    UPDATE notifications_delivery
    SET state = 'unknown', reason = %(reason)s, lease_until = NULL, ask_at = %(ask_at)s
    WHERE id IN (
        SELECT id FROM notifications_delivery
        WHERE state = 'sending' AND lease_until < clock_timestamp()
        LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    RETURNING id
)
UPDATE notifications_attempt AS attempt
SET ended_at = %(now)s, outcome = 'unknown', detail = %(reason)s
FROM lost WHERE attempt.delivery_id = lost.id AND attempt.ended_at IS NULL
"""

# Enough workers are at it when as many batches are leased as there are processes to carry them.
WORK_SQL = """
SELECT lane, channel
FROM unnest(%(lanes)s::text[]) AS lanes (lane)
CROSS JOIN unnest(%(channels)s::text[]) AS channels (channel)
WHERE (EXISTS (
    SELECT FROM notifications_delivery AS delivery
    WHERE delivery.state = 'ready' AND delivery.lane = lanes.lane
    AND delivery.channel = channels.channel AND delivery.campaign_id IS NULL
    AND delivery.not_before <= %(now)s
) OR EXISTS (
    SELECT FROM notifications_campaign AS campaign WHERE campaign.state = ANY(%(going_out)s)
    AND EXISTS (
        SELECT FROM notifications_delivery AS delivery
        WHERE delivery.state = 'ready' AND delivery.lane = lanes.lane
        AND delivery.channel = channels.channel AND delivery.campaign_id = campaign.id
        AND delivery.not_before <= %(now)s
    )
)) AND (
    SELECT count(DISTINCT lease_token) FROM notifications_delivery AS delivery
    WHERE delivery.state IN ('claimed', 'sending') AND delivery.lane = lanes.lane
    AND delivery.channel = channels.channel
) < %(parallel)s
"""

FORGET_SQL = """
UPDATE notifications_notification SET secret = ''
WHERE id IN (
    SELECT id FROM notifications_notification
    WHERE secret <> '' AND expires_at < %(now)s
    LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
"""


def free_stale_claims() -> int:
    """Give back what a dead worker claimed and had not begun to send."""
    return _run(FREE_SQL)


def mark_lost_sends() -> int:
    """Call unknown what a dead worker was sending, so that it is never blindly sent again."""
    return _run(LOST_SQL)


def forget_old_secrets() -> int:
    """Empty the codes that ran out before anybody could send them."""
    return _run(FORGET_SQL)


def lanes_with_work() -> list[tuple[Lane, ChannelKind]]:
    """Return the lanes and channels where something waits and too few workers are at it."""
    with connection.cursor() as cursor:
        cursor.execute(
            WORK_SQL,
            {
                "lanes": [lane.value for lane in Lane],
                "channels": [channel.value for channel in ELECTRONIC],
                "now": timezone.now(),
                "going_out": GOING_OUT,
                "parallel": settings.DISPATCH_PARALLEL,
            },
        )
        return [(Lane(lane), ChannelKind(channel)) for lane, channel in cursor.fetchall()]


def _run(statement: str) -> int:
    now = timezone.now()
    parameters: dict[str, Any] = {
        "now": now,
        "ask_at": now + ASK_AFTER,
        "reason": WORKER_DIED,
        "limit": SWEPT_AT_ONCE,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)
