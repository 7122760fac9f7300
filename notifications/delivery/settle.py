"""Did it arrive? What is owed goes from channel to channel until it did, and ends in a letter.

A notification that something may follow carries `settle_at`, when to look at it. Whatever ends a
delivery brings that forward; so one place decides, however the end came about.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from notifications.ids import delivery_id
from notifications.kinds import UNDER_WAY, ChannelKind, DeliveryState, Settled
from notifications.models import Delivery, Notification
from notifications.preferences import REACHABLE_SQL
from notifications.types import LETTER_LEAD, TYPES

AT_ONCE = 500
ARRIVED_ANOTHER_WAY = gettext_noop("It arrived another way.")
ENDED_ANOTHER_WAY = gettext_noop("The channels before it did not reach the person.")
NO_OTHER_WAY = gettext_noop("No other channel reaches the person.")
ONLY_ON_PAPER = gettext_noop(
    "The law asks for a letter: the person has not agreed to electronic notices."
)
# While a delivery is still being tried, it is looked at again so often.
WHILE_UNDER_WAY = timedelta(minutes=30)
PROOF = frozenset({ChannelKind.SMS, ChannelKind.EMAIL, ChannelKind.LETTER})

LOOK_SQL = """
UPDATE notifications_notification SET settle_at = %(now)s
WHERE id = ANY(%(ids)s) AND settled_at IS NULL
AND (settle_at > %(now)s OR (settle_at IS NULL AND is_mandatory))
"""

WRITE_SQL = """
UPDATE notifications_notification AS notification
SET settle_at = look.settle_at, settled_at = look.settled_at, settled_as = look.settled_as,
    unreached = look.unreached
FROM unnest(%(ids)s::bigint[], %(settle_ats)s::timestamptz[], %(settled_ats)s::timestamptz[],
    %(settled_as)s::text[], %(unreached)s::text[])
    AS look (id, settle_at, settled_at, settled_as, unreached)
WHERE notification.id = look.id
"""


@dataclass(frozen=True)
class Next:
    """What a look found: another channel now, or when to look again (None: never)."""

    channel: ChannelKind | None = None
    look_at: datetime | None = None
    is_reached: bool = False


def look_again(notification_ids: list[int], now: datetime) -> None:
    """Look soon at these notifications: one of their deliveries has ended."""
    if not notification_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(LOOK_SQL, {"ids": sorted(set(notification_ids)), "now": now})


def settle_due(now: datetime | None = None, *, limit: int = AT_ONCE) -> tuple[int, set[str]]:
    """Look at what is due; return how many were looked at, and "lane channel" of new deliveries.

    One transaction: a worker that dies in it leaves everything as it was.
    """
    now = now or timezone.now()
    with transaction.atomic():
        due = list(
            Notification.objects.select_for_update(skip_locked=True, no_key=True)
            .filter(settle_at__lte=now)
            .order_by("settle_at")[:limit]
        )
        deliveries = _deliveries_of(due)
        reach = _reachable([one.recipient_id for one in due])
        following = []
        for one in due:
            addresses, before = reach[one.recipient_id], deliveries.get(one.pk, [])
            found = what_next(one, before, addresses, now)
            _note(one, found, now)
            if found.channel:
                following.append(_delivery(one, found.channel, addresses, now))
                if found.channel == ChannelKind.LETTER:
                    following[-1].reason = _letter_cause(one, before)
        Delivery.objects.bulk_create(following, ignore_conflicts=True)
        _cancel_followers([one for one in due if one.settled_at], now)
        _write(due)
    rung = {one for one in following if one.channel != ChannelKind.LETTER}
    return len(due), {f"{one.lane} {one.channel}" for one in rung}


def what_next(
    one: Notification, deliveries: list[Delivery], addresses: dict[ChannelKind, str], now: datetime
) -> Next:
    """Decide for one notification; pure but for what it is given.

    Push is a courtesy: it neither proves anything nor keeps the next channel waiting.
    """
    if one.needs_letter:
        return _next_on_paper(deliveries)
    carried = [each for each in deliveries if each.channel != ChannelKind.PUSH]
    if any(each.state == DeliveryState.DELIVERED and each.channel in PROOF for each in carried):
        return Next(is_reached=True)
    tried = {ChannelKind(each.channel) for each in carried}
    steps = [
        step
        for step in TYPES[one.type].steps(is_mandatory=one.is_mandatory)
        if step.channel not in tried
        and (step.channel == ChannelKind.LETTER or step.channel in addresses)
    ]
    if not steps:
        return Next()
    if not any(_may_still_arrive(each) for each in carried):
        return Next(channel=steps[0].channel)
    began = max(each.sent_at or each.created_at for each in carried)
    due = [(began + steps[0].after, steps[0].channel)]
    if one.legal_due_at and steps[-1].channel == ChannelKind.LETTER:
        due.append((one.legal_due_at - LETTER_LEAD, ChannelKind.LETTER))
    first_at, channel = min(due)
    return Next(channel=channel) if first_at <= now else Next(look_at=first_at)


def _next_on_paper(deliveries: list[Delivery]) -> Next:
    """The letter at once; whatever else arrived was an alert."""
    letters = [each for each in deliveries if each.channel == ChannelKind.LETTER]
    if any(each.state == DeliveryState.DELIVERED for each in letters):
        return Next(is_reached=True)
    return Next() if letters else Next(channel=ChannelKind.LETTER)


def _may_still_arrive(delivery: Delivery) -> bool:
    """Say whether waiting makes sense: not for an answer that is lost and cannot be found."""
    if delivery.state == DeliveryState.UNKNOWN:
        return delivery.ask_at is not None
    return delivery.state in UNDER_WAY or delivery.state == DeliveryState.ACCEPTED


def _note(one: Notification, found: Next, now: datetime) -> None:
    """Change the notification as the look demands; `_write` saves it."""
    one.settle_at = found.look_at
    if found.is_reached:
        one.settled_at, one.settled_as = now, Settled.REACHED
    if found.channel:
        one.unreached = ""
    # For a letter people are at work: nothing to look at until it is posted.
    if found.channel and found.channel != ChannelKind.LETTER:
        one.settle_at = now + _wait_after(one, found.channel)


def _wait_after(one: Notification, channel: ChannelKind) -> timedelta:
    steps = TYPES[one.type].steps(is_mandatory=one.is_mandatory)
    order = [step.channel for step in steps]
    later = steps[order.index(channel) + 1 :]
    return later[0].after if later else WHILE_UNDER_WAY


def _delivery(
    one: Notification, channel: ChannelKind, addresses: dict[ChannelKind, str], now: datetime
) -> Delivery:
    return Delivery(
        id=delivery_id(one.created_at, one.pk, channel),
        notification=one,
        campaign_id=one.campaign_id,
        channel=channel,
        lane=one.lane,
        address=addresses.get(channel, ""),
        state=DeliveryState.READY,
        not_before=now,
        created_at=now,
    )


def _letter_cause(one: Notification, before: list[Delivery]) -> str:
    if one.needs_letter:
        return ONLY_ON_PAPER
    was_tried = any(each.channel != ChannelKind.PUSH for each in before)
    return ENDED_ANOTHER_WAY if was_tried else NO_OTHER_WAY


def _cancel_followers(reached: list[Notification], now: datetime) -> None:
    """Do not print a letter, or send a later channel, for what has arrived meanwhile."""
    followers = [
        delivery_id(one.created_at, one.pk, step.channel)
        for one in reached
        for step in TYPES[one.type].steps(is_mandatory=one.is_mandatory)
    ]
    if followers:
        Delivery.objects.filter(pk__in=followers, state=DeliveryState.READY).update(
            state=DeliveryState.CANCELLED, reason=ARRIVED_ANOTHER_WAY, ended_at=now
        )


def _deliveries_of(due: list[Notification]) -> dict[int, list[Delivery]]:
    found: dict[int, list[Delivery]] = {}
    for each in Delivery.objects.filter(notification__in=due):
        found.setdefault(each.notification_id, []).append(each)
    return found


def _reachable(recipients: list[int]) -> dict[int, dict[ChannelKind, str]]:
    """Return by which channels each person may be reached today, and where."""
    found: dict[int, dict[ChannelKind, str]] = {pk: {} for pk in recipients}
    if recipients:
        with connection.cursor() as cursor:
            cursor.execute(REACHABLE_SQL, {"people": recipients})
            for person, channel, address in cursor.fetchall():
                found[person][ChannelKind(channel)] = address
    return found


def _write(due: list[Notification]) -> None:
    parameters: dict[str, Any] = {
        "ids": [one.pk for one in due],
        "settle_ats": [one.settle_at for one in due],
        "settled_ats": [one.settled_at for one in due],
        "settled_as": [one.settled_as for one in due],
        "unreached": [one.unreached for one in due],
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE_SQL, parameters)
