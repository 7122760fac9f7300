"""What a channel promises: take a message, answer what became of it, never raise for a refusal."""

import hashlib
import logging
import traceback
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import timedelta
from typing import Self
from uuid import UUID

from django.utils.translation import gettext_noop

from notifications.kinds import AttemptOutcome, ChannelKind

logger = logging.getLogger(__name__)
OUR_MISTAKE = gettext_noop("Our program broke off the call.")


@dataclass(frozen=True)
class Subscription:
    """Where a browser listens, and the keys only it can read with."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True)
class Message:
    """One rendered message on its way to one address."""

    attempt_id: UUID
    to: str
    text: str
    subject: str = ""
    html: str = ""
    link: str = ""
    subscription: Subscription | None = None
    is_urgent: bool = False
    useful_for: timedelta = timedelta(days=1)

    @property
    def sha256(self) -> str:
        """The fingerprint of exactly what the person gets to read."""
        return hashlib.sha256("\0".join((self.subject, self.text, self.html)).encode()).hexdigest()


@dataclass(frozen=True)
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
    # There is no more to hear: the message lies where the person reads it.
    is_delivered: bool = False
    # The rest of the batch would fare no better.
    halts: bool = False
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


class Channel(ABC):
    """One way to reach people through one provider."""

    provider: str
    in_flight = 32

    def __init__(self, kind: ChannelKind) -> None:
        self.kind = kind

    @abstractmethod
    def send(self, message: Message) -> Answer:
        """Make the one call for one message; runs in a thread, without a database."""

    def close(self) -> None:  # noqa: B027 - most need it, and those without do nothing
        """Give kept connections back."""

    def send_all(self, messages: Sequence[Message]) -> Iterator[tuple[UUID, Answer]]:
        """Send concurrently, and hand each answer over as soon as it is there."""
        batch = _Batch(self)
        with ThreadPoolExecutor(min(self.in_flight, len(messages))) as threads:
            calls = {threads.submit(batch.send, message): message for message in messages}
            for call in as_completed(calls):
                error = call.exception()
                yield calls[call].attempt_id, self._broken(error) if error else call.result()

    def _broken(self, error: BaseException) -> Answer:
        """Answer for a call that our own code broke off, nobody knows where."""
        # Not the error's own words: they may hold an address.
        where = "".join(traceback.format_tb(error.__traceback__))
        logger.error("%s broke a call to %s:\n%s", type(error).__name__, self.provider, where)
        return Answer.unknown(OUR_MISTAKE, code=type(error).__name__)


class _Batch:
    """What the threads of one batch tell each other: whether it is still worth calling."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.halted_by: Answer | None = None

    def send(self, message: Message) -> Answer:
        if self.halted_by:
            return Answer.not_begun(self.halted_by)
        answer = self.channel.send(message)
        if answer.halts:
            self.halted_by = answer
        return answer
