"""Charts that add up evidence hour by hour, and how often a sound rule drives them so high.

A chart's height is a cumulative sum that never falls below nothing (Page, Biometrika 41, 1954).
How long a sound process takes to reach a height, its average run length, says what the height is
worth. It follows from a formula and from nothing in the data:

- where the steps are log likelihood ratios, at least exp(height) (Lorden, Annals of Mathematical
  Statistics 42, 1971);
- where they are standardised and less a reference value k, Siegmund's approximation (Sequential
  Analysis, 1985, section 2.6; Montgomery, Introduction to Statistical Quality Control, ch. 9).
"""

import math
from dataclasses import dataclass

# Siegmund's correction for what the last step overshoots: -2 zeta(1/2) / sqrt(2 pi).
OVERSHOOT = 1.166
# Half of the smallest shift worth an alarm, in standard deviations: one.
REFERENCE = 0.5
# What a single hour may say at most: a few odd cases are no shift.
MOST_OF_ONE = 3.0
# Where a chart begins again. It has said all by then, and must be able to fall when all is well.
CERTAIN = math.log(1e9)


def siegmund_run_length(height: float, reference: float = REFERENCE) -> float:
    """How many steps a sound process takes on average until its chart reaches this height."""
    twice = 2 * reference * (height + OVERSHOOT)
    if twice > 700:
        return math.inf
    return (math.exp(twice) - twice - 1) / (2 * reference * reference)


def siegmund_height(run_length: float, reference: float = REFERENCE) -> float:
    """The height that a sound process reaches once in so many steps."""
    low, high = 0.0, 1.0
    while siegmund_run_length(high, reference) < run_length:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        if siegmund_run_length(middle, reference) < run_length:
            low = middle
        else:
            high = middle
    return high


@dataclass(slots=True)
class Evidence:
    """A chart of log likelihood ratios."""

    height: float = 0.0
    # The step before the first that still counts.
    since: int = 0

    def step(self, at: int, ratio: float) -> None:
        if self.height >= CERTAIN:
            self.height = 0.0
        if self.height == 0.0:
            self.since = at
        self.height = max(0.0, self.height + ratio)

    @property
    def rarity(self) -> float:
        """How often at most a sound process stands so high: the inverse of the run length."""
        return math.exp(-self.height)


@dataclass(slots=True)
class Shift:
    """A chart of standardised steps, upwards and downwards."""

    up: float = 0.0
    down: float = 0.0
    since: int = 0

    def step(self, at: int, z: float) -> None:
        if self.rarity < math.exp(-CERTAIN):
            self.up = self.down = 0.0
        if self.up == self.down == 0.0:
            self.since = at
        z = max(-MOST_OF_ONE, min(MOST_OF_ONE, z))
        self.up = max(0.0, self.up + z - REFERENCE)
        self.down = max(0.0, self.down - z - REFERENCE)

    @property
    def height(self) -> float:
        return max(self.up, self.down)

    @property
    def rarity(self) -> float:
        """Both sides count, so that each has half of the chance."""
        return min(1.0, 2 / siegmund_run_length(self.height)) if self.height else 1.0


def poisson_ratio(count: int, usual: float, *, times: float) -> float:
    """The log likelihood ratio of a count: `times` what is usual, against what is usual."""
    return count * math.log(times) - usual * (times - 1)


def share_ratio(part: int, whole: int, usual: float, *, odds: float) -> float:
    """The log likelihood ratio of a share: its odds multiplied, against what is usual."""
    more = odds * usual / (1 + (odds - 1) * usual)
    return part * math.log(more / usual) + (whole - part) * math.log((1 - more) / (1 - usual))


def false_discoveries_held(rarities: list[float], level: float) -> float:
    """The highest rarity that still counts as a discovery, or -1 where none does.

    Benjamini & Hochberg, Journal of the Royal Statistical Society B 57 (1995). Steady-state
    values of CUSUM charts under it: Li & Tsung, Technometrics 51 (2009).
    """
    found, ordered = -1.0, sorted(rarities)
    for rank, rarity in enumerate(ordered, start=1):
        if rarity <= level * rank / len(ordered):
            found = rarity
    return found
