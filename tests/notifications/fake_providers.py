"""Providers that answer as a test says, and a clock that only the test moves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from notifications import passage, tasks
from notifications.channels.base import Answer, Flight, Message, Provider
from notifications.kinds import AttemptOutcome
from notifications.limits import gates
from notifications.limits.buckets import BlindAllowance
from notifications.limits.gates import Gate
from tests.doubles.fixtures import carry

TAKEN = Answer(AttemptOutcome.ACCEPTED, is_delivered=True)
UNREACHABLE = Answer(AttemptOutcome.RETRY, code="ConnectTimeout")
LOST = Answer.unknown("The answer was lost.", http_status=503, code="503")
BAD_NUMBER = Answer(AttemptOutcome.PERMANENT, http_status=400, code="21211")
PHONE_IS_OFF = Answer(AttemptOutcome.RETRY, http_status=201, code="30003")
WRONG_KEY = Answer(
    AttemptOutcome.MISCONFIGURED, http_status=401, code="20003", halts=True, is_free=True
)


def too_fast(seconds: float | None = None) -> Answer:
    wait = None if seconds is None else timedelta(seconds=seconds)
    return Answer(
        AttemptOutcome.RETRY, http_status=429, code="20429", retry_after=wait, is_throttle=True
    )


@dataclass
class Line:
    """What a fake provider answers, and what it was given."""

    answer: Answer = TAKEN
    units: int = 1
    texts: list[str] = field(default_factory=list)


class FakeProvider(Provider):
    def __init__(self, account: Any) -> None:
        super().__init__(account)
        self.line: Line = account.options["line"]

    def cost(self, text: str) -> int:
        return self.line.units

    async def send_all(self, messages: Sequence[Message], flight: Flight) -> None:
        for message in messages:
            if flight.halted_by:
                flight.hand_in(message.attempt_id, Answer.not_begun(flight.halted_by))
                continue
            self.line.texts.append(message.text)
            flight.hand_in(message.attempt_id, self.line.answer)


def fake(name: str, line: Line, **details: Any) -> dict[str, Any]:
    """Describe a fake provider, as the settings do."""
    backend = f"{FakeProvider.__module__}.{FakeProvider.__qualname__}"
    return {"name": name, "backend": backend, "options": {"line": line}, **details}


@dataclass
class Clock:
    """The time of all gates of a test."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def gate_clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(passage, "Gate", partial(Gate, clock=clock))
    monkeypatch.setattr(passage, "_units_a_row", {})
    return clock


@pytest.fixture
def bells(monkeypatch):
    """The bells that were rung, each with the seconds it rings in."""
    heard = []
    monkeypatch.setattr(
        tasks.dispatch,
        "apply_async",
        lambda args, **options: heard.append((*args, options["countdown"])),
    )
    return heard


@pytest.fixture
def first_line(settings, closed_channels, gate_clock, bells):
    line = Line()
    carry(settings, "sms", fake("first", line))
    return line


@pytest.fixture
def spare_line(settings, first_line):
    line = Line()
    carry(settings, "sms", fake("first", first_line), fake("spare", line, weight=0))
    return line


@pytest.fixture
def no_redis(settings, monkeypatch, tmp_path):
    """Let Redis be away, as if for the first time."""
    default = {**settings.CACHES["default"], "LOCATION": f"unix://{tmp_path}/nobody.sock?db=1"}
    settings.CACHES = {**settings.CACHES, "default": default}
    monkeypatch.setattr(gates, "_blind", BlindAllowance())
