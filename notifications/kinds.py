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
    LETTER = "letter"  # printed by people; no worker sends it


# What workers send. A letter waits in the print queue until staff print and post it.
ELECTRONIC = (ChannelKind.SMS, ChannelKind.EMAIL, ChannelKind.PUSH)


class DeliveryState(enum.StrEnum):
    READY = "ready"
    CLAIMED = "claimed"  # leased by a worker, nothing sent yet
    SENDING = "sending"  # the provider may have it
    ACCEPTED = "accepted"  # the provider has it; a letter is in a batch for printing
    DELIVERED = "delivered"  # it arrived; a letter is posted
    UNDELIVERED = "undelivered"  # the provider says it did not arrive
    FAILED = "failed"  # refused for good
    UNKNOWN = "unknown"  # the answer was lost; never blindly sent again
    CANCELLED = "cancelled"  # no longer true, or no longer allowed


class Unreached(enum.StrEnum):
    """Why a notification has no channel that could carry it."""

    NO_ADDRESS = "no_address"
    SUPPRESSED = "suppressed"
    SWITCHED_OFF = "switched_off"


class Settled(enum.StrEnum):
    """How a notification that is owed by law came to rest."""

    REACHED = "reached"  # a receipt proves it, or the letter is posted
    NO_LONGER_TRUE = "no_longer_true"  # what it said was overtaken before it was sent
    STOPPED = "stopped"  # a person stopped its campaign, and said why


class AttemptOutcome(enum.StrEnum):
    ACCEPTED = "accepted"
    RETRY = "retry"
    PERMANENT = "permanent"
    MISCONFIGURED = "misconfigured"
    UNKNOWN = "unknown"


class CampaignState(enum.StrEnum):
    DRAFT = "draft"
    CANARY = "canary"  # the first share is made and sent
    WAITING = "waiting"  # the first share is out; a person looks and says "go on"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"  # for good: what was not sent never will be
    DONE = "done"


class SuppressionCause(enum.StrEnum):
    STOP = "stop"  # the person answered STOP; START lifts it
    BOUNCE = "bounce"
    COMPLAINT = "complaint"  # "this is spam"
    UNSUBSCRIBED = "unsubscribed"
    DEAD_NUMBER = "dead_number"  # no such number, or a landline
    STAFF = "staff"


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
# A delivery in one of these may still arrive by itself.
UNDER_WAY = frozenset({DeliveryState.READY, DeliveryState.CLAIMED, DeliveryState.SENDING})


def earlier_than(state: DeliveryState) -> frozenset[DeliveryState]:
    """The states a receipt with this word may move on."""
    return frozenset(other for other, rank in RANK.items() if rank < RANK[state])
