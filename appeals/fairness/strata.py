"""An odds ratio within bands of risk, so that a difference of risk does not look like unfairness.

Mantel and Haenszel, J. Natl Cancer Inst. 22 (1959) 719-748; the interval by Robins, Breslow and
Greenland, Biometrics 42 (1986) 311-323. Plain arithmetic.
"""

import math
from collections.abc import Iterable

from appeals.fairness.chance import Estimate, Z, p_of_z
from appeals.fairness.rates import Share


def within_bands(bands: Iterable[tuple[Share, Share]]) -> Estimate | None:
    """The one odds ratio that fits all bands best; None where no band holds both groups."""
    up = down = own = mixed = other_own = 0.0
    for one, other in bands:
        count = one.whole + other.whole
        if not one.whole or not other.whole:
            continue
        agree, differ = (one.part + other.rest) / count, (one.rest + other.part) / count
        for_it, against = one.part * other.rest / count, one.rest * other.part / count
        up, down = up + for_it, down + against
        own += agree * for_it
        mixed += agree * against + differ * for_it
        other_own += differ * against
    if not up or not down:
        return None
    log = math.log(up / down)
    spread = math.sqrt(own / (2 * up * up) + mixed / (2 * up * down) + other_own / (2 * down**2))
    return Estimate(
        math.exp(log), math.exp(log - Z * spread), math.exp(log + Z * spread), p_of_z(log / spread)
    )
