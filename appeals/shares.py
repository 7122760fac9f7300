"""Shares of counted things, and which must not be shown because they are shares of few; pure."""

from collections.abc import Mapping, Sequence

# A share of fewer says more about each of them than about the whole.
FEW = 5


def share(part: int, whole: int) -> float | None:
    """The part in percent, or None where it would be a share of few."""
    return None if whole < FEW else 100 * part / whole


def too_few(counts: Sequence[int], few: int = FEW) -> set[int]:
    """The places of the rows to hide: those of few, and more so that none can be worked out.

    Who knows the whole can subtract what is shown. So the rows that are hidden are always two or
    more and together not few, or there is nothing shown to subtract.
    """
    hidden = {place for place, count in enumerate(counts) if count < few}
    if not hidden:
        return hidden
    shown = sorted(set(range(len(counts))) - hidden, key=lambda place: counts[place])
    for place in shown:
        if len(hidden) > 1 and sum(counts[one] for one in hidden) >= few:
            break
        hidden.add(place)
    return hidden


def quantile(histogram: Mapping[int, int], part: float) -> int | None:
    """The least value that this part of all stays at or under, or None where all are few."""
    total = sum(histogram.values())
    if total < FEW:
        return None
    reached = 0
    for value in sorted(histogram):
        reached += histogram[value]
        if reached >= part * total:
            return value
    raise AssertionError("the last value holds all of them")
