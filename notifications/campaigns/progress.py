"""How far a campaign is, from the sums a trigger keeps: rows are never counted."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Q, Sum

from notifications.kinds import UNDER_WAY, CampaignState, ChannelKind, DeliveryState
from notifications.models import Campaign, DeliveryCount

RATE_OVER = timedelta(minutes=5)
# Sooner than that there is no speed, only a beginning.
RATE_FROM = timedelta(minutes=1)
GOING_OUT = frozenset({CampaignState.CANARY, CampaignState.WAITING, CampaignState.RUNNING})


@dataclass(frozen=True)
class StateSum:
    """How many deliveries of a channel are in a state, and how many more that are than before."""

    channel: ChannelKind
    state: DeliveryState
    now: int
    lately: int = 0


@dataclass(frozen=True)
class ChannelProgress:
    """The deliveries of one channel; every one of them is in exactly one of these."""

    channel: ChannelKind
    waiting: int = 0
    sent: int = 0
    delivered: int = 0
    undelivered: int = 0
    failed: int = 0
    unknown: int = 0
    cancelled: int = 0

    @property
    def made(self) -> int:
        return self.waiting + self.left + self.cancelled

    @property
    def left(self) -> int:
        """How many were tried to their end."""
        return self.sent + self.delivered + self.undelivered + self.failed + self.unknown

    @property
    def failed_share(self) -> float:
        """The share that did not arrive of what was tried, 0 to 1."""
        return (self.failed + self.undelivered) / self.left if self.left else 0.0


@dataclass(frozen=True)
class Progress:
    """What the page of a campaign shows of how far it is."""

    channels: tuple[ChannelProgress, ...]
    recipients: int
    audience: int
    a_minute: float
    minutes_left: int | None = None

    @property
    def made(self) -> int:
        return sum(one.made for one in self.channels)

    @property
    def waiting(self) -> int:
        return sum(one.waiting for one in self.channels)

    @property
    def failed_share(self) -> float:
        left = sum(one.left for one in self.channels)
        failed = sum(one.failed + one.undelivered for one in self.channels)
        return failed / left if left else 0.0


NAMES = {
    **dict.fromkeys(UNDER_WAY, "waiting"),
    DeliveryState.ACCEPTED: "sent",
    DeliveryState.DELIVERED: "delivered",
    DeliveryState.UNDELIVERED: "undelivered",
    DeliveryState.FAILED: "failed",
    DeliveryState.UNKNOWN: "unknown",
    DeliveryState.CANCELLED: "cancelled",
}


def read_progress(campaign: Campaign, now: datetime) -> Progress:
    """Return how far a campaign is: one query."""
    return progress_of(campaign, read_sums(campaign, now), now)


def read_sums(campaign: Campaign, now: datetime) -> list[StateSum]:
    rows = (
        DeliveryCount.objects.filter(campaign_id=campaign.pk)
        .values_list("channel", "state")
        .annotate(
            now=Sum("change"),
            lately=Sum("change", filter=Q(minute__gt=now - RATE_OVER), default=0),
        )
        .order_by()
    )
    return [
        StateSum(ChannelKind(channel), DeliveryState(state), standing, lately)
        for channel, state, standing, lately in rows
    ]


def progress_of(campaign: Campaign, sums: Iterable[StateSum], now: datetime) -> Progress:
    """Work it out; pure but for what it is given."""
    sums = list(sums)
    channels = tuple(_of_channel(channel, sums) for channel in ChannelKind)
    # What moved on from waiting, and did not only come back to wait again.
    left_lately = sum(one.lately for one in sums if one.state not in UNDER_WAY)
    a_minute = max(left_lately, 0) / (_speed_over(campaign, now) / timedelta(minutes=1))
    progress = Progress(
        channels=tuple(one for one in channels if one.made),
        recipients=campaign.recipients,
        audience=campaign.audience_size or 0,
        a_minute=a_minute,
    )
    return replace(progress, minutes_left=_minutes_left(campaign, progress))


def _speed_over(campaign: Campaign, now: datetime) -> timedelta:
    """Return over which time the sums say how fast it goes: not from before it went on."""
    since = campaign.changed_at or campaign.started_at or now
    return min(max(now - since, RATE_FROM), RATE_OVER)


def _of_channel(channel: ChannelKind, sums: list[StateSum]) -> ChannelProgress:
    numbers = dict.fromkeys(NAMES.values(), 0)
    for one in sums:
        if one.channel == channel:
            numbers[NAMES[one.state]] += one.now
    return ChannelProgress(channel, **numbers)


def _minutes_left(campaign: Campaign, progress: Progress) -> int | None:
    """Guess by the speed of the last minutes; None where there is nothing to guess by."""
    if campaign.state not in GOING_OUT or not progress.a_minute:
        return None
    to_send = float(progress.waiting)
    if campaign.state == CampaignState.RUNNING and not campaign.is_expanded:
        to_make = max(progress.audience - progress.recipients, 0)
        a_person = progress.made / progress.recipients if progress.recipients else 1.0
        to_send += to_make * a_person
    return math.ceil(to_send / progress.a_minute)
