"""Did it arrive? What is owed goes from channel to channel until it did, and ends in a letter.

A notification that something may follow carries `settle_at`, when to look at it. Whatever ends a
delivery brings that forward; so one place decides, however the end came about.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from notifications.ids import delivery_id
from notifications.kinds import UNDER_WAY, ChannelKind, DeliveryState, Settled
from notifications.models import Delivery, Notification
from notifications.preferences import REACHABLE_SQL
from notifications.types import LETTER_LEAD, TYPES, Step

AT_ONCE = 500
ARRIVED_ANOTHER_WAY = gettext_noop("It arrived another way.")
ENDED_ANOTHER_WAY = gettext_noop("The channels before it did not reach the person.")
# While a delivery is still being tried, it is looked at again so often.
WHILE_UNDER_WAY = timedelta(minutes=30)
PROOF = frozenset({ChannelKind.SMS, ChannelKind.EMAIL, ChannelKind.LETTER})

LOOK_SQL = """
UPDATE notifications_notification SET settle_at = %(now)s
WHERE id = ANY(%(ids)s) AND settled_at IS NULL
AND (settle_at > %(now)s OR (settle_at IS NULL AND is_mandatory))
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
    bells: set[str] = set()
    with transaction.atomic():
        due = list(
            Notification.objects.select_for_update(skip_locked=True, no_key=True)
            .filter(settle_at__lte=now)
            .order_by("settle_at")[:limit]
        )
        deliveries = _deliveries_of(due)
        reach = _reachable([one.recipient_id for one in due])
        for one in due:
            mine = deliveries.get(one.pk, [])
            found = what_next(one, mine, reach[one.recipient_id], now)
            bells |= _carry_out(one, found, reach[one.recipient_id], now)
        _write(due)
    return len(due), bells


def what_next(
    one: Notification, deliveries: list[Delivery], addresses: dict[ChannelKind, str], now: datetime
) -> Next:
    """Decide for one notification; pure but for what it is given.

    Push is a courtesy: it neither proves anything nor keeps the next channel waiting.
    """
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
    due_by_law = _letter_must_leave(one, steps)
    if due_by_law and due_by_law <= now:
        return Next(channel=ChannelKind.LETTER)
    began = max(each.sent_at or each.created_at for each in carried)
    step_at = began + steps[0].after
    if step_at <= now:
        return Next(channel=steps[0].channel)
    return Next(look_at=min(step_at, due_by_law) if due_by_law else step_at)


def _may_still_arrive(delivery: Delivery) -> bool:
    """Say whether waiting makes sense: not for an answer that is lost and cannot be found."""
    if delivery.state == DeliveryState.UNKNOWN:
        return delivery.ask_at is not None
    return delivery.state in UNDER_WAY or delivery.state == DeliveryState.ACCEPTED


def _letter_must_leave(one: Notification, steps: list[Step]) -> datetime | None:
    if one.legal_due_at and any(step.channel == ChannelKind.LETTER for step in steps):
        return one.legal_due_at - LETTER_LEAD
    return None


def _carry_out(
    one: Notification, found: Next, addresses: dict[ChannelKind, str], now: datetime
) -> set[str]:
    """Change the notification in memory and its deliveries in the database."""
    one.settle_at = found.look_at
    if found.is_reached:
        one.settled_at, one.settled_as = now, Settled.REACHED
        _cancel_followers(one, now)
        return set()
    if found.channel is None:
        return set()
    steps = TYPES[one.type].steps(is_mandatory=one.is_mandatory)
    following = [step for step in steps if step.channel == found.channel]
    one.unreached = ""
    # For a letter people are at work: nothing to look at until it is posted.
    is_letter = found.channel == ChannelKind.LETTER
    one.settle_at = None if is_letter else now + _wait_for_next(steps, following[0])
    Delivery.objects.bulk_create(
        [
            Delivery(
                id=delivery_id(one.created_at, one.pk, found.channel),
                notification=one,
                campaign_id=one.campaign_id,
                channel=found.channel,
                lane=one.lane,
                address=addresses.get(found.channel, ""),
                state=DeliveryState.READY,
                reason=ENDED_ANOTHER_WAY if is_letter else "",
                not_before=now,
                created_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    return set() if is_letter else {f"{one.lane} {found.channel}"}


def _wait_for_next(steps: tuple[Step, ...], current: Step) -> timedelta:
    later = steps[steps.index(current) + 1 :]
    return later[0].after if later else WHILE_UNDER_WAY


def _cancel_followers(one: Notification, now: datetime) -> None:
    """Do not print a letter, or send a later channel, for what has arrived meanwhile."""
    steps = TYPES[one.type].steps(is_mandatory=one.is_mandatory)
    Delivery.objects.filter(
        notification=one,
        channel__in=[step.channel for step in steps],
        state=DeliveryState.READY,
    ).update(state=DeliveryState.CANCELLED, reason=ARRIVED_ANOTHER_WAY, ended_at=now)


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
    Notification.objects.bulk_update(
        due, ["settle_at", "settled_at", "settled_as", "unreached"], batch_size=AT_ONCE
    )
