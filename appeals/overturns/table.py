"""A digest as a table for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from appeals.exporting import BYTE_ORDER_MARK, guarded
from appeals.overturns.figures import Shown, few_or

# Names for machines: the same in every language.
COLUMNS = (
    *("week", "rule", "version", "reason", "decisions", "appealed", "decided", "overturned"),
    *("share", "share_low", "share_high", "change", "change_low", "change_high"),
    "false_discovery_rate",
)


def as_csv(week: date, lines: Iterable[Shown]) -> str:
    """Every figure that is shown, unrounded; what is few is empty."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in lines:
        names = (guarded(name) for name in one.key)
        writer.writerow([week.isoformat(), *names, *_numbers(one)])
    return out.getvalue()


def _numbers(one: Shown) -> Iterator[Any]:
    line, is_shown = one.line, one.share is not None
    yield from (line.decisions, few_or(line.appealed), few_or(line.decided))
    yield line.overturned if is_shown or not line.decided else None
    yield from (one.share, one.low, one.high) if is_shown else (None, None, None)
    if one.change is None:
        yield from (None,) * 4
    else:
        yield from (one.change.value, one.change.low, one.change.high, one.chance)
