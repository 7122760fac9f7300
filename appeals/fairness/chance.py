"""How likely a difference is by chance alone; plain arithmetic.

Student's t by the incomplete beta function, evaluated as a continued fraction (Abramowitz and
Stegun, Handbook of Mathematical Functions, 26.5.8 and 26.7.1, with Lentz's method). False
discoveries by Benjamini and Hochberg, J. R. Statist. Soc. B 57 (1995) 289-300.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

NORMAL = NormalDist()
CONFIDENCE = 0.95
# Two-sided: 1.96 at 95 percent.
Z = NORMAL.inv_cdf((1 + CONFIDENCE) / 2)
# With more degrees the expansion is exact to ten digits.
MANY_DEGREES = 100
HALF = 0.5
TINY, CLOSE, MOST_STEPS = 1e-300, 1e-15, 500


@dataclass(frozen=True)
class Estimate:
    """A value, the interval that holds it at 95 percent, and how likely no difference gives it."""

    value: float
    low: float
    high: float
    p: float


def p_of_z(z: float) -> float:
    """Two-sided."""
    return math.erfc(abs(z) / math.sqrt(2))


def p_of_t(t: float, degrees: float) -> float:
    """Two-sided: the chance that Student's t is this far from nought or farther."""
    square = t * t
    if square < 1:
        # Near nought the small one of the two shares is the exact one.
        return 1 - _beta(square / (degrees + square), 0.5, degrees / 2)
    return _beta(degrees / (degrees + square), degrees / 2, 0.5)


def t_for(degrees: float, confidence: float = CONFIDENCE) -> float:
    """How far from nought t stays with this confidence."""
    if degrees > MANY_DEGREES:
        return _t_of_many(degrees, NORMAL.inv_cdf((1 + confidence) / 2))
    low, high = 0.0, 2.0
    while p_of_t(high, degrees) > 1 - confidence:
        high *= 2
    while high - low > CLOSE * high and low < (middle := (low + high) / 2) < high:
        if p_of_t(middle, degrees) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def _t_of_many(degrees: float, z: float) -> float:
    """Fisher's expansion about the normal (Abramowitz and Stegun 26.7.5): a page asks it often."""
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / degrees**power for power, term in enumerate(terms, start=1))


def adjusted(chances: Sequence[float]) -> list[float]:
    """Each p-value as the least share of false discoveries at which it still counts."""
    count = len(chances)
    least = 1.0
    found = [1.0] * count
    for rank, place in enumerate(sorted(range(count), key=lambda one: -chances[one])):
        least = min(least, chances[place] * count / (count - rank))
        found[place] = least
    return found


def _beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    small, large = sorted((a, b))
    logs = a * math.log(x) + b * math.log1p(-x)
    front = math.exp(_gamma_step(large, small) - math.lgamma(small) + logs)
    # The fraction converges fast on this side of the mean; the other side mirrors it.
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _gamma_step(x: float, step: float) -> float:
    """lgamma(x + step) - lgamma(x), without what two large numbers lose when subtracted.

    For a half step from far out: Tricomi and Erdelyi's series, exact to 15 digits from 100 on.
    """
    if step != HALF or x < MANY_DEGREES:
        return math.lgamma(x + step) - math.lgamma(x)
    return math.log(x) / 2 - 1 / (8 * x) + 1 / (192 * x**3) - 1 / (640 * x**5)


def _fraction(x: float, a: float, b: float) -> float:
    upper, lower = 1.0, 1 / _not_nought(1 - (a + b) * x / (a + 1))
    value = lower
    for step in range(1, MOST_STEPS):
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        for part in (even, odd):
            lower = 1 / _not_nought(1 + part * lower)
            upper = _not_nought(1 + part / upper)
            value *= upper * lower
        if abs(upper * lower - 1) < CLOSE:
            break
    return value


def _not_nought(value: float) -> float:
    return value if abs(value) > TINY else TINY
