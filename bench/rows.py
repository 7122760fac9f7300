"""The rows every table begins with and looks at."""

import contextlib
import time
from collections.abc import Iterator
from datetime import datetime

from django.db import connection, transaction

from notifications.api import Lane, NotificationRequest
from notifications.kinds import ChannelKind
from notifications.outbox import owe
from portal.models import Customer

# Wordings stay: the workers remember which they wrote down.
EMPTIED = (
    "notifications_notification",
    "notifications_delivery",
    "notifications_attempt",
    "notifications_receipt",
    "notifications_deliverycount",
    "notifications_campaign",
)
PEOPLE_SQL = """
INSERT INTO portal_customer (
    password, is_superuser, reference, name, email, phone, locale, time_zone, jurisdiction, region,
    is_staff, is_active, date_joined
)
SELECT '', false, %(kind)s || '-' || n, 'B',
    CASE WHEN %(kind)s = 'email' THEN 'bench' || n || '@example.org' END,
    CASE WHEN %(kind)s = 'sms' THEN '+1202' || lpad(n::text, 7, '0') END,
    'en', 'America/New_York', 'US', '', false, true, now()
FROM generate_series(%(first)s, %(last)s) AS n
"""
OPEN_SQL = """
SELECT coalesce(sum(change), 0) FROM notifications_deliverycount
WHERE state IN ('ready', 'claimed', 'sending')
"""


def people(kind: ChannelKind, count: int) -> list[int]:
    """Return this many customers who can be reached by one channel only; make the missing."""
    mine = Customer.objects.filter(reference__startswith=f"{kind}-")
    have = mine.count()
    if have < count:
        with connection.cursor() as cursor:
            cursor.execute(PEOPLE_SQL, {"kind": kind.value, "first": have + 1, "last": count})
            cursor.execute("VACUUM ANALYZE portal_customer")
    return list(mine.order_by("pk").values_list("pk", flat=True)[:count])


def empty() -> None:
    """Begin anew, with nothing left to write for what was before."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(EMPTIED)} CASCADE")
        cursor.execute("CHECKPOINT")


@contextlib.contextmanager
def owing(people_ids: list[int], lane: Lane = Lane.BULK) -> Iterator[None]:
    """Owe each a message with words of its own (its link); workers are rung when this ends."""
    run = str(time.time_ns())
    with transaction.atomic():
        owe(
            NotificationRequest(
                recipient_id=pk,
                type="line_changed",
                dedupe_key=f"bench:{run}:{pk}",
                lane=lane,
                path=f"/decisions/LD-{pk}/",
            )
            for pk in people_ids
        )
        yield


def still_open() -> int:
    """Return how many deliveries have no result yet, by the engine's own counts."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_SQL)
        return int((cursor.fetchone() or (0,))[0])


def last_answer() -> datetime:
    """Return when the last answer was written down."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(ended_at) FROM notifications_attempt")
        (found,) = cursor.fetchone() or (None,)
        assert isinstance(found, datetime)
        return found


def states() -> dict[str, int]:
    """Count what became of the deliveries: only here, where it is the point."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, count(*) FROM notifications_delivery GROUP BY state")
        return dict(cursor.fetchall())
