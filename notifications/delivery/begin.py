"""Write down that a call is about to be made, before it is made."""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from notifications.channels.base import Message, Provider
from notifications.delivery.check import Aside
from notifications.delivery.claim import GOING_OUT, Batch, Claimed
from notifications.lanes import lease

# Rows are found by their ids. A plain `state = 'claimed'` lets PostgreSQL read the index of leases
# too, with an entry for each delivery that was leased since the last vacuum: in the middle of a
# campaign that costs more than all the rest. `|| ''` keeps it from that.

# Where a channel ends for what is owed, its notification goes on to the next one at once.
ASIDE_SQL = """
WITH moved AS (
    UPDATE notifications_delivery AS delivery
    SET state = CASE WHEN aside.until IS NULL THEN 'cancelled' ELSE 'ready' END,
        reason = aside.reason,
        not_before = coalesce(aside.until, delivery.not_before),
        ended_at = CASE WHEN aside.until IS NULL THEN %(now)s END,
        lease_token = NULL, lease_until = NULL
    FROM unnest(%(ids)s::uuid[], %(reasons)s::text[], %(untils)s::timestamptz[])
        AS aside (id, reason, until)
    WHERE delivery.id = aside.id AND delivery.id BETWEEN %(low)s AND %(high)s
    AND delivery.lease_token = %(token)s AND delivery.state || '' = 'claimed'
    RETURNING delivery.notification_id, delivery.state
)
UPDATE notifications_notification AS notification
SET settle_at = CASE WHEN notification.id = ANY(%(overtaken)s) THEN NULL ELSE %(now)s END,
    settled_at = CASE WHEN notification.id = ANY(%(overtaken)s) THEN %(now)s END,
    settled_as = CASE WHEN notification.id = ANY(%(overtaken)s) THEN 'no_longer_true' ELSE '' END
FROM moved
WHERE notification.id = moved.notification_id AND moved.state = 'cancelled'
AND notification.settle_at IS NOT NULL
"""

# Only what is still ours is begun: a claim that ran out may be in other hands, a campaign may have
# been paused or stopped since, and the person may have answered STOP.
BEGIN_SQL = """
WITH begun AS (
    UPDATE notifications_delivery AS delivery
    SET state = 'sending', tries = delivery.tries + 1, calls = delivery.calls + 1,
        provider = %(provider)s, reason = '', content_sha256 = go.sha256, wording_id = go.wording,
        lease_until = clock_timestamp() + %(lease)s
    FROM unnest(%(ids)s::uuid[], %(attempt_ids)s::uuid[], %(sha256s)s::text[],
        %(wordings)s::bigint[]) AS go (id, attempt_id, sha256, wording)
    WHERE delivery.id = go.id AND delivery.id BETWEEN %(low)s AND %(high)s
    AND delivery.lease_token = %(token)s AND delivery.state || '' = 'claimed'
    AND (delivery.campaign_id IS NULL OR delivery.campaign_id IN (
        SELECT id FROM notifications_campaign WHERE state = ANY(%(going_out)s)
    ))
    AND NOT EXISTS (
        SELECT FROM notifications_suppression AS stop
        WHERE stop.channel = delivery.channel AND stop.lifted_at IS NULL
        AND stop.address = CASE delivery.channel
            WHEN 'email' THEN lower(delivery.address) ELSE delivery.address END
    )
    RETURNING delivery.id, delivery.calls, go.attempt_id
)
INSERT INTO notifications_attempt
    (id, delivery_id, number, provider, started_at, outcome, code, detail)
SELECT attempt_id, id, calls, %(provider)s, %(now)s, '', '', ''
FROM begun
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Sending:
    """A claimed delivery and the message made of it."""

    row: Claimed
    message: Message


def put_aside(batch: Batch, rows: list[tuple[Claimed, Aside]]) -> None:
    """Cancel what must not be sent, and give back what must wait."""
    if not rows:
        return
    ids = [row.id for row, _aside in rows]
    parameters: dict[str, Any] = {
        "ids": ids,
        "low": min(ids),
        "high": max(ids),
        "reasons": [aside.reason for _row, aside in rows],
        "untils": [aside.until for _row, aside in rows],
        "overtaken": [row.notification_id for row, aside in rows if aside.is_overtaken],
        "token": batch.token,
        "now": timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(ASIDE_SQL, parameters)


def begin(batch: Batch, going: list[Sending], provider: Provider) -> list[Sending]:
    """Write the attempts and commit; only what this returns may be sent."""
    if not going:
        return []
    ids = [one.row.id for one in going]
    parameters: dict[str, Any] = {
        "ids": ids,
        "low": min(ids),
        "high": max(ids),
        "attempt_ids": [one.message.attempt_id for one in going],
        "sha256s": [one.message.sha256 for one in going],
        "wordings": [one.message.draft.id if one.message.draft else None for one in going],
        "going_out": GOING_OUT,
        "token": batch.token,
        "provider": provider.name,
        "lease": lease(),
        "now": timezone.now(),
    }
    # Durable: inside somebody else's transaction the attempt could be rolled back after the call.
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(BEGIN_SQL, parameters)
        begun = {attempt_id for (attempt_id,) in cursor.fetchall()}
    return [one for one in going if one.message.attempt_id in begun]
