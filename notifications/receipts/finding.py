"""Which of our calls a provider speaks of, found with two statements for any number of words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from notifications.ids import attempt_id, delivery_of, first_of
from notifications.kinds import ChannelKind
from notifications.receipts.words import CARRIES, Word

# Locked in one order, so that two posts about the same deliveries do not wait for each other.
BY_ATTEMPT_SQL = """
SELECT attempt.id, delivery.id, delivery.channel, delivery.address, attempt.provider
FROM notifications_attempt AS attempt
JOIN notifications_delivery AS delivery ON delivery.id = attempt.delivery_id
WHERE attempt.id = ANY(%(attempts)s) AND attempt.id BETWEEN %(low)s AND %(high)s
AND delivery.id = ANY(%(deliveries)s) AND delivery.id BETWEEN %(first)s AND %(high)s
ORDER BY delivery.id
FOR NO KEY UPDATE OF delivery
"""

# One call may have carried many people's mail: its id then says nothing about one of them.
BY_REF_SQL = """
SELECT provider_ref, min(id::text)::uuid, min(channel), min(address), min(provider), min(calls)
FROM notifications_delivery
WHERE provider_ref = ANY(%(refs)s) AND calls > 0 AND id >= %(oldest)s
GROUP BY provider_ref HAVING count(*) = 1
"""
# A provider has forgotten by then; and older months may be gone.
REFS_FOR = timedelta(days=100)


@dataclass(frozen=True, slots=True)
class Spoken:
    """The call a word speaks of."""

    attempt_id: UUID
    delivery_id: UUID
    channel: ChannelKind
    address: str
    provider: str


def spoken_of(words: Sequence[Word], now: datetime) -> dict[Word, Spoken]:
    """Return what each word speaks of; one about nothing we sent by that channel is left out."""
    by_attempt = _by_attempt({said.attempt_id for said in words if said.attempt_id})
    nameless = {said.provider_ref for said in words if said.attempt_id not in by_attempt}
    by_ref = _by_ref(nameless - {""}, now)
    found: dict[Word, Spoken] = {}
    for said in words:
        call = by_attempt.get(said.attempt_id) if said.attempt_id else None
        call = call or by_ref.get(said.provider_ref)
        if call and call.channel == CARRIES.get(said.provider):
            found[said] = call
    return found


def _by_attempt(attempts: set[UUID]) -> dict[UUID | None, Spoken]:
    if not attempts:
        return {}
    deliveries = {delivery_of(attempt) for attempt in attempts}
    parameters: dict[str, Any] = {
        "attempts": list(attempts),
        "deliveries": list(deliveries),
        "first": min(deliveries),
        "low": min(attempts),
        "high": max(attempts),
    }
    with connection.cursor() as cursor:
        cursor.execute(BY_ATTEMPT_SQL, parameters)
        return {row[0]: Spoken(row[0], row[1], ChannelKind(row[2]), *row[3:]) for row in cursor}


def _by_ref(refs: set[str], now: datetime) -> dict[str, Spoken]:
    if not refs:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(BY_REF_SQL, {"refs": list(refs), "oldest": first_of(now - REFS_FOR)})
        return {
            ref: Spoken(
                attempt_id(delivery, calls), delivery, ChannelKind(channel), address, provider
            )
            for ref, delivery, channel, address, provider, calls in cursor
        }
