"""Which provider takes the next batch of a lane, and how much of it may go now."""

import math
import random
import time
from dataclasses import dataclass

from notifications.channels import providers_of
from notifications.channels.base import Answer, Provider
from notifications.kinds import ChannelKind, Lane
from notifications.limits.breakers import Verdict
from notifications.limits.gates import Entry, Gate

# Good answers are told of this often; they press nobody.
TELL_EVERY_SECONDS = 0.5
# Who waits in front of a screen is one of few: no batch holds what the next one needs.
MOST_URGENT_ROWS = 100
# What a row costs is learned from the batches before; an SMS has one or more segments.
FIRST_GUESS = {ChannelKind.SMS: 2.0}
LEARNING = 0.3

_units_a_row: dict[tuple[str, Lane], float] = {}


@dataclass(frozen=True)
class Wait:
    """No leave to send: `again_in` seconds it is worth asking again (0: nobody would send)."""

    again_in: float


class Passage:
    """Leave to send up to `rows` deliveries by one provider."""

    def __init__(self, provider: Provider, lane: Lane, entry: Entry, again_in: float) -> None:
        self.provider = provider
        self.lane = lane
        self.rows = entry.rows
        # Seconds until more may go, where this is less than was asked for.
        self.again_in = again_in
        self._gate = Gate(provider.account)
        self._token = entry.token
        self._units = entry.units
        self._claimed = entry.rows
        self._verdict = Verdict()
        self._told_at = time.monotonic()

    def claimed(self, rows: int) -> None:
        """Give back at once what was taken for rows that are not there."""
        self._claimed = rows
        needed = min(self._units, math.ceil(rows * _guess(self.provider, self.lane)))
        surplus = self._units - needed
        if rows < self.rows and surplus and self.provider.account.rate > 0:
            self._units = needed
            self._tell(back=surplus)

    def saw(self, answers: list[Answer]) -> None:
        """Learn from what the provider answered; what presses is told at once."""
        self._verdict.add(answers)
        is_due = time.monotonic() - self._told_at >= TELL_EVERY_SECONDS
        if is_due or self._token or self._verdict.is_pressing:
            self._tell()

    def close(self, spent: int | None) -> None:
        """Settle what was spent against what was taken; None: nobody knows, so all of it was."""
        back = 0
        if spent is not None:
            back = self._units - spent
            _learn(self.provider, self.lane, spent, self._claimed)
        if self.provider.account.rate <= 0:
            back = 0
        if back or self._token or not self._verdict.is_empty:
            self._tell(back=back, is_over=True)

    def _tell(self, *, back: int = 0, is_over: bool = False) -> None:
        verdict, self._verdict = self._verdict, Verdict()
        self._told_at = time.monotonic()
        self._gate.report(self.lane, verdict, token=self._token, back=back, is_over=is_over)


def open_passage(lane: Lane, channel: ChannelKind, wanted: int) -> Passage | Wait:
    """Return leave to send, or how long no provider of this channel may be called."""
    rows = min(wanted, MOST_URGENT_ROWS) if lane == Lane.URGENT else wanted
    line = _in_line(providers_of(channel))
    refusals: list[Entry] = []
    for place, provider in enumerate(line):
        if provider.account.weight <= 0 and not all(one.is_down for one in refusals):
            break  # It stands by until every other one is down.
        guess = _guess(provider, lane)
        entry = Gate(provider.account).enter(lane, rows, units_a_row=guess)
        if entry.rows:
            has_others = any(other.account.weight > 0 for other in line[place + 1 :])
            return Passage(provider, lane, entry, 0 if has_others else entry.again_in)
        refusals.append(entry)
    return Wait(min((one.again_in for one in refusals), default=0))


def _in_line(providers: list[Provider]) -> list[Provider]:
    """Draw an order in which each comes first as often as its weight says; who stands by is last.

    The draw is Efraimidis' and Spirakis': the weight is the root of a random number.
    """
    drawn = {
        one.account.name: random.random() ** (1 / one.account.weight)  # noqa: S311
        for one in providers
        if one.account.weight > 0
    }
    return sorted(providers, key=lambda one: drawn.get(one.account.name, -1), reverse=True)


def _guess(provider: Provider, lane: Lane) -> float:
    first = FIRST_GUESS.get(provider.account.kind, 1.0)
    return _units_a_row.get((provider.key, lane), first)


def _learn(provider: Provider, lane: Lane, spent: int, rows: int) -> None:
    if rows and spent:
        # Rows that were put aside cost nothing, but the next ones may all be sent.
        seen = max(1.0, spent / rows)
        guess = _guess(provider, lane)
        _units_a_row[provider.key, lane] = guess + LEARNING * (seen - guess)
