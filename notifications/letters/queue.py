"""What waits to be printed, most urgent first, and the taking of it: nobody gets the same twice."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop

from notifications.counts import read_counts
from notifications.delivery.settle import ARRIVED_ANOTHER_WAY
from notifications.kinds import CampaignState, ChannelKind, DeliveryState, Lane, Settled
from notifications.models import Delivery, Notification
from notifications.truth import overtaken

# Long enough for the largest batch on a slow machine; after it the letters are free again.
LEASE = timedelta(minutes=10)
# A legal due date so near is shown in red.
NEAR = timedelta(days=5)
HALTED = (CampaignState.PAUSED, CampaignState.STOPPED)
NO_TEXT = gettext_noop("There is no text for this letter.")
BROKEN = gettext_noop("Our program cannot set this letter: tell an administrator.")
NO_CHINESE_FONT = gettext_noop("No font for Chinese is installed.")
NO_GLYPH = gettext_noop("No font of ours has a character of this letter:")

# The partial index of what waits is read first, whatever else the tables hold; so the cost grows
# with the letters that wait, not with those that ever were.
WAITING_SQL = """
WITH waiting AS MATERIALIZED (
    SELECT id, notification_id, not_before FROM notifications_delivery
    WHERE state = 'ready' AND channel = 'letter' AND lane = ANY(%(lanes)s)
    AND not_before <= %(now)s
)
SELECT delivery.id
FROM waiting
JOIN notifications_delivery AS delivery ON delivery.id = waiting.id
JOIN notifications_notification AS notification ON notification.id = waiting.notification_id
JOIN portal_customer AS person ON person.id = notification.recipient_id
LEFT JOIN notifications_campaign AS campaign ON campaign.id = notification.campaign_id
WHERE delivery.state = 'ready'
AND (campaign.id IS NULL OR campaign.state <> ALL(%(halted)s))
AND %(jurisdiction)s IN ('', person.jurisdiction)
ORDER BY notification.legal_due_at NULLS LAST, waiting.not_before, waiting.id
LIMIT %(limit)s
"""
CLAIM_SQL = f"{WAITING_SQL} FOR UPDATE OF delivery SKIP LOCKED"


@dataclass
class Claim:
    """Letters in one person's hands; the token says that they still are."""

    token: UUID = field(default_factory=uuid4)
    rows: list[Delivery] = field(default_factory=list)


def waiting_letters(limit: int) -> list[Delivery]:
    """Return what may be printed now, the nearest legal due date first."""
    return _in_order(_most_urgent(WAITING_SQL, limit))


def how_many_wait() -> int:
    """Return the number of waiting letters, from the sums."""
    return sum(
        count.now for count in read_counts(channel=ChannelKind.LETTER, state=DeliveryState.READY)
    )


def claim_letters(claim: Claim, limit: int, jurisdiction: str = "") -> list[Delivery]:
    """Take up to so many more letters; what somebody else is taking is left to them."""
    with transaction.atomic():
        ids = _most_urgent(CLAIM_SQL, limit, jurisdiction)
        Delivery.objects.filter(pk__in=ids).update(
            state=DeliveryState.CLAIMED, lease_token=claim.token, lease_until=Now() + LEASE
        )
        return _in_order(ids)


def drop_untrue(claim: Claim, rows: list[Delivery]) -> list[Delivery]:
    """Cancel the letters that are no longer needed, and return the others."""
    found = overtaken((row.notification.type, row.notification.about) for row in rows)
    stale: dict[str, list[Delivery]] = {}
    good = []
    for row in rows:
        one = row.notification
        if reason := found.get((one.type, one.about)):
            stale.setdefault(reason, []).append(row)
        elif one.settled_at:
            stale.setdefault(ARRIVED_ANOTHER_WAY, []).append(row)
        else:
            good.append(row)
    now = timezone.now()
    for reason, those in stale.items():
        with transaction.atomic():
            _held(claim, those).update(
                state=DeliveryState.CANCELLED, reason=reason, ended_at=now, **_NO_LEASE
            )
            Notification.objects.filter(
                pk__in=[row.notification_id for row in those], settled_at=None
            ).update(settled_at=now, settled_as=Settled.NO_LONGER_TRUE, settle_at=None)
    return good


def give_back(claim: Claim, rows: list[Delivery], reason: str = "") -> None:
    """Let letters wait again, with the cause why they could not be printed."""
    changes = {"reason": reason} if reason else {}
    _held(claim, rows).update(state=DeliveryState.READY, **changes, **_NO_LEASE)


def is_near(due: datetime | None, now: datetime) -> bool:
    """Say whether a legal due date leaves little time to print and post."""
    return due is not None and due - NEAR <= now


_NO_LEASE = {"lease_token": None, "lease_until": None}


def _held(claim: Claim, rows: list[Delivery]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        pk__in=[row.pk for row in rows], lease_token=claim.token, state=DeliveryState.CLAIMED
    )


def _most_urgent(statement: str, limit: int, jurisdiction: str = "") -> list[UUID]:
    parameters: dict[str, Any] = {
        "lanes": [lane.value for lane in Lane],
        "now": timezone.now(),
        "halted": [state.value for state in HALTED],
        "jurisdiction": jurisdiction,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [row_id for (row_id,) in cursor.fetchall()]


def _in_order(ids: list[UUID]) -> list[Delivery]:
    found = Delivery.objects.select_related(
        "notification__recipient", "notification__campaign"
    ).in_bulk(ids)
    return [found[row_id] for row_id in ids]
