"""The lines of a digest with their shares, intervals and changes; what is few is hidden."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from appeals.fairness.aspects import UNLIKELY
from appeals.fairness.chance import Estimate, adjusted
from appeals.fairness.rates import Share, difference, wilson
from appeals.overturns.reading import Key, Line
from appeals.shares import FEW


@dataclass(frozen=True)
class Shown:
    """A line as it may be read. No sum over lines is shown, so that nothing can be subtracted."""

    line: Line
    # The share of the answers that gave something back, and its interval; None of few.
    share: float | None
    low: float
    high: float
    # Against the week before; None where there are few in one of the two.
    change: Estimate | None
    # The least share of false discoveries in the digest at which the change still counts.
    chance: float = 1.0

    @property
    def key(self) -> Key:
        return Key(self.line.rule, self.line.version, self.line.reason)

    @property
    def is_few(self) -> bool:
        return 0 < self.line.decided < FEW

    @property
    def is_unlikely(self) -> bool:
        return self.chance < UNLIKELY


def figures_of(lines: Iterable[dict[str, Any]]) -> list[Shown]:
    """What a digest keeps, with its figures; what is overturned most surely first.

    False discoveries are held down over all lines that are given together.
    """
    found = [_shown(Line(**line)) for line in lines]
    chances = adjusted([one.change.p if one.change else 1.0 for one in found])
    judged = [replace(one, chance=chance) for one, chance in zip(found, chances, strict=True)]
    return sorted(judged, key=lambda one: (one.share is None, -one.low, -one.line.decided, one.key))


def few_or(number: int) -> int | None:
    """A number of people, or None where they are few."""
    return None if 0 < number < FEW else number


def _shown(line: Line) -> Shown:
    if line.decided < FEW:
        return Shown(line, None, 0.0, 1.0, None)
    now = Share(line.overturned, line.decided)
    before = Share(line.overturned_before, line.decided_before)
    low, high = wilson(now)
    change = difference(now, before) if line.decided_before >= FEW else None
    return Shown(line, now.rate, low, high, change)
