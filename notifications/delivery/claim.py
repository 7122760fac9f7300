"""Take waiting deliveries for one worker: one statement, and no two workers get the same."""

import json
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from notifications.kinds import ChannelKind, Lane
from notifications.lanes import BATCH_SIZE, CLOCK_TOLERANCE, lease

# Leases run on the database's clock, so that the clocks of two machines need not agree.
CLAIM_SQL = """
WITH picked AS (
    SELECT id, notification_id, push_subscription_id
    FROM notifications_delivery
    WHERE state = 'ready' AND lane = %(lane)s AND channel = %(channel)s AND not_before <= %(due)s
    ORDER BY not_before
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE notifications_delivery AS delivery
SET state = 'claimed', lease_token = %(token)s, lease_until = clock_timestamp() + %(lease)s
FROM picked
JOIN notifications_notification AS notification ON notification.id = picked.notification_id
JOIN portal_customer AS person ON person.id = notification.recipient_id
LEFT JOIN notifications_preference AS choice ON choice.person_id = person.id
LEFT JOIN notifications_pushsubscription AS browser ON browser.id = picked.push_subscription_id
WHERE delivery.id = picked.id
RETURNING
    delivery.id, delivery.notification_id, delivery.address, delivery.tries,
    notification.type, notification.language, notification.context, notification.secret,
    notification.path, notification.created_at, notification.expires_at,
    notification.legal_due_at, person.time_zone, choice.quiet_from, choice.quiet_until,
    browser.endpoint, browser.p256dh, browser.auth,
    browser.gone_at IS NOT NULL OR EXISTS (
        SELECT FROM notifications_suppression AS stop
        WHERE stop.channel = delivery.channel
        AND stop.address IN (delivery.address, lower(delivery.address))
    ) AS is_suppressed
"""


@dataclass(frozen=True)
class Claimed:
    """A delivery in our hands, with all that is needed to decide, render and send."""

    id: int
    notification_id: int
    address: str
    tries: int
    type: str
    language: str
    context: dict[str, str]
    secret: str
    path: str
    created_at: datetime
    expires_at: datetime | None
    legal_due_at: datetime | None
    time_zone: str
    quiet_from: time | None
    quiet_until: time | None
    endpoint: str | None
    p256dh: str | None
    auth: str | None
    is_suppressed: bool


@dataclass(frozen=True)
class Batch:
    """The deliveries of one claim, held together by its token."""

    lane: Lane
    channel: ChannelKind
    token: UUID
    claimed_at: datetime
    rows: list[Claimed]


def claim(lane: Lane, channel: ChannelKind, *, limit: int = BATCH_SIZE) -> Batch:
    """Lease up to `limit` waiting deliveries, the longest waiting first."""
    token, now = uuid4(), timezone.now()
    parameters: dict[str, Any] = {
        "lane": lane.value,
        "channel": channel.value,
        "due": now + CLOCK_TOLERANCE,
        "limit": limit,
        "token": token,
        "lease": lease(),
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_SQL, parameters)
        names = [column[0] for column in cursor.description]
        rows = [_claimed(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
    return Batch(lane, channel, token, now, rows)


def _claimed(row: dict[str, Any]) -> Claimed:
    # Django leaves the JSON of its own cursors unread.
    return Claimed(**{**row, "context": json.loads(row["context"])})
