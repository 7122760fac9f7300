"""How unlikely a number is, in closed form. Each function names where it is from.

SciPy is the oracle in the tests; nothing of it is needed to run.
"""

import math
from collections.abc import Iterable, Sequence

# 95 % from both sides: what a past of few cases still allows is part of what is usual.
CAUTION = 1.959964


def rate_limit(count: int, z: float = CAUTION) -> float:
    """The highest Poisson mean that a count still allows: Byar's approximation.

    Breslow & Day, Statistical Methods in Cancer Research II (1987), section 2.3.
    """
    more = count + 1
    return more * (1 - 1 / (9 * more) + z / (3 * math.sqrt(more))) ** 3


def share_limit(part: float, whole: float, z: float = CAUTION) -> float:
    """The highest share that a part of a whole still allows: Wilson's score interval (1927)."""
    if not whole:
        return 1.0
    share, spread = part / whole, z * z / whole
    centre = share + spread / 2
    return min(
        (centre + z * math.sqrt(share * (1 - share) / whole + spread / (4 * whole))) / (1 + spread),
        1.0,
    )


def binomial_tail(part: int, whole: int, share: float) -> float:
    """The chance of so many or more of a whole: the exact binomial test, one-sided."""
    if part <= 0:
        return 1.0
    if share <= 0:
        return 0.0
    if share >= 1:
        return 1.0
    first = (
        math.lgamma(whole + 1)
        - math.lgamma(part + 1)
        - math.lgamma(whole - part + 1)
        + part * math.log(share)
        + (whole - part) * math.log1p(-share)
    )
    odds = share / (1 - share)
    return _tail(first, (odds * (whole - k) / (k + 1) for k in range(part, whole)))


def fisher_tail(part: int, whole: int, other_part: int, other_whole: int) -> float:
    """The chance that so many or more of the marked fall into the first group: Fisher's exact test.

    Fisher, The Design of Experiments (1935), section 11; one-sided.
    """
    marked, most = part + other_part, min(whole, part + other_part)
    if part <= max(0, marked - other_whole):
        return 1.0
    total = whole + other_whole
    first = (
        _log_choose(whole, part) + _log_choose(other_whole, other_part) - _log_choose(total, marked)
    )
    return _tail(
        first,
        (
            (whole - k) * (marked - k) / ((k + 1) * (other_whole - marked + k + 1))
            for k in range(part, most)
        ),
    )


def ks_limit(distance: float, number: int, other_number: int) -> float:
    """The most likely a distance so great between two samples' distributions can be.

    The Dvoretzky-Kiefer-Wolfowitz inequality for two samples with the constant e, which holds for
    samples of any size: Wei & Dudley, Statistics & Probability Letters 82 (2012). Bins only make
    the distance smaller, so the bound holds for them too.
    """
    if not number or not other_number:
        return 1.0
    size = number * other_number / (number + other_number)
    return min(1.0, math.e * math.exp(-2 * size * distance * distance))


def ks_distance(bins: Sequence[int], other: Sequence[int]) -> float:
    """The greatest distance between the two distribution functions (Kolmogorov, Smirnov)."""
    total, other_total = sum(bins), sum(other)
    if not total or not other_total:
        return 0.0
    found = here = there = 0.0
    for one, another in zip(bins, other, strict=True):
        here += one / total
        there += another / other_total
        found = max(found, abs(here - there))
    return found


def psi(bins: Sequence[int], other: Sequence[int]) -> float:
    """The population stability index of two samples: the sum of (p - q) ln (p / q).

    Kullback & Leibler's J-divergence (1951), as credit scoring uses it (Siddiqi, Credit Risk
    Scorecards, 2006). Half a case is added to each bin, so that an empty one has a logarithm.
    """
    total, other_total = sum(bins) + len(bins) / 2, sum(other) + len(other) / 2
    found = 0.0
    for one, another in zip(bins, other, strict=True):
        p, q = (one + 0.5) / total, (another + 0.5) / other_total
        found += (p - q) * math.log(p / q)
    return found


def _log_choose(whole: int, part: int) -> float:
    return math.lgamma(whole + 1) - math.lgamma(part + 1) - math.lgamma(whole - part + 1)


def _tail(log_first: float, ratios: Iterable[float]) -> float:
    """The sum of terms of which the first and the ratio of each to the one before are known."""
    total = term = 1.0
    for ratio in ratios:
        term *= ratio
        total += term
        if ratio < 1 and term < total * 1e-17:
            break
    return min(1.0, math.exp(min(log_first + math.log(total), 0.0)))
