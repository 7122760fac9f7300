"""Whether a fact that used to differ from customer to customer has got stuck at one value.

Of each fact it is kept in which of a few boxes its values fell, so that many values need no more
room than one and nothing about a person is kept. Only what has differed can get stuck: a fact that
nearly always had one value, in all of the rule's past or in one version or region of it, has no
chart.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from appeals.watch.charts import Evidence, share_ratio
from appeals.watch.probability import share_limit

# So many boxes; two values share one of them once in as many times.
BOXES = 16
# Days and places are the same for all of an hour, a limit of the rule's own is for all it hits.
OF_DAYS_AND_PLACES = frozenset({"date", "due_date", "start", "end", "month", "region"})
OF_THE_RULE = frozenset(
    {"limit_pct", "cap_pct", "debt_cap", "cap", "target_score", "n", "cycles", "days", "months"}
)
LEFT_OUT = OF_DAYS_AND_PLACES | OF_THE_RULE
# A fact the catalogue does not know has no kind; a day is known by how it looks.
LIKE_A_DAY = re.compile(r"\d{4}-\d\d(-\d\d|$)", re.ASCII)
LONGEST_NAME = 64
# How much of what it hits has the same value once a fact is stuck.
STUCK = 0.95
# From which odds on that is three times the odds, as it is of the other shares.
ODDS = 3.0
MOST_USUAL = 1 / (1 + ODDS * (1 - STUCK) / STUCK)
# A past of fewer says nothing; nor do fewer in a week, a version or a region.
LEAST_PAST, LEAST_OF_GROUP = 50, 20

# How many there are by fact and box: `{"BUR-UTIL-HIGH.util_pct#7": 3}`.
Boxed = dict[str, int]
Counts = Mapping[int, int]


def box_of(value: Any) -> int:
    """The box of a value; the same one in every process and on every day."""
    text = json.dumps(value, sort_keys=True) if isinstance(value, dict) else str(value)
    return crc32(text.encode(errors="replace")) % BOXES


def names_of(code: str, facts: Mapping[str, Any]) -> Iterator[str]:
    """What one reason adds to: a name for each of its facts that may get stuck."""
    for name, value in facts.items():
        if value is None or name in LEFT_OUT or len(name) > LONGEST_NAME:
            continue
        if isinstance(value, str) and LIKE_A_DAY.match(value):
            continue
        yield f"{code}.{name}#{box_of(value)}"


def add_boxed(to: Boxed, other: Mapping[str, int]) -> None:
    for name, number in other.items():
        to[name] = to.get(name, 0) + number


def by_fact(boxed: Mapping[str, int]) -> dict[str, dict[int, int]]:
    """The counts of each fact by box, in an order that does not depend on what came first."""
    found: dict[str, dict[int, int]] = {}
    for name in sorted(boxed):
        fact, _hash, box = name.rpartition("#")
        found.setdefault(fact, {})[int(box)] = boxed[name]
    return found


@dataclass(frozen=True)
class FactPast:
    """How a fact fell into its boxes in the weeks before."""

    shares: Mapping[int, float]
    # The most the past still allows of each box.
    limits: Mapping[int, float]
    # How much more days and weeks differ than by chance, at least one.
    spread: float

    def limit(self, box: int) -> float:
        return self.limits.get(box, 1 / BOXES)


@dataclass(frozen=True)
class Cell:
    """What a version brought in a region on a day."""

    day: int
    version: str
    region: str
    boxed: Boxed


def pasts_of(cells: Iterable[Cell]) -> dict[str, FactPast]:
    """The past of each fact that has differed; the others have no chart."""
    whole: Boxed = {}
    groups: dict[tuple[str, str | int], Boxed] = defaultdict(dict)
    for cell in cells:
        add_boxed(whole, cell.boxed)
        for group in (
            ("day", cell.day),
            ("week", cell.day // 7),
            ("version", cell.version),
            ("region", cell.region),
        ):
            add_boxed(groups[group], cell.boxed)
    told = [(kind, by_fact(boxed)) for (kind, _name), boxed in groups.items()]
    found = {}
    for fact, counts in by_fact(whole).items():
        if sum(counts.values()) < LEAST_PAST:
            continue
        past = _past_of(counts, [(kind, own[fact]) for kind, own in told if fact in own])
        if max(past.limits.values()) <= MOST_USUAL:
            found[fact] = past
    return found


def _past_of(counts: Counts, groups: list[tuple[str, dict[int, int]]]) -> FactPast:
    whole = sum(counts.values())
    shares = {box: number / whole for box, number in counts.items()}
    spread = max(
        _spread(shares, [own for kind, own in groups if kind == one]) for one in ("day", "week")
    )
    limits = {}
    for box, number in counts.items():
        # Of a past that varies more than by chance, as many fewer cases are worth something.
        allowed = [1 / BOXES, share_limit(number / spread, whole / spread)]
        for kind, own in groups:
            total = sum(own.values())
            if kind != "day" and total >= LEAST_OF_GROUP:
                allowed.append(own.get(box, 0) / total)
        limits[box] = max(allowed)
    return FactPast(shares, limits, spread)


def _spread(shares: Mapping[int, float], groups: list[dict[int, int]]) -> float:
    """Pearson's statistic of the groups over its degrees of freedom, at least one.

    McCullagh & Nelder, Generalized Linear Models (1989), section 5.5: as of the rates.
    """
    free = (len(groups) - 1) * (len(shares) - 1)
    if free <= 0:
        return 1.0
    statistic = 0.0
    for own in groups:
        total = sum(own.values())
        statistic += sum(n * n / (total * shares[box]) for box, n in own.items()) - total
    return max(1.0, statistic / free)


@dataclass
class FactChart:
    """Of one fact: a chart of log likelihood ratios a box, nearly all of it against its past.

    The highest counts. Among so many that is as many times less rare: the sum of as many
    Shiryaev-Roberts statistics bounds the run length (Pollak, Annals of Statistics 13, 1985).
    """

    boxes: dict[int, Evidence] = field(default_factory=dict)

    def step(self, at: int, counts: Counts, past: FactPast) -> None:
        whole = sum(counts.values())
        for box in sorted(self.boxes.keys() | counts.keys()):
            chart = self.boxes.setdefault(box, Evidence())
            usual = past.limit(box)
            ratio = _stuck_ratio(counts.get(box, 0), whole, usual)
            if chart.height or ratio > 0:
                chart.step(at, ratio / past.spread)

    @property
    def highest(self) -> int | None:
        """The box that says most, if one says anything."""
        risen = [(-chart.height, box) for box, chart in self.boxes.items() if chart.height]
        return min(risen)[1] if risen else None

    def rarity(self, box: int) -> float:
        return min(1.0, BOXES * self.boxes[box].rarity)


def _stuck_ratio(part: int, whole: int, usual: float) -> float:
    odds = STUCK / (1 - STUCK) * (1 - usual) / usual
    return share_ratio(part, whole, usual, odds=odds)
