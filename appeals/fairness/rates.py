"""Two shares beside each other: the ratio, the difference and the odds ratio; plain arithmetic.

Shares are of harm (cut, not "not cut"): with rare cuts the ratio of the good shares hides that one
group is cut three times as often. Intervals: the ratio's by Katz et al., Biometrics 34 (1978)
469-474, where nobody was hit with Walter's half added (Biometrika 62 (1975) 371-374); the
difference's by Newcombe's hybrid of Wilson scores, Statist. Med. 17 (1998) 873-890, method 10; the
odds ratio's by Woolf, Ann. Hum. Genet. 19 (1955) 251-253, where a cell is empty with Haldane's
half (ibid. 20 (1956) 309-311).
"""

import math
from dataclasses import dataclass

from appeals.fairness.chance import Estimate, Z, p_of_z

HALF = 0.5


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    def __post_init__(self) -> None:
        if not 0 <= self.part <= self.whole:
            raise ValueError(f"{self.part} of {self.whole} is no share")

    @property
    def rest(self) -> int:
        return self.whole - self.part

    @property
    def rate(self) -> float:
        return self.part / self.whole


def ratio(one: Share, other: Share) -> Estimate | None:
    """How many times as often the one is hit as the other; None where somebody has nobody."""
    if not one.whole or not other.whole or not one.part + other.part:
        return None
    half = 0.0 if one.part and other.part else HALF
    parts = one.part + half, other.part + half
    wholes = one.whole + half, other.whole + half
    log = math.log(parts[0] / wholes[0]) - math.log(parts[1] / wholes[1])
    spread = sum(1 / part - 1 / whole for part, whole in zip(parts, wholes, strict=True))
    return _from_log(log, math.sqrt(max(spread, 0.0)))


def difference(one: Share, other: Share) -> Estimate | None:
    """By how much the one share is above the other; its chance by the pooled score test."""
    if not one.whole or not other.whole:
        return None
    value = one.rate - other.rate
    (low, high), (other_low, other_high) = wilson(one), wilson(other)
    down = math.hypot(one.rate - low, other_high - other.rate)
    up = math.hypot(high - one.rate, other.rate - other_low)
    return Estimate(value, value - down, value + up, _p_of_difference(one, other))


def odds_ratio(one: Share, other: Share) -> Estimate | None:
    """How many times the odds of the other the odds of the one are."""
    if not one.whole or not other.whole:
        return None
    cells: list[float] = [one.part, one.rest, other.part, other.rest]
    if not all(cells):
        cells = [cell + HALF for cell in cells]
    hit, spared, other_hit, other_spared = cells
    log = math.log(hit * other_spared / (spared * other_hit))
    return _from_log(log, math.sqrt(sum(1 / cell for cell in cells)))


def wilson(share: Share) -> tuple[float, float]:
    """Wilson's score interval of one share, J. Am. Statist. Assoc. 22 (1927) 209-212."""
    whole, square = share.whole, Z * Z
    middle = (share.rate + square / (2 * whole)) / (1 + square / whole)
    spread = math.sqrt(share.rate * (1 - share.rate) / whole + square / (4 * whole * whole))
    reach = Z * spread / (1 + square / whole)
    return middle - reach, middle + reach


def _p_of_difference(one: Share, other: Share) -> float:
    pooled = (one.part + other.part) / (one.whole + other.whole)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / one.whole + 1 / other.whole))
    return p_of_z((one.rate - other.rate) / spread) if spread else 1.0


def _from_log(log: float, spread: float) -> Estimate:
    reach = Z * spread
    p = p_of_z(log / spread) if spread else float(log == 0)
    return Estimate(math.exp(log), math.exp(log - reach), math.exp(log + reach), p)
