"""Messages that a provider of the tests' own has, so that something can be said about them."""

from collections.abc import Callable, Sequence
from typing import Any

from notifications.channels.base import Account, Answer, Flight, Message, Provider
from notifications.delivery.batch import deliver
from notifications.delivery.claim import claim
from notifications.kinds import ChannelKind, Lane
from notifications.models import Delivery
from tests.notifications.builders import owe_email, owe_sms

BeforeAnswer = Callable[[Sequence[Message]], None]


class Taker(Provider):
    """Takes everything, in the thread of the test; something may happen before it answers."""

    def __init__(self, kind: ChannelKind, before_answer: BeforeAnswer | None = None) -> None:
        super().__init__(Account(kind, "taker"))
        self._before_answer = before_answer

    def send_here(self, messages: Sequence[Message]) -> list[tuple[Any, Answer]]:
        if self._before_answer:
            self._before_answer(messages)
        return [
            (message.attempt_id, Answer.accepted(f"R-{message.attempt_id}")) for message in messages
        ]

    async def send_all(self, messages: Sequence[Message], flight: Flight) -> None:
        raise AssertionError("it sends in the thread of the test")


def sent_sms(count: int = 1, **options: Any) -> list[Delivery]:
    return _sent(options.pop("only", None) or owe_sms(count), ChannelKind.SMS, **options)


def sent_email(count: int = 1, **options: Any) -> list[Delivery]:
    return _sent(options.pop("only", None) or owe_email(count), ChannelKind.EMAIL, **options)


def _sent(
    deliveries: list[Delivery],
    channel: ChannelKind,
    before_answer: BeforeAnswer | None = None,
    **changes: Any,
) -> list[Delivery]:
    """Carry what waits to the provider, then make of these what a test needs."""
    deliver(claim(Lane.STANDARD, channel), Taker(channel, before_answer))
    keys = [delivery.pk for delivery in deliveries]
    if changes:
        Delivery.objects.filter(pk__in=keys).update(**changes)
    return list(Delivery.objects.filter(pk__in=keys).order_by("pk"))
