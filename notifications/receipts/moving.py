"""Move deliveries forward by what providers said, and let what is owed go on from there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from notifications.delivery.settle import ARRIVED_ANOTHER_WAY, ENDED_ANOTHER_WAY, look_again
from notifications.kinds import ENDED, RANK, DeliveryState, earlier_than
from notifications.receipts.finding import Spoken
from notifications.receipts.words import Meaning, Word

# In one statement, so that of two words at the same moment the later one stands. The lease token
# stays: the answer that comes after the receipt may still add what it knows.
MOVE_SQL = """
UPDATE notifications_delivery AS delivery
SET state = said.state, reason = said.reason,
    provider_ref = coalesce(nullif(delivery.provider_ref, ''), said.provider_ref),
    sent_at = coalesce(delivery.sent_at, %(now)s),
    ended_at = CASE WHEN said.is_over THEN %(now)s ELSE delivery.ended_at END,
    lease_until = NULL, ask_at = NULL
FROM unnest(
    %(ids)s::uuid[], %(states)s::text[], %(reasons)s::text[], %(provider_refs)s::text[],
    %(are_over)s::boolean[]
) AS said (id, state, reason, provider_ref, is_over)
WHERE delivery.id = said.id AND delivery.id BETWEEN %(low)s AND %(high)s
AND (delivery.state, said.state) IN (SELECT * FROM unnest(%(from)s::text[], %(to)s::text[]))
RETURNING delivery.id, delivery.notification_id, delivery.state
"""

# Mail that was delivered and came back after all: nothing else has arrived, so what had been
# called off because of it goes out now.
REOPEN_SQL = """
WITH reopened AS (
    UPDATE notifications_notification AS notification
    SET settled_at = NULL, settled_as = '', settle_at = %(now)s
    WHERE id = ANY(%(notifications)s) AND settled_as = 'reached' AND NOT EXISTS (
        SELECT FROM notifications_delivery AS other
        WHERE other.notification_id = notification.id AND other.state = 'delivered'
        AND other.channel <> 'push' AND other.id BETWEEN %(low)s AND %(high)s
    )
    RETURNING id
)
UPDATE notifications_delivery AS delivery
SET state = 'ready', reason = %(because)s, ended_at = NULL, not_before = %(now)s
FROM reopened
WHERE delivery.notification_id = reopened.id AND delivery.id BETWEEN %(low)s AND %(high)s
AND delivery.state = 'cancelled' AND delivery.reason = %(called_off)s
"""
FORWARD = [(old, new) for new in RANK for old in earlier_than(new)]
# A notification's deliveries differ in these bits of their ids only (notifications/ids.py).
_OF_ONE_NOTIFICATION = (1 << 20) - 1


def move(known: Sequence[tuple[Word, Spoken, Meaning]], now: datetime) -> None:
    """Give each delivery the most advanced state of these words, if it is not there yet."""
    strongest: dict[UUID, tuple[Word, Meaning]] = {}
    for said, call, meaning in known:
        earlier = strongest.get(call.delivery_id)
        if earlier is None or RANK[meaning.state] > RANK[earlier[1].state]:
            strongest[call.delivery_id] = said, meaning
    if not strongest:
        return
    with connection.cursor() as cursor:
        cursor.execute(MOVE_SQL, _columns(strongest, now))
        moved = cursor.fetchall()
    look_again([owed for _id, owed, state in moved if state in ENDED], now)
    _reopen([(row_id, owed) for row_id, owed, state in moved if _came_back(state)], now)


def _came_back(state: str) -> bool:
    return state == DeliveryState.UNDELIVERED


def _columns(strongest: dict[UUID, tuple[Word, Meaning]], now: datetime) -> dict[str, Any]:
    meanings = [meaning for _said, meaning in strongest.values()]
    return {
        "now": now,
        "ids": list(strongest),
        "low": min(strongest),
        "high": max(strongest),
        "states": [meaning.state.value for meaning in meanings],
        "reasons": [meaning.reason for meaning in meanings],
        "provider_refs": [said.provider_ref[:100] for said, _meaning in strongest.values()],
        "are_over": [meaning.state in ENDED for meaning in meanings],
        "from": [old.value for old, _new in FORWARD],
        "to": [new.value for _old, new in FORWARD],
    }


def _reopen(came_back: list[tuple[UUID, int]], now: datetime) -> None:
    if not came_back:
        return
    ids = [row_id.int for row_id, _owed in came_back]
    with connection.cursor() as cursor:
        cursor.execute(
            REOPEN_SQL,
            {
                "now": now,
                "notifications": sorted({owed for _id, owed in came_back}),
                "low": UUID(int=min(ids) & ~_OF_ONE_NOTIFICATION),
                "high": UUID(int=max(ids) | _OF_ONE_NOTIFICATION),
                "because": ENDED_ANOTHER_WAY,
                "called_off": ARRIVED_ANOTHER_WAY,
            },
        )
