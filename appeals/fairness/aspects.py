"""What is compared between groups, and when a figure leaves its band."""

import enum
from dataclasses import dataclass


class Aspect(enum.StrEnum):
    CUT = "cut"  # lines cut of the lines there are
    SIZE = "size"  # the share of its limit a line lost
    APPEALED = "appealed"  # appeals sent of the cuts
    ASKED = "asked"  # asked for papers, of the appeals sent
    DAYS = "days"  # from sending to the answer
    DROPPED = "dropped"  # given up or withdrawn, of the appeals begun
    OVERTURNED = "overturned"  # something given back, of the appeals answered


MEANS = frozenset({Aspect.SIZE, Aspect.DAYS})
# Fewer say more about each of them than about the group.
FEWEST = 30
# A difference counts where at most one in twenty of those that count is chance.
UNLIKELY = 0.05


@dataclass(frozen=True)
class Band:
    low: float
    high: float


# A screen and no verdict. Ratios of harm: four-fifths either way (29 CFR 1607.4(D), made for jobs
# and never adopted for credit). Sizes in standard deviations: small by Cohen. Days: a whole one.
BANDS = {
    **{aspect: Band(0.8, 1.25) for aspect in Aspect if aspect not in MEANS},
    Aspect.SIZE: Band(-0.2, 0.2),
    Aspect.DAYS: Band(-1.0, 1.0),
}
