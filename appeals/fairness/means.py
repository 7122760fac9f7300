"""Two means beside each other, from sums alone; plain arithmetic.

Welch's interval of the difference: Biometrika 34 (1947) 28-35. The standardised difference is
Hedges' g, with the interval of Hedges and Olkin, Statistical Methods for Meta-Analysis (1985)
81-86; about 0.2 is small, 0.5 middling, 0.8 large (Cohen 1988).
"""

import math
from dataclasses import dataclass

from appeals.fairness.chance import Estimate, Z, p_of_t, p_of_z, t_for


@dataclass(frozen=True)
class Moments:
    """How many there were, what they come to, and what their squares come to."""

    count: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        return self.total / self.count

    @property
    def variance(self) -> float:
        """Of the sample; never under nought, whatever rounding left."""
        rest = self.squares - self.total * self.total / self.count
        return max(rest / (self.count - 1), 0.0)


def welch(one: Moments, other: Moments) -> Estimate | None:
    """By how much the one mean is above the other; None of fewer than two, or of no spread."""
    if one.count < 2 or other.count < 2:
        return None
    parts = one.variance / one.count, other.variance / other.count
    spread = sum(parts)
    if not spread:
        return None
    degrees = spread**2 / sum(
        part**2 / (count - 1) for part, count in zip(parts, (one.count, other.count), strict=True)
    )
    value = one.mean - other.mean
    reach = t_for(degrees) * math.sqrt(spread)
    p = p_of_t(value / math.sqrt(spread), degrees)
    return Estimate(value, value - reach, value + reach, p)


def standardised(one: Moments, other: Moments) -> Estimate | None:
    """The difference of the means in standard deviations, corrected for few."""
    count = one.count + other.count
    if one.count < 2 or other.count < 2 or count < 5:
        return None
    pooled = (one.variance * (one.count - 1) + other.variance * (other.count - 1)) / (count - 2)
    if not pooled:
        return None
    value = (one.mean - other.mean) / math.sqrt(pooled) * (1 - 3 / (4 * count - 9))
    spread = math.sqrt(count / (one.count * other.count) + value**2 / (2 * (count - 3.94)))
    return Estimate(value, value - Z * spread, value + Z * spread, p_of_z(value / spread))
