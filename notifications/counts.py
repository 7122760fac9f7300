"""Numbers of deliveries, read from the sums a trigger writes; deliveries are never counted.

The sums hold everything that ever was: a month of deliveries that was taken away stays counted.
"""

import enum
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum
from django.db.models.functions import TruncHour, TruncMinute
from django.db.models.functions.datetime import TruncBase
from django.utils import timezone

from notifications.kinds import DeliveryState
from notifications.models import DeliveryCount

KEPT_BY_MINUTE = timedelta(hours=3)
KEPT_BY_HOUR = timedelta(days=8)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A provider took what is in one of these. Some skip the first: a receipt may be faster than the
# answer. So what was sent is the sum of the changes of all three, which counts each only once.
SENT = frozenset({DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.UNDELIVERED})
# Whoever folds holds this; another one has nothing to do meanwhile.
FOLDING_LOCK = 0x5265636F_756E74

# Where each row belongs by now, and the spans that hold a row elsewhere or two of one kind.
_INTO_SQL = """
CASE WHEN minute < %(hours_from)s THEN %(epoch)s
    WHEN minute < %(minutes_from)s THEN date_trunc('hour', minute, 'UTC')
    ELSE minute END
"""
_KEY = "lane, channel, provider, campaign_id, state"
UNFOLDED_SQL = f"""
SELECT DISTINCT into_minute,
    CASE WHEN minute < %(minutes_from)s THEN date_trunc('hour', minute, 'UTC') ELSE minute END
FROM (
    SELECT minute, {_INTO_SQL} AS into_minute,
        count(*) OVER (PARTITION BY {_INTO_SQL}, {_KEY}) AS twins
    FROM notifications_deliverycount WHERE minute < %(now)s
) AS placed
WHERE twins > 1 OR minute <> into_minute
ORDER BY 2
"""  # noqa: S608 - joined from our own constants
# One statement: whoever reads meanwhile sees the rows of before or the row of after.
FOLD_SQL = f"""
WITH gone AS (
    DELETE FROM notifications_deliverycount
    WHERE (minute >= %(begin)s AND minute < %(end)s) OR minute = %(into)s
    RETURNING {_KEY}, change, entered
)
INSERT INTO notifications_deliverycount (minute, {_KEY}, change, entered)
SELECT %(into)s, {_KEY}, sum(change), sum(entered) FROM gone GROUP BY {_KEY}
"""  # noqa: S608 - joined from our own constants


class Happening(enum.StrEnum):
    """What a chart shows: how deliveries left us, and what came back."""

    SENT = "sent"
    FAILED = "failed"
    UNDELIVERED = "undelivered"
    UNKNOWN = "unknown"


WRONG = frozenset({Happening.FAILED, Happening.UNDELIVERED, Happening.UNKNOWN})
CHARTED = [*SENT, DeliveryState.FAILED, DeliveryState.UNKNOWN]


@dataclass(frozen=True)
class Count:
    """How many deliveries of one kind are in a state now, and how many ever came into it."""

    lane: str
    channel: str
    provider: str
    campaign_id: int | None
    state: DeliveryState
    now: int
    ever: int


@dataclass(frozen=True)
class Point:
    """How often something happened to deliveries of one kind within one step of time."""

    at: datetime
    lane: str
    channel: str
    provider: str
    what: Happening
    count: int


def read_counts(**only: Any) -> list[Count]:
    """Return the sums of all deliveries, or of those `only` names, in one query."""
    rows = (
        DeliveryCount.objects.filter(**only)
        .values_list("lane", "channel", "provider", "campaign_id", "state")
        .annotate(now=Sum("change"), ever=Sum("entered"))
    )
    return [
        Count(lane, channel, provider, campaign, DeliveryState(state), now, ever)
        for lane, channel, provider, campaign, state, now, ever in rows
    ]


def happened_by_minute(since: datetime) -> list[Point]:
    """Return what happened minute by minute; minutes are folded after 3 hours."""
    return _points(since, TruncMinute("minute", tzinfo=UTC))


def happened_by_hour(since: datetime) -> list[Point]:
    """Return what happened hour by hour; hours are folded after 8 days."""
    return _points(since, TruncHour("minute", tzinfo=UTC))


def _points(since: datetime, step: TruncBase) -> list[Point]:
    rows = (
        DeliveryCount.objects.filter(minute__gte=since, state__in=CHARTED)
        .values_list(step, "lane", "channel", "provider", "state")
        .annotate(change=Sum("change"), entered=Sum("entered"))
        .order_by()
    )
    found: Counter[tuple[datetime, str, str, str, Happening]] = Counter()
    for at, lane, channel, provider, state, change, entered in rows:
        if state in SENT:
            found[at, lane, channel, provider, Happening.SENT] += change
        if state in WRONG:
            found[at, lane, channel, provider, Happening(state)] += entered
    # Taken back to be tried again, a minute may have sent less than nothing.
    return [Point(*kind, count) for kind, count in sorted(found.items()) if count > 0]


def fold(now: datetime | None = None) -> int:
    """Fold what is over into fewer rows with the same sums; return how many spans were folded.

    Each span is a transaction: a worker that dies leaves the rest as it was.
    """
    now = (now or timezone.now()).astimezone(UTC).replace(second=0, microsecond=0)
    bounds = {
        "now": now,
        "minutes_from": (now - KEPT_BY_MINUTE).replace(minute=0),
        "hours_from": (now - KEPT_BY_HOUR).replace(minute=0),
        "epoch": EPOCH,
    }
    return sum(_fold_span(into, begin, bounds["minutes_from"]) for into, begin in _unfolded(bounds))


def _unfolded(bounds: dict[str, datetime]) -> list[tuple[datetime, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(UNFOLDED_SQL, bounds)
        return list(cursor.fetchall())


def _fold_span(into: datetime, begin: datetime, minutes_from: datetime) -> int:
    """Fold one span, unless somebody else is folding; say if it was."""
    length = timedelta(minutes=1) if begin >= minutes_from else timedelta(hours=1)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [FOLDING_LOCK])
        if cursor.fetchone() != (True,):
            return 0
        cursor.execute(FOLD_SQL, {"into": into, "begin": begin, "end": begin + length})
    return 1
