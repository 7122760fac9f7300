"""The rows of one rule, put together in the ways the charts read them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from appeals.watch.facts import Boxed, Cell, add_boxed
from appeals.watch.sums import Key, Sums

DAY = 24
Counts = dict[int, int]


@dataclass
class Series:
    """How many an hour, and by day; hours are added in their order."""

    hours: Counts = field(default_factory=lambda: defaultdict(int))
    days: dict[int, Counts] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))

    def add(self, hour: int, number: int) -> None:
        self.hours[hour] += number
        self.days[hour // DAY][hour % DAY] += number

    @property
    def first(self) -> int:
        return next(iter(self.hours))

    def of_day(self, day: int) -> int:
        return sum(self.days[day].values()) if day in self.days else 0

    def between(self, begin: int, end: int) -> int:
        """How many from one hour to before another."""
        return sum(self.hours.get(hour, 0) for hour in range(begin, end))


@dataclass
class Version:
    """One version of a rule, and each region it fired in."""

    module: str
    first: int
    series: Series = field(default_factory=Series)
    sums: dict[int, Sums] = field(default_factory=dict)
    regions: dict[str, Series] = field(default_factory=lambda: defaultdict(Series))


@dataclass
class Rule:
    """All versions of a rule: its past is theirs."""

    name: str
    first: int
    series: Series = field(default_factory=Series)
    regions: dict[str, Series] = field(default_factory=lambda: defaultdict(Series))
    sums: dict[int, Sums] = field(default_factory=dict)
    days: dict[int, Sums] = field(default_factory=dict)
    # What the facts were like, by day, version and region.
    facts: dict[tuple[int, str, str], Boxed] = field(default_factory=dict)
    versions: dict[str, Version] = field(default_factory=dict)

    def cells(self, days: Iterable[int]) -> Iterable[Cell]:
        """What the facts of these days were like."""
        wanted = set(days)
        return (Cell(*key, boxed) for key, boxed in self.facts.items() if key[0] in wanted)


def rules_of(rows: Iterable[tuple[Key, Sums]], begin: int, end: int) -> dict[str, Rule]:
    """The rules with a row from one hour to before another; what only a policy did is left out."""
    rules: dict[str, Rule] = {}
    for key, sums in sorted(rows, key=lambda row: (row[0].hour, row[0])):
        if not sums.number or not begin <= key.hour < end:
            continue
        rule = rules.get(key.rule) or rules.setdefault(key.rule, Rule(key.rule, key.hour))
        version = rule.versions.get(key.version) or rule.versions.setdefault(
            key.version, Version(key.module, key.hour)
        )
        rule.first, version.first = min(rule.first, key.hour), min(version.first, key.hour)
        for part in (rule, version):
            part.series.add(key.hour, sums.number)
            part.regions[key.region].add(key.hour, sums.number)
            part.sums.setdefault(key.hour, Sums()).add(sums)
        rule.days.setdefault(key.hour // DAY, Sums()).add(sums)
        cell = (key.hour // DAY, key.version, key.region)
        add_boxed(rule.facts.setdefault(cell, {}), sums.facts)
    return rules


def merged(sums: Mapping[int, Sums], hours: Iterable[int]) -> Sums:
    """One sum over some hours."""
    found = Sums()
    for hour in hours:
        if hour in sums:
            found.add(sums[hour])
    return found
