"""Reads `retention.yaml`: how long things are kept that no jurisdiction pack speaks of."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from appeals.catalogue.loader import CatalogueError

SOURCE = Path(__file__).with_name("retention.yaml")
JURISDICTIONS = ("US", "GB", "EU", "CN")
MOST_MONTHS = 120


@dataclass(frozen=True)
class Retention:
    """Months after the end of a case, by kind of paper and jurisdiction; and days of our own."""

    version: str
    papers: Mapping[tuple[str, str], int]
    unsent_days: int
    rejected_text_days: int
    rejected_row_months: int

    def months(self, kind: str, jurisdiction: str, *, usual: int) -> int:
        """How long a paper of this kind is kept there; `usual` is what the pack says."""
        return self.papers.get((kind, jurisdiction), usual)


def load_retention(kinds: Collection[str], source: Path = SOURCE) -> Retention:
    """Read the table and check it; CatalogueError says what is wrong."""
    raw = source.read_bytes()
    tree = yaml.load(raw, Loader=yaml.CSafeLoader)
    papers: dict[tuple[str, str], int] = {}
    for entry in tree["papers"]:
        if entry["kind"] not in kinds:
            raise CatalogueError(f"retention: there is no kind of paper {entry['kind']!r}")
        for place, months in entry["months"].items():
            if place not in JURISDICTIONS:
                raise CatalogueError(f"retention: there is no jurisdiction {place!r}")
            if (entry["kind"], place) in papers:
                raise CatalogueError(f"retention: {entry['kind']} stands twice for {place}")
            papers[entry["kind"], place] = _number(months, entry["kind"], MOST_MONTHS)
    rejected = tree["rejected_lines"]
    return Retention(
        version=hashlib.sha256(raw).hexdigest()[:12],
        papers=papers,
        unsent_days=_number(tree["unsent_days"], "unsent_days", 3660),
        rejected_text_days=_number(rejected["text_days"], "text_days", 3660),
        rejected_row_months=_number(rejected["row_months"], "row_months", MOST_MONTHS),
    )


def _number(value: Any, name: str, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise CatalogueError(f"retention: {name} must be a number from 1 to {most}")
    return value
