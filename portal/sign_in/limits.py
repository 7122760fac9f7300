"""How often anybody may try: counted in PostgreSQL, so that a dead cache opens no door.

Each thing that counts is a row. A bucket is full when as many rows as it may hold are younger
than the limit's time, so a limit slides and has no edge to wait for.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import connection, transaction
from django.utils import timezone

from portal.models import SignInTry


class Kind(enum.StrEnum):
    TRY_NAME = "try-name"  # the address or login as it was typed
    TRY_ACCOUNT = "try-account"  # whoever stands behind it
    TRY_SENDER = "try-sender"
    TRY_DEVICE = "try-device"
    TRY_ALL = "try-all"
    SEND_ADDRESS = "send-address"
    SEND_SENDER = "send-sender"
    SEND_DEVICE = "send-device"


@dataclass(frozen=True)
class Limit:
    most: int
    within: timedelta


ACCOUNT = (Limit(10, timedelta(hours=1)), Limit(20, timedelta(days=1)))
SENDER = (Limit(30, timedelta(minutes=5)),)
SENDING = (
    Limit(1, timedelta(seconds=30)),
    Limit(3, timedelta(minutes=15)),
    Limit(8, timedelta(days=1)),
)
LIMITS: dict[Kind, tuple[Limit, ...]] = {
    Kind.TRY_NAME: ACCOUNT,
    Kind.TRY_ACCOUNT: ACCOUNT,
    Kind.TRY_DEVICE: ACCOUNT,
    Kind.TRY_SENDER: SENDER,
    Kind.TRY_ALL: (Limit(500, timedelta(minutes=5)),),
    Kind.SEND_ADDRESS: SENDING,
    Kind.SEND_DEVICE: SENDING,
    Kind.SEND_SENDER: SENDER,
}
LONGEST = max(limit.within for limits in LIMITS.values() for limit in limits)


@dataclass(frozen=True)
class Bucket:
    """Whose tries of one kind are counted together; `key` is a keyed hash."""

    kind: Kind
    key: str = ""


class TooMany(Exception):
    """A bucket is full until `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until

    @property
    def seconds(self) -> int:
        return max(1, int((self.until - timezone.now()).total_seconds()) + 1)

    @property
    def minutes(self) -> int:
        return -(-self.seconds // 60)


# For each limit, the try that fills it: when that one has grown old, there is room again.
FREE_AT_SQL = """
SELECT max(filling.at + bound.within)
FROM unnest(%(kinds)s::text[], %(keys)s::text[], %(mosts)s::int[], %(withins)s::interval[])
    AS bound (kind, key, most, within)
CROSS JOIN LATERAL (
    SELECT earlier.at
    FROM portal_signintry AS earlier
    WHERE earlier.kind = bound.kind AND earlier.key = bound.key
        AND earlier.at > %(now)s - bound.within
    ORDER BY earlier.at DESC
    OFFSET bound.most - 1
    LIMIT 1
) AS filling
"""


@transaction.atomic
def take(buckets: Sequence[Bucket]) -> list[int]:
    """Count one try in every bucket before it is made, or raise TooMany and count none.

    Return what give_back() needs when the try turns out to have been no failure.
    """
    if not buckets:
        return []
    now = timezone.now()
    _wait_for_turn(buckets)
    free_at = _free_at(buckets, now)
    if free_at is not None:
        raise TooMany(free_at)
    rows = [SignInTry(kind=bucket.kind, key=bucket.key, at=now) for bucket in buckets]
    return [row.pk for row in SignInTry.objects.bulk_create(rows)]


def give_back(taken: Sequence[int]) -> None:
    """Forget this try only: one success must not wipe out the failures before it."""
    SignInTry.objects.filter(pk__in=taken).delete()


def _wait_for_turn(buckets: Sequence[Bucket]) -> None:
    """Let parallel tries on one bucket pass one by one until the transaction ends."""
    # The bucket of all is not locked: a few tries over 500 do no harm, a queue of everybody would.
    locks = sorted(_lock_number(bucket) for bucket in buckets if bucket.kind != Kind.TRY_ALL)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(number) FROM unnest(%s::bigint[]) AS number", [locks]
        )


def _lock_number(bucket: Bucket) -> int:
    digest = sha256(f"{bucket.kind}:{bucket.key}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def _free_at(buckets: Sequence[Bucket], now: datetime) -> datetime | None:
    bounds = [(bucket, limit) for bucket in buckets for limit in LIMITS[bucket.kind]]
    with connection.cursor() as cursor:
        cursor.execute(
            FREE_AT_SQL,
            {
                "kinds": [bucket.kind.value for bucket, _ in bounds],
                "keys": [bucket.key for bucket, _ in bounds],
                "mosts": [limit.most for _, limit in bounds],
                "withins": [limit.within for _, limit in bounds],
                "now": now,
            },
        )
        row = cursor.fetchone()
    return row[0] if row else None
