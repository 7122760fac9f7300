"""The state of the lanes, providers, campaigns and letters, from sums and the heads of indexes.

Nothing here reads more than a handful of deliveries, however many wait.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from notifications.counts import (
    SENT,
    WRONG,
    Count,
    Happening,
    Point,
    happened_by_minute,
    read_counts,
)
from notifications.delivery.claim import GOING_OUT
from notifications.heads import count_overdue, next_letter_due, oldest_waiting
from notifications.kinds import ChannelKind, DeliveryState, Lane
from notifications.limits.health import ProviderHealth, snapshot
from notifications.models import Campaign

RECENT = timedelta(minutes=10)
BEING_SENT = frozenset({DeliveryState.CLAIMED, DeliveryState.SENDING})


@dataclass
class Tally:
    """How much waits, is under way or in doubt, and what came out of the last minutes."""

    waiting: int = 0
    being_sent: int = 0
    unknown: int = 0
    sent_recently: int = 0
    wrong_recently: int = 0
    lost_recently: int = 0

    def add(self, count: Count) -> None:
        if count.state == DeliveryState.READY:
            self.waiting += count.now
        elif count.state in BEING_SENT:
            self.being_sent += count.now
        elif count.state == DeliveryState.UNKNOWN:
            self.unknown += count.now

    def add_recent(self, point: Point) -> None:
        if point.what == Happening.SENT:
            self.sent_recently += point.count
        else:
            self.wrong_recently += point.count
        # What did not arrive was sent; the rest came to nothing at once.
        if point.what in {Happening.FAILED, Happening.UNKNOWN}:
            self.lost_recently += point.count

    @property
    def sent_a_minute(self) -> float:
        return self.sent_recently / (RECENT / timedelta(minutes=1))

    @property
    def wrong_share(self) -> float | None:
        """The part that went wrong lately; None when nothing was sent at all."""
        total = max(self.sent_recently + self.lost_recently, self.wrong_recently)
        return self.wrong_recently / total if total else None


@dataclass
class LaneView:
    """One channel of one lane."""

    lane: Lane
    channel: ChannelKind
    tally: Tally = field(default_factory=Tally)
    oldest: datetime | None = None

    def oldest_seconds(self, now: datetime) -> float:
        """How long the oldest could have gone already; what waits for its time is not late."""
        return max(0.0, (now - self.oldest).total_seconds()) if self.oldest else 0.0


@dataclass
class ProviderView:
    """One provider of a channel: how it does, and what it did lately."""

    health: ProviderHealth
    tally: Tally = field(default_factory=Tally)


@dataclass
class CampaignView:
    """How far a campaign that goes out has got, in deliveries."""

    campaign: Campaign
    waiting: int = 0
    sent: int = 0
    wrong: int = 0


@dataclass(frozen=True)
class LettersView:
    """What waits for people to print and post it."""

    waiting: int
    in_print: int
    next_due: datetime | None


@dataclass(frozen=True)
class View:
    """Everything at one moment."""

    at: datetime
    lanes: list[LaneView]
    providers: list[ProviderView]
    campaigns: list[CampaignView]
    letters: LettersView
    overdue: int


def look(now: datetime | None = None) -> View:
    """Return the state of everything: a fixed number of bounded queries."""
    now = now or timezone.now()
    counts = read_counts()
    lanes, providers = _tallies(counts, now)
    return View(now, lanes, providers, _campaigns(counts), letters_of(counts), count_overdue(now))


def letters_of(counts: Iterable[Count]) -> LettersView:
    letters = [one for one in counts if one.channel == ChannelKind.LETTER]
    waiting = sum(one.now for one in letters if one.state == DeliveryState.READY)
    in_print = sum(one.now for one in letters if one.state == DeliveryState.ACCEPTED)
    return LettersView(waiting, in_print, next_letter_due() if waiting else None)


def provider_healths() -> list[ProviderHealth]:
    return snapshot()


def _tallies(counts: list[Count], now: datetime) -> tuple[list[LaneView], list[ProviderView]]:
    heads = oldest_waiting()
    lanes = {
        (lane.value, channel.value): LaneView(
            lane, channel, oldest=heads.get((lane.value, channel.value))
        )
        for lane in Lane
        for channel in ChannelKind
    }
    providers = {(one.channel.value, one.name): ProviderView(one) for one in provider_healths()}
    for count in counts:
        for tally in _of(lanes, providers, (count.lane, count.channel, count.provider)):
            tally.add(count)
    for point in happened_by_minute(now.replace(second=0, microsecond=0) - RECENT):
        for tally in _of(lanes, providers, (point.lane, point.channel, point.provider)):
            tally.add_recent(point)
    return list(lanes.values()), list(providers.values())


def _of(
    lanes: dict[tuple[str, str], LaneView],
    providers: dict[tuple[str, str], ProviderView],
    kind: tuple[str, str, str],
) -> list[Tally]:
    lane, channel, provider = kind
    found = [lanes.get((lane, channel)), providers.get((channel, provider))]
    return [view.tally for view in found if view]


def _campaigns(counts: list[Count]) -> list[CampaignView]:
    views = {
        one.pk: CampaignView(one)
        for one in Campaign.objects.filter(state__in=GOING_OUT).order_by("pk")
    }
    for count in counts:
        if view := views.get(count.campaign_id or 0):
            _add_to(view, count)
    return list(views.values())


def _add_to(view: CampaignView, count: Count) -> None:
    if count.state == DeliveryState.READY or count.state in BEING_SENT:
        view.waiting += count.now
    elif count.state in SENT - {DeliveryState.UNDELIVERED}:
        view.sent += count.now
    elif count.state.value in WRONG:
        view.wrong += count.now
