"""What a provider promises: take messages, answer for each, and never raise for a refusal."""

import asyncio
import hashlib
import logging
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self
from uuid import UUID

from django.utils.translation import gettext_noop

from notifications.kinds import AttemptOutcome, ChannelKind, SuppressionCause
from notifications.wording import Draft

logger = logging.getLogger(__name__)
OUR_MISTAKE = gettext_noop("Our program broke off the call.")


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where a browser listens, and the keys only it can read with."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Message:
    """One rendered message on its way to one address."""

    attempt_id: UUID
    to: str
    text: str
    subject: str = ""
    html: str = ""
    # The same words with their places open, for providers that take many people in one call.
    draft: Draft | None = None
    values: dict[str, str] = field(default_factory=dict)
    link: str = ""
    subscription: Subscription | None = None
    is_urgent: bool = False
    useful_for: timedelta = timedelta(days=1)

    @property
    def sha256(self) -> str:
        """The fingerprint of exactly what the person gets to read."""
        return fingerprint(self.subject, self.text, self.html)


def fingerprint(subject: str, text: str, html: str) -> str:
    return hashlib.sha256("\0".join((subject, text, html)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one call, in our words; `detail` never holds a provider's free text."""

    outcome: AttemptOutcome
    provider_ref: str = ""
    http_status: int | None = None
    code: str = ""
    detail: str = ""
    # Not before this long, as the provider asked.
    retry_after: timedelta | None = None
    # Nobody may send to this address again.
    is_dead: bool = False
    dead_because: SuppressionCause = SuppressionCause.DEAD_NUMBER
    # There is no more to hear: the message lies where the person reads it.
    is_delivered: bool = False
    # The rest of the batch would fare no better.
    halts: bool = False
    # We were too fast: the rate is lowered.
    is_throttle: bool = False
    # The call was not made, or it was our own fault: the delivery keeps its tries.
    is_free: bool = False

    @classmethod
    def accepted(cls, provider_ref: str, http_status: int | None = None) -> Self:
        return cls(AttemptOutcome.ACCEPTED, provider_ref, http_status)

    @classmethod
    def unknown(cls, detail: str, *, http_status: int | None = None, code: str = "") -> Self:
        return cls(AttemptOutcome.UNKNOWN, detail=detail, http_status=http_status, code=code)

    @classmethod
    def not_begun(cls, because: "Answer") -> Self:
        """Answer for a call that was never made, so that the message may go another time."""
        return cls(
            because.outcome,
            code=because.code,
            detail=because.detail,
            retry_after=because.retry_after,
            is_free=True,
        )


class Flight:
    """The calls of one batch: where answers are handed in, and whether to go on calling."""

    def __init__(self, hand_in: Callable[[UUID, Answer], None]) -> None:
        self._hand_in = hand_in
        self.halted_by: Answer | None = None

    def hand_in(self, attempt_id: UUID, answer: Answer) -> None:
        """Tell what became of one attempt; each must be told of exactly once."""
        if answer.halts and self.halted_by is None:
            self.halted_by = answer
        self._hand_in(attempt_id, answer)


@dataclass(frozen=True)
class Account:
    """One account at one provider, for one channel, as the settings describe it.

    `name` is what attempts, counts and limits call it; `sender` is who the customer sees. Of
    several accounts each gets its share (`weight`; 0 stands by), and no more than `rate` units a
    second (0 for no limit).
    """

    kind: ChannelKind
    name: str
    sender: str = ""
    weight: int = 1
    rate: float = 0
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Name what limits and breakers hold for: this provider with this sender."""
        return f"{self.name}:{self.sender}" if self.sender else self.name

    def option(self, name: str, default: str = "") -> str:
        """Return what this account has of its own, or else what all accounts share."""
        return str(self.options.get(name) or default)


class Provider(ABC):
    """The way to one account; it lives in one process and one event loop."""

    # Deliveries begun together, and how many may be with the provider unanswered: a worker that
    # is killed leaves no more than that in doubt.
    stride = 128
    most_in_air = 512
    # Whether a receipt or a question will tell what became of a message.
    has_receipts = True

    def __init__(self, account: Account) -> None:
        self.account = account

    @property
    def name(self) -> str:
        return self.account.name

    @property
    def key(self) -> str:
        return self.account.key

    def cost(self, text: str) -> int:
        """Return how many units of the rate a message takes."""
        return 1

    @abstractmethod
    async def send_all(self, messages: Sequence[Message], flight: Flight) -> None:
        """Call the provider, with bounded concurrency, and hand in an answer for each message.

        No database here. Whatever is not handed in when this ends, or raises, is taken for
        unknown.
        """

    def send_here(self, messages: Sequence[Message]) -> list[tuple[UUID, Answer]] | None:
        """Send in the thread that holds the database, for who needs it; None for all others."""
        return None

    async def find(self, sent: "Sent") -> list[Answer]:
        """Ask what became of a call whose answer was lost; raises what a call may raise.

        Returns an answer for each message that may be this one, the oldest first: two messages
        with the same words to the same address look alike, but have different ids.
        """
        return []

    async def close(self) -> None:  # noqa: B027 - most need it, and those without do nothing
        """Give kept connections back."""

    def broken(self, error: BaseException) -> Answer:
        """Answer for a call that our own code broke off, nobody knows where."""
        # Not the error's own words: they may hold an address.
        where = "".join(traceback.format_tb(error.__traceback__))
        logger.error("%s broke a call to %s:\n%s", type(error).__name__, self.name, where)
        return Answer.unknown(OUR_MISTAKE, code=type(error).__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """A call whose answer was lost, as far as it helps to find it at the provider."""

    attempt_id: UUID
    to: str
    content_sha256: str
    started_at: Any  # datetime; the first moment the provider can have had it


class OneByOne(Provider):
    """A provider that takes one message a call."""

    # Calls at the same time.
    in_flight = 256

    _window: asyncio.Semaphore | None = None

    @abstractmethod
    async def send(self, message: Message) -> Answer:
        """Make the one call for one message."""

    async def send_all(self, messages: Sequence[Message], flight: Flight) -> None:
        if self._window is None:
            self._window = asyncio.Semaphore(self.in_flight)
        await asyncio.gather(*(self._send(message, flight, self._window) for message in messages))

    async def _send(self, message: Message, flight: Flight, window: asyncio.Semaphore) -> None:
        async with window:
            if flight.halted_by:
                answer = Answer.not_begun(flight.halted_by)
            else:
                try:
                    answer = await self.send(message)
                except Exception as error:  # noqa: BLE001 - an answer is owed whatever broke
                    answer = self.broken(error)
            flight.hand_in(message.attempt_id, answer)
