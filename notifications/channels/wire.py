"""The thread of a worker process in which calls to providers are made, many at a time.

The worker's own thread writes to the database; here there is none. So a provider that hangs holds
no transaction, and a database that hangs delays no answer.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar
from uuid import UUID

from notifications.channels.base import Answer, Flight, Message, Provider

T = TypeVar("T")
# Answers are written down in portions, and none waits longer than this for its portion.
PORTION = 128
PORTION_SECONDS = 0.1


class Wire:
    """One event loop in one thread; made anew in a process that was forked."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="wire", daemon=True)
        self._thread.start()

    def start(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def run(self, work: Coroutine[Any, Any, T], *, seconds: float) -> T:
        return self.start(work).result(seconds)


class Air:
    """The messages of one batch that are with the provider, and the answers that came back."""

    def __init__(self, wire: Wire, provider: Provider) -> None:
        self._wire = wire
        self._provider = provider
        self._answers: deque[tuple[UUID, Answer]] = deque()
        self._arrived = threading.Event()
        self._flight = Flight(self._hand_in)
        self.in_air = 0

    @property
    def halted_by(self) -> Answer | None:
        return self._flight.halted_by

    def send(self, messages: Sequence[Message]) -> None:
        self.in_air += len(messages)
        here = self._provider.send_here(messages)
        if here is not None:
            self._answers.extend(here)
            return
        self._wire.start(self._carry(messages))

    def answers(self) -> list[tuple[UUID, Answer]]:
        """Return the answers since the last call: a portion soon, or none after a short wait."""
        deadline = time.monotonic() + PORTION_SECONDS
        while len(self._answers) < min(PORTION, self.in_air):
            left = deadline - time.monotonic()
            if left <= 0:
                break
            self._arrived.wait(left)
            self._arrived.clear()
        portion = [self._answers.popleft() for _ in range(len(self._answers))]
        self.in_air -= len(portion)
        return portion

    async def _carry(self, messages: Sequence[Message]) -> None:
        """Let the provider send, and answer for whatever it forgot to answer for."""
        open_ids = {message.attempt_id for message in messages}
        flight = _Share(self._flight, open_ids)
        error: BaseException | None = None
        try:
            await self._provider.send_all(messages, flight)
        except Exception as broken:  # noqa: BLE001 - an answer is owed whatever broke
            error = broken
        for attempt_id in list(open_ids):
            missing = error or RuntimeError("no answer was handed in")
            flight.hand_in(attempt_id, self._provider.broken(missing))

    def _hand_in(self, attempt_id: UUID, answer: Answer) -> None:
        self._answers.append((attempt_id, answer))
        if len(self._answers) >= min(PORTION, self.in_air):
            self._arrived.set()


class _Share(Flight):
    """One stride's part of a flight: it knows which answers are still missing."""

    def __init__(self, whole: Flight, open_ids: set[UUID]) -> None:
        self._whole = whole
        self._open_ids = open_ids

    @property
    def halted_by(self) -> Answer | None:  # type: ignore[override]
        return self._whole.halted_by

    def hand_in(self, attempt_id: UUID, answer: Answer) -> None:
        if attempt_id in self._open_ids:
            self._open_ids.discard(attempt_id)
            self._whole.hand_in(attempt_id, answer)
