"""Take waiting deliveries for one worker: one statement, and no two workers get the same."""

import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from notifications.ids import first_of
from notifications.kinds import CampaignState, ChannelKind, Lane
from notifications.lanes import BATCH_SIZE, CLOCK_TOLERANCE, lease

# Nothing waits longer than this to be sent, so older months need not be looked into.
LONGEST_WAIT = timedelta(days=100)

# Leases run on the database's clock, so that the clocks of two machines need not agree.
CLAIM_SQL = """
WITH picked AS (
    SELECT id, notification_id, push_subscription_id
    FROM notifications_delivery
    WHERE state = 'ready' AND lane = %(lane)s AND channel = %(channel)s
    AND {of_campaign} AND not_before <= %(due)s
    AND id BETWEEN %(oldest)s AND %(newest)s
    ORDER BY campaign_id, not_before
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE notifications_delivery AS delivery
    SET state = 'claimed', lease_token = %(token)s, lease_until = clock_timestamp() + %(lease)s
    FROM picked
    WHERE delivery.id = picked.id AND delivery.id BETWEEN %(oldest)s AND %(newest)s
    RETURNING delivery.*
)
SELECT
    delivery.id, delivery.notification_id, delivery.address, delivery.tries, delivery.calls,
    delivery.provider, notification.type, notification.language, notification.context,
    notification.secret, notification.path, notification.about, notification.is_mandatory,
    notification.created_at, notification.expires_at, notification.legal_due_at,
    campaign.words AS campaign_words, person.time_zone, choice.quiet_from, choice.quiet_until,
    browser.endpoint, browser.p256dh, browser.auth,
    browser.gone_at IS NOT NULL OR stop.id IS NOT NULL AS is_suppressed
FROM claimed AS delivery
JOIN notifications_notification AS notification ON notification.id = delivery.notification_id
JOIN portal_customer AS person ON person.id = notification.recipient_id
LEFT JOIN notifications_campaign AS campaign ON campaign.id = delivery.campaign_id
LEFT JOIN notifications_preference AS choice ON choice.person_id = person.id
LEFT JOIN notifications_pushsubscription AS browser ON browser.id = delivery.push_subscription_id
LEFT JOIN notifications_suppression AS stop
    ON stop.channel = delivery.channel AND stop.lifted_at IS NULL
    AND stop.address = CASE delivery.channel
        WHEN 'email' THEN lower(delivery.address) ELSE delivery.address END
"""
CLAIM_OF_NO_CAMPAIGN_SQL = CLAIM_SQL.format(of_campaign="campaign_id IS NULL")
CLAIM_OF_CAMPAIGN_SQL = CLAIM_SQL.format(of_campaign="campaign_id = %(campaign)s")

# Only what is going out; each in turn, so that a large campaign does not starve a small one.
GOING_OUT_SQL = """
SELECT id FROM notifications_campaign WHERE state = ANY(%(states)s) ORDER BY random()
"""
GOING_OUT = [CampaignState.CANARY.value, CampaignState.WAITING.value, CampaignState.RUNNING.value]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery in our hands, with all that is needed to decide, render and send."""

    id: UUID
    notification_id: int
    address: str
    tries: int
    calls: int
    provider: str
    type: str
    language: str
    context: dict[str, str]
    secret: str
    path: str
    about: str
    is_mandatory: bool
    created_at: datetime
    expires_at: datetime | None
    legal_due_at: datetime | None
    campaign_words: dict[str, dict[str, str]] | None
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
    """Lease up to `limit` waiting deliveries: those of single cases, then of campaigns going out.

    A paused or stopped campaign costs nothing here, however many of its rows wait.
    """
    now = timezone.now()
    batch = Batch(lane, channel, uuid4(), now, [])
    parameters: dict[str, Any] = {
        "lane": lane.value,
        "channel": channel.value,
        "due": now + CLOCK_TOLERANCE,
        "oldest": first_of(now - LONGEST_WAIT),
        "newest": first_of(now + timedelta(days=1)),
        "token": batch.token,
        "lease": lease(),
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_OF_NO_CAMPAIGN_SQL, {**parameters, "limit": limit})
        batch.rows.extend(_claimed(row) for row in cursor.fetchall())
        if lane == Lane.URGENT or len(batch.rows) == limit:
            return batch
        cursor.execute(GOING_OUT_SQL, {"states": GOING_OUT})
        for (campaign,) in cursor.fetchall():
            left = limit - len(batch.rows)
            if not left:
                break
            cursor.execute(
                CLAIM_OF_CAMPAIGN_SQL, {**parameters, "limit": left, "campaign": campaign}
            )
            batch.rows.extend(_claimed(row) for row in cursor.fetchall())
    return batch


def _claimed(row: tuple[Any, ...]) -> Claimed:
    # Django leaves the JSON of its own cursors unread.
    values = list(row)
    values[_CONTEXT] = json.loads(values[_CONTEXT])
    if values[_WORDS] is not None:
        values[_WORDS] = json.loads(values[_WORDS])
    return Claimed(*values)


_CONTEXT = list(Claimed.__slots__).index("context")
_WORDS = list(Claimed.__slots__).index("campaign_words")
