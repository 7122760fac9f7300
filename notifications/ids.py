"""Ids that say when, about what and how: they decide the partition and forbid a second row.

A delivery's id is made of its notification's time, number, channel and place, an attempt's of its
delivery's id and its number. So the primary key alone keeps "one delivery a channel" and "attempts
are numbered" on tables that are partitioned by it, and a delivery, its attempts and their receipts
always lie in the same month. The form is RFC 9562, version 8:

    48 bits milliseconds | 8 | 12 bits notification | 10 | 42 bits notification | 4 bits channel |
    6 bits place | 10 bits number of the attempt (0 in a delivery's id)

`notifications_delivery_id` (migration 0004) is the same in SQL.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

from notifications.kinds import ChannelKind

CHANNEL_CODES = {
    ChannelKind.SMS: 1,
    ChannelKind.EMAIL: 2,
    ChannelKind.PUSH: 3,
    ChannelKind.LETTER: 4,
}
MOST_ATTEMPTS = 1_023
MOST_PLACES = 63  # browsers of one person; the other channels have place 0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER_BITS = 10
_VERSION = 0x8 << 76
_VARIANT = 0b10 << 62


def delivery_id(
    made_at: datetime, notification_id: int, channel: ChannelKind, place: int = 0
) -> UUID:
    """Return the only id a notification's delivery by this channel can have."""
    high, low = notification_id >> 42, notification_id & ((1 << 42) - 1)
    way = (CHANNEL_CODES[channel] << 16) | (place << _NUMBER_BITS)
    return UUID(
        int=(_milliseconds(made_at) << 80)
        | _VERSION
        | ((high & 0xFFF) << 64)
        | _VARIANT
        | (low << 20)
        | way
    )


def attempt_id(delivery: UUID, number: int) -> UUID:
    """Return the id of a delivery's attempt, counted from 1; raises ValueError past the last."""
    if not 1 <= number <= MOST_ATTEMPTS:
        raise ValueError(f"A delivery has at most {MOST_ATTEMPTS} attempts.")
    return UUID(int=delivery.int + number)


def delivery_of(attempt: UUID) -> UUID:
    """Return the delivery an attempt belongs to."""
    return UUID(int=attempt.int >> _NUMBER_BITS << _NUMBER_BITS)


def receipt_id(month_of: UUID, provider: str, event_id: str) -> UUID:
    """Return the same id for the same event, in the month of the attempt it speaks of."""
    digest = int.from_bytes(hashlib.sha256(f"{provider}\0{event_id}".encode()).digest()[:10])
    high, low = (digest >> 62) & 0xFFF, digest & ((1 << 62) - 1)
    return UUID(int=(month_of.int >> 80 << 80) | _VERSION | (high << 64) | _VARIANT | low)


def first_of(moment: datetime) -> UUID:
    """Return the lowest id of that millisecond: where a partition begins."""
    return UUID(int=_milliseconds(moment) << 80)


def time_of(row_id: UUID) -> datetime:
    """Return the time in an id, to the millisecond."""
    return _EPOCH + timedelta(milliseconds=row_id.int >> 80)


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
