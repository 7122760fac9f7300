"""How campaigns end: by themselves when nothing is left to do, or because somebody stopped them.

What the law asks for does not disappear with a stopped campaign: its notifications are settled as
`stopped`, which names a person and a reason. They are not left open, since a late bounce would
bring an open one back to its next channel, a letter with the very words that were stopped.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_noop

from notifications.delivery.claim import LONGEST_WAIT
from notifications.ids import first_of
from notifications.kinds import UNDER_WAY, CampaignState, ChannelKind, Lane
from notifications.models import Campaign

STOPPED = gettext_noop("The campaign was stopped.")
PORTION = 5_000
# A call is a few seconds; the next beat goes on where this one stopped.
MOST_PORTIONS = 20

# A follower may still be made for what waits for a receipt, and a lost answer may turn out to
# mean "never sent": only then is there nothing left that could go out.
DONE_SQL = """
UPDATE notifications_campaign AS campaign SET state = 'done', ended_at = %(now)s
WHERE state = 'running' AND is_expanded
AND coalesce((
    SELECT sum(change) FROM notifications_deliverycount AS counted
    WHERE counted.campaign_id = campaign.id AND counted.state = ANY(%(under_way)s)
), 0) = 0
AND NOT EXISTS (
    SELECT FROM notifications_notification AS notification
    WHERE notification.campaign_id = campaign.id AND notification.settle_at IS NOT NULL
)
AND NOT EXISTS (
    SELECT FROM notifications_delivery AS delivery
    WHERE delivery.campaign_id = campaign.id AND delivery.ask_at IS NOT NULL
    AND delivery.state = 'unknown'
)
"""

# Nothing follows any more: what the law asks for was stopped by a person who said why.
SETTLE_SQL = """
UPDATE notifications_notification
SET settle_at = NULL,
    settled_at = CASE WHEN is_mandatory THEN %(now)s ELSE settled_at END,
    settled_as = CASE WHEN is_mandatory THEN 'stopped' ELSE settled_as END
WHERE id IN (
    SELECT id FROM notifications_notification
    WHERE campaign_id = %(campaign)s AND settle_at IS NOT NULL
    LIMIT %(portion)s FOR NO KEY UPDATE SKIP LOCKED
)
"""

CANCEL_SQL = """
WITH picked AS (
    SELECT id FROM notifications_delivery
    WHERE {which} AND campaign_id = %(campaign)s AND id BETWEEN %(oldest)s AND %(newest)s
    LIMIT %(portion)s FOR UPDATE SKIP LOCKED
), cancelled AS (
    UPDATE notifications_delivery AS delivery
    SET state = 'cancelled', reason = %(reason)s, ended_at = %(now)s,
        lease_token = NULL, lease_until = NULL
    FROM picked
    WHERE delivery.id = picked.id AND delivery.id BETWEEN %(oldest)s AND %(newest)s
    RETURNING delivery.notification_id
), settled AS (
    UPDATE notifications_notification AS notification
    SET settle_at = NULL, settled_at = %(now)s, settled_as = 'stopped'
    FROM cancelled
    WHERE notification.id = cancelled.notification_id
    AND notification.is_mandatory AND notification.settled_at IS NULL
)
SELECT count(*) FROM cancelled
"""
# By the index of what may be claimed, and by the index of what is leased.
WAITING = "state = 'ready' AND lane = ANY(%(lanes)s) AND channel = ANY(%(channels)s)"
CLAIMED = "state = 'claimed'"
UNSENT = (WAITING, CLAIMED)


def end_done(now: datetime | None = None) -> int:
    """End the campaigns of which nothing is left to send, and return how many these were."""
    parameters: dict[str, Any] = {
        "now": now or timezone.now(),
        "under_way": [state.value for state in UNDER_WAY],
    }
    with connection.cursor() as cursor:
        cursor.execute(DONE_SQL, parameters)
        return int(cursor.rowcount)


def clear_stopped(now: datetime | None = None) -> int:
    """Cancel what stopped campaigns left unsent, in portions; return how many rows that was."""
    now = now or timezone.now()
    stopped = Campaign.objects.filter(
        state=CampaignState.STOPPED, ended_at__gt=now - LONGEST_WAIT, started_at__isnull=False
    )
    return sum(clear_campaign(campaign, now) for campaign in stopped)


def clear_campaign(campaign: Campaign, now: datetime) -> int:
    """Cancel some of what one stopped campaign left; nothing of it goes out meanwhile either."""
    began = campaign.started_at or campaign.created_at
    parameters: dict[str, Any] = {
        "campaign": campaign.pk,
        "now": now,
        "reason": STOPPED,
        "portion": PORTION,
        "lanes": [lane.value for lane in Lane],
        "channels": [channel.value for channel in ChannelKind],
        "oldest": first_of(began - timedelta(days=1)),
        "newest": first_of(now + timedelta(days=1)),
    }
    cleared = 0
    for _portion in range(MOST_PORTIONS):
        portion = _settle(parameters) + sum(_cancel(which, parameters) for which in UNSENT)
        cleared += portion
        if not portion:
            break
    return cleared


def _settle(parameters: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(SETTLE_SQL, parameters)
        return int(cursor.rowcount)


def _cancel(which: str, parameters: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(CANCEL_SQL.format(which=which), parameters)
        return int((cursor.fetchone() or (0,))[0])
