"""What is first: the heads of indexes, read without looking at what lies behind them."""

from datetime import datetime

from django.db import connection

from notifications.delivery.claim import GOING_OUT
from notifications.kinds import ChannelKind, Lane

# So many are told apart; beyond it "more" is all anybody needs to know.
COUNTED = 10_000

# Every column of the index is named in its order, so that each head is one look.
HEADS_SQL = """
SELECT lanes.lane, channels.channel, min(head.not_before)
FROM unnest(%(lanes)s::text[]) AS lanes (lane)
CROSS JOIN unnest(%(channels)s::text[]) AS channels (channel)
CROSS JOIN LATERAL (
    (SELECT not_before FROM notifications_delivery AS delivery
    WHERE delivery.state = 'ready' AND delivery.lane = lanes.lane
    AND delivery.channel = channels.channel AND delivery.campaign_id IS NULL
    ORDER BY delivery.lane, delivery.channel, delivery.campaign_id, delivery.not_before LIMIT 1)
    UNION ALL
    SELECT first.not_before FROM notifications_campaign AS campaign
    CROSS JOIN LATERAL (
        SELECT not_before FROM notifications_delivery AS delivery
        WHERE delivery.state = 'ready' AND delivery.lane = lanes.lane
        AND delivery.channel = channels.channel AND delivery.campaign_id = campaign.id
        ORDER BY delivery.lane, delivery.channel, delivery.campaign_id, delivery.not_before LIMIT 1
    ) AS first
    WHERE campaign.state = ANY(%(going_out)s)
) AS head
GROUP BY lanes.lane, channels.channel
"""

OVERDUE_SQL = """
SELECT count(*) FROM (
    SELECT FROM notifications_notification
    WHERE is_mandatory AND settled_at IS NULL AND legal_due_at < %(now)s
    ORDER BY legal_due_at LIMIT %(limit)s
) AS overdue
"""

# A letter's id is made of its notification's row, so its month is known.
LETTER_DUE_SQL = """
SELECT legal_due_at FROM (
    SELECT id, created_at, legal_due_at FROM notifications_notification
    WHERE is_mandatory AND settled_at IS NULL AND legal_due_at IS NOT NULL
    ORDER BY legal_due_at LIMIT %(limit)s
) AS owed
WHERE EXISTS (
    SELECT FROM notifications_delivery AS delivery
    WHERE delivery.id = notifications_delivery_id(owed.created_at, owed.id, 'letter')
    AND delivery.state = 'ready'
)
ORDER BY legal_due_at LIMIT 1
"""


def oldest_waiting() -> dict[tuple[str, str], datetime]:
    """Return since when the first delivery of each lane and channel may go."""
    parameters = {
        "lanes": [lane.value for lane in Lane],
        "channels": [channel.value for channel in ChannelKind],
        "going_out": GOING_OUT,
    }
    with connection.cursor() as cursor:
        cursor.execute(HEADS_SQL, parameters)
        return {(lane, channel): head for lane, channel, head in cursor.fetchall()}


def count_overdue(now: datetime) -> int:
    """Return how many messages owed by law have not arrived by their due date, up to 10,000."""
    with connection.cursor() as cursor:
        cursor.execute(OVERDUE_SQL, {"now": now, "limit": COUNTED})
        return int((cursor.fetchone() or (0,))[0])


def next_letter_due() -> datetime | None:
    """Return the nearest legal due date of a letter that waits to be printed."""
    with connection.cursor() as cursor:
        cursor.execute(LETTER_DUE_SQL, {"limit": COUNTED})
        return (cursor.fetchone() or (None,))[0]
