"""A provider that takes everything at once: what is left is the cost of our own engine."""

from collections.abc import Sequence

from notifications.channels.base import Answer, Flight, Message, Provider


class NullProvider(Provider):
    """Answers "accepted" without a call."""

    async def send_all(self, messages: Sequence[Message], flight: Flight) -> None:
        for message in messages:
            flight.hand_in(message.attempt_id, Answer.accepted(message.attempt_id.hex, 202))
