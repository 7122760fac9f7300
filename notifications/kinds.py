"""The words of the delivery engine: lanes, channels and the life of a delivery as a table."""

import enum


class Lane(enum.StrEnum):
    URGENT = "urgent"  # somebody waits in front of a screen
    STANDARD = "standard"  # one customer's case
    BULK = "bulk"  # many customers at once


class ChannelKind(enum.StrEnum):
    SMS = "sms"
    EMAIL = "email"
    PUSH = "push"


class DeliveryState(enum.StrEnum):
    READY = "ready"
    CLAIMED = "claimed"  # leased by a worker, nothing sent yet
    SENDING = "sending"  # the provider may have it
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"  # the provider says it did not arrive
    FAILED = "failed"  # refused for good
    UNKNOWN = "unknown"  # the answer was lost; never blindly sent again
    CANCELLED = "cancelled"  # no longer true, or no longer allowed


class Unreached(enum.StrEnum):
    """Why a notification has no channel that could carry it."""

    NO_ADDRESS = "no_address"
    SUPPRESSED = "suppressed"
    SWITCHED_OFF = "switched_off"


class AttemptOutcome(enum.StrEnum):
    ACCEPTED = "accepted"
    RETRY = "retry"
    PERMANENT = "permanent"
    MISCONFIGURED = "misconfigured"
    UNKNOWN = "unknown"


# A receipt moves a delivery forward only: from any state of a lower rank.
RANK = {
    DeliveryState.READY: 0,
    DeliveryState.CLAIMED: 1,
    DeliveryState.SENDING: 2,
    DeliveryState.UNKNOWN: 3,
    DeliveryState.ACCEPTED: 4,
    DeliveryState.DELIVERED: 5,
    # A bounce may follow "delivered", so it is last.
    DeliveryState.UNDELIVERED: 6,
}
ENDED = frozenset(
    {
        DeliveryState.DELIVERED,
        DeliveryState.UNDELIVERED,
        DeliveryState.FAILED,
        DeliveryState.CANCELLED,
    }
)


def earlier_than(state: DeliveryState) -> frozenset[DeliveryState]:
    """The states a receipt with this word may move on."""
    return frozenset(other for other, rank in RANK.items() if rank < RANK[state])
