"""Reads `ahead.yaml`: which reasons nobody can change, and when one can pass at the earliest."""

import calendar
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from appeals.catalogue.facts import FACT_KINDS, FactKind
from appeals.catalogue.loader import CatalogueError

SOURCE = Path(__file__).with_name("ahead.yaml")
DECIDED = "decided"
# Months; a day further away helps nobody.
LONGEST = 120
UNITS = frozenset({"days", "months"})


@dataclass(frozen=True)
class Earliest:
    """From which day, and how much later."""

    begin: str
    add: str | int
    unit: str

    def day(self, facts: Mapping[str, Any], decided_on: date) -> date | None:
        """The first day on which the reason can pass; None where a fact for it is missing."""
        begin = decided_on if self.begin == DECIDED else _day(self.begin, facts.get(self.begin))
        number = facts.get(self.add) if isinstance(self.add, str) else self.add
        if begin is None or isinstance(number, bool) or not isinstance(number, int):
            return None
        if self.unit == "days":
            return begin + timedelta(days=number) if number <= LONGEST * 30 else None
        return _add_months(begin, number) if number <= LONGEST else None


@dataclass(frozen=True)
class Ahead:
    nothing_to_change: frozenset[str]
    earliest: Mapping[str, Earliest]


def load_ahead(codes: Collection[str], source: Path = SOURCE) -> Ahead:
    """Read and check what lies ahead; CatalogueError names what is wrong."""
    tree = yaml.load(source.read_bytes(), Loader=yaml.CSafeLoader)
    ahead = Ahead(
        frozenset(tree["nothing_to_change"]),
        {
            code: Earliest(entry["from"], entry["add"], entry["unit"])
            for code, entry in tree["earliest"].items()
        },
    )
    for code in ahead.nothing_to_change | ahead.earliest.keys():
        if code not in codes:
            raise CatalogueError(f"ahead.yaml: there is no reason {code!r}")
    for code, rule in ahead.earliest.items():
        _check(code, rule)
    return ahead


def _check(code: str, rule: Earliest) -> None:
    if rule.begin != DECIDED and FACT_KINDS.get(rule.begin) not in {FactKind.DAY, FactKind.MONTH}:
        raise CatalogueError(f"ahead.yaml: {code}: {rule.begin!r} is no day and no month")
    if isinstance(rule.add, str) and FACT_KINDS.get(rule.add) is not FactKind.NUMBER:
        raise CatalogueError(f"ahead.yaml: {code}: {rule.add!r} is no number")
    if rule.unit not in UNITS:
        raise CatalogueError(f"ahead.yaml: {code}: {rule.unit!r} is no unit")


def _day(name: str, value: Any) -> date | None:
    """The day itself, or the first one after a month."""
    if not isinstance(value, str):
        return None
    if FACT_KINDS[name] is FactKind.MONTH:
        return _add_months(date.fromisoformat(f"{value}-01"), 1)
    return date.fromisoformat(value)


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
