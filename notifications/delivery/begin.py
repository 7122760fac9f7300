"""Write down that a call is about to be made, before it is made."""

import secrets
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from notifications.channels.base import Message
from notifications.delivery.check import Aside
from notifications.delivery.claim import Batch, Claimed
from notifications.lanes import lease

ASIDE_SQL = """
UPDATE notifications_delivery AS delivery
SET state = CASE WHEN aside.until IS NULL THEN 'cancelled' ELSE 'ready' END,
    reason = aside.reason,
    not_before = coalesce(aside.until, delivery.not_before),
    ended_at = CASE WHEN aside.until IS NULL THEN %(now)s END,
    lease_token = NULL, lease_until = NULL
FROM unnest(%(ids)s::bigint[], %(reasons)s::text[], %(untils)s::timestamptz[])
    AS aside (id, reason, until)
WHERE delivery.id = aside.id AND delivery.lease_token = %(token)s AND delivery.state = 'claimed'
"""

# Only what is still ours is begun: a claim that ran out may be in other hands.
BEGIN_SQL = """
WITH begun AS (
    UPDATE notifications_delivery AS delivery
    SET state = 'sending', tries = delivery.tries + 1, provider = %(provider)s, reason = '',
        content_sha256 = go.sha256, lease_until = clock_timestamp() + %(lease)s
    FROM unnest(%(ids)s::bigint[], %(attempt_ids)s::uuid[], %(sha256s)s::text[])
        AS go (id, attempt_id, sha256)
    WHERE delivery.id = go.id AND delivery.lease_token = %(token)s AND delivery.state = 'claimed'
    RETURNING delivery.id, go.attempt_id
)
INSERT INTO notifications_attempt (id, delivery_id, number, started_at, outcome, code, detail)
SELECT attempt_id, begun.id, 1 + coalesce(
        (SELECT max(number) FROM notifications_attempt WHERE delivery_id = begun.id), 0
    ), %(now)s, '', '', ''
FROM begun
RETURNING id
"""


@dataclass(frozen=True)
class Sending:
    """A claimed delivery and the message made of it."""

    row: Claimed
    message: Message


def put_aside(batch: Batch, rows: list[tuple[Claimed, Aside]]) -> None:
    """Cancel what must not be sent, and give back what must wait."""
    if not rows:
        return
    parameters: dict[str, Any] = {
        "ids": [row.id for row, _aside in rows],
        "reasons": [aside.reason for _row, aside in rows],
        "untils": [aside.until for _row, aside in rows],
        "token": batch.token,
        "now": timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(ASIDE_SQL, parameters)


def begin(batch: Batch, going: list[Sending], provider: str) -> list[Sending]:
    """Write the attempts and commit; only what this returns may be sent."""
    if not going:
        return []
    parameters: dict[str, Any] = {
        "ids": [one.row.id for one in going],
        "attempt_ids": [one.message.attempt_id for one in going],
        "sha256s": [one.message.sha256 for one in going],
        "token": batch.token,
        "provider": provider,
        "lease": lease(),
        "now": timezone.now(),
    }
    # Durable: inside somebody else's transaction the attempt could be rolled back after the call.
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(BEGIN_SQL, parameters)
        begun = {attempt_id for (attempt_id,) in cursor.fetchall()}
    return [one for one in going if one.message.attempt_id in begun]


def new_attempt_id() -> UUID:
    """Return a random id that begins with the time (RFC 9562, version 7).

    So the attempts of one hour lie together in the index.
    """
    milliseconds = time.time_ns() // 1_000_000
    number = (milliseconds << 80) | (0x7 << 76) | (secrets.randbits(12) << 64)
    return UUID(int=number | (0b10 << 62) | secrets.randbits(62))
