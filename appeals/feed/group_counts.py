"""Counts of groups as a lender reports them: checked as a whole, before anything is stored."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from appeals.feed.decoding import Unusable

MOST_ROWS = 5_000
MOST_LINES = 1_000_000_000
BANDS = range(6)
LONGEST_GROUP = 64
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
# Here the portal counts the cut lines itself, and only how many lines there are is reported.
COUNTED_HERE = frozenset({"language", "region"})
# A policy is no group of people.
NOT_REPORTED = frozenset({"policy"})
NEEDED = ("month", "dimension", "group", "lines")
ALLOWED = frozenset({*NEEDED, "band", "lines_cut"})


@dataclass(frozen=True)
class Reported:
    """How many lines one group had in a month, and how many of them were cut."""

    month: date
    dimension: str
    group: str
    band: int
    lines: int
    lines_cut: int | None

    @property
    def key(self) -> tuple[date, str, str, int]:
        return self.month, self.dimension, self.group, self.band


def counts_in(rows: Iterable[Any], *, today: date) -> list[Reported]:
    """All rows, or Unusable naming the first that is wrong and what to do about it."""
    found: dict[tuple[date, str, str, int], Reported] = {}
    for place, row in enumerate(rows, start=1):
        if place > MOST_ROWS:
            raise Unusable(f"A report has at most {MOST_ROWS} rows. Send it month by month.")
        try:
            one = _one(row, today)
        except Unusable as error:
            raise Unusable(f"Row {place}: {error}") from error
        if one.key in found:
            raise Unusable(f"Row {place}: this group and band were there before. Add them up.")
        found[one.key] = one
    if not found:
        raise Unusable("There are no rows in it.")
    return list(found.values())


def _one(row: Any, today: date) -> Reported:
    if not isinstance(row, Mapping):
        raise Unusable("each row is an object with " + ", ".join(NEEDED) + ".")
    unknown = sorted(set(map(str, row)) - ALLOWED)
    if unknown:
        # Whatever else somebody sends could be about a person: none of it is taken.
        raise Unusable(f"{unknown[0]} is no column. Only counts of groups are taken.")
    missing = [name for name in NEEDED if row.get(name) in (None, "")]
    if missing:
        raise Unusable(f"{missing[0]} is missing.")
    dimension, group = str(row["dimension"]), str(row["group"]).strip()
    if not NAME.fullmatch(dimension) or dimension in NOT_REPORTED:
        raise Unusable("dimension is a short name such as age_band: a to z, digits and _.")
    if not group or len(group) > LONGEST_GROUP or not group.isprintable():
        raise Unusable(f"group is a name of 1 to {LONGEST_GROUP} letters.")
    lines = _number(row["lines"], "lines", MOST_LINES)
    return Reported(
        month=_month(row["month"], today),
        dimension=dimension,
        group=group,
        band=_number(row.get("band") or 0, "band", max(BANDS)),
        lines=lines,
        lines_cut=_lines_cut(row.get("lines_cut"), dimension, lines),
    )


def _lines_cut(given: Any, dimension: str, lines: int) -> int | None:
    is_given = given not in (None, "")
    if dimension in COUNTED_HERE:
        if is_given:
            raise Unusable(f"lines_cut by {dimension} is counted here: leave it out.")
        return None
    if not is_given:
        raise Unusable("lines_cut is missing: the portal cannot count it by this group.")
    cut = _number(given, "lines_cut", MOST_LINES)
    if cut > lines:
        raise Unusable("lines_cut is more than lines.")
    return cut


def _number(given: Any, name: str, most: int) -> int:
    text = str(given).strip() if not isinstance(given, bool) else ""
    if not text.isascii() or not text.isdigit() or len(text) > len(str(most)) or int(text) > most:
        raise Unusable(f"{name} is a whole number from 0 to {most}.")
    return int(text)


def _month(given: Any, today: date) -> date:
    text = str(given)
    try:
        month = date.fromisoformat(f"{text}-01") if len(text) == len("2026-10") else None
    except ValueError:
        month = None
    if month is None or month > today:
        raise Unusable("month is one that has begun, such as 2026-10.")
    return month
