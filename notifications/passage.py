"""Which provider takes the next batch of a lane, and how much of it may go now."""

import random
from dataclasses import dataclass

from notifications.channels import providers_of
from notifications.channels.base import Answer, Provider
from notifications.kinds import ChannelKind, Lane


@dataclass
class Passage:
    """Leave to send up to `rows` deliveries by one provider."""

    provider: Provider
    lane: Lane
    rows: int
    # Seconds until more may go, where this is less than was asked for.
    again_in: float = 0

    def saw(self, answers: list[Answer]) -> None:
        """Learn from what the provider answered."""

    def close(self, spent: int) -> None:
        """Give back what was not spent."""


def open_passage(lane: Lane, channel: ChannelKind, wanted: int) -> Passage | None:
    """Return leave to send, or None while no provider of this channel may be called."""
    providers = providers_of(channel)
    if not providers:
        return None
    chosen = random.choices(providers, weights=[one.account.weight for one in providers])[0]  # noqa: S311
    return Passage(chosen, lane, wanted)
