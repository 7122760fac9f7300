"""The engine's numbers for Prometheus."""

from collections import defaultdict

from django.utils import timezone

from notifications import partitions
from notifications.counts import SENT, read_counts
from notifications.heads import count_overdue, oldest_waiting
from notifications.kinds import DeliveryState
from notifications.limits.breakers import BreakerState
from notifications.watching import (
    BEING_SENT,
    letters_of,
    provider_healths,
)
from portal.lib.metrics import measure

Readings = dict[tuple[str, ...], float]
WAY = ("lane", "channel", "provider")


def _ever(*states: DeliveryState) -> Readings:
    """How many deliveries ever came into these states, by lane, channel and provider."""
    found: defaultdict[tuple[str, ...], float] = defaultdict(float)
    for one in read_counts(state__in=states):
        found[one.lane, one.channel, one.provider] += one.ever
    return dict(found)


def _now(*states: DeliveryState) -> Readings:
    found: defaultdict[tuple[str, ...], float] = defaultdict(float)
    for one in read_counts(state__in=states):
        found[one.lane, one.channel, one.provider] += one.now
    return dict(found)


@measure("recourse_deliveries_waiting", "Deliveries that wait to be sent.", WAY)
def waiting() -> Readings:
    return _now(DeliveryState.READY)


@measure("recourse_deliveries_being_sent", "Deliveries in a worker's hands.", WAY)
def being_sent() -> Readings:
    return _now(*BEING_SENT)


@measure("recourse_deliveries_in_doubt", "Deliveries whose answer is lost as of now.", WAY)
def in_doubt() -> Readings:
    return _now(DeliveryState.UNKNOWN)


@measure("recourse_deliveries_sent", "Deliveries a provider took.", WAY)
def sent() -> Readings:
    return _now(*SENT)


@measure("recourse_deliveries_failed", "Deliveries that ever failed or did not arrive.", WAY)
def failed() -> Readings:
    return _ever(DeliveryState.FAILED, DeliveryState.UNDELIVERED)


@measure("recourse_deliveries_unknown", "Deliveries whose answer was ever lost.", WAY)
def unknown() -> Readings:
    return _ever(DeliveryState.UNKNOWN)


@measure(
    "recourse_deliveries_oldest_seconds",
    "How long the oldest delivery that may go has waited.",
    ("lane", "channel"),
)
def oldest() -> Readings:
    now = timezone.now()
    return {way: max(0.0, (now - head).total_seconds()) for way, head in oldest_waiting().items()}


@measure(
    "recourse_provider_breaker",
    "The state a provider's breaker is in is 1.",
    ("channel", "provider", "state"),
)
def breakers() -> Readings:
    return {
        (one.channel.value, one.name, state.value): float(one.breaker == state)
        for one in provider_healths()
        for state in BreakerState
    }


@measure(
    "recourse_provider_rate_factor",
    "The part of its rate a provider is used with.",
    ("channel", "provider"),
)
def rate_factors() -> Readings:
    return {(one.channel.value, one.name): one.factor for one in provider_healths()}


@measure("recourse_partitions_astray", "1 when rows lie outside all months.", ("table",))
def astray() -> Readings:
    return {(table,): float(is_so) for table, is_so in partitions.rows_astray().items()}


@measure("recourse_letters_waiting", "Letters that wait to be printed.")
def letters_waiting() -> Readings:
    return {(): letters_of(read_counts(channel="letter")).waiting}


@measure(
    "recourse_letters_due_seconds",
    "Seconds until the first waiting letter's legal due date; negative when it is over.",
)
def letters_due() -> Readings:
    due = letters_of(read_counts(channel="letter")).next_due
    return {(): (due - timezone.now()).total_seconds()} if due else {}


@measure("recourse_owed_overdue", "Messages owed by law, not settled by their due date.")
def overdue() -> Readings:
    return {(): count_overdue(timezone.now())}
