"""The kept sums as one cell a group, aspect, risk band and month; nothing is hidden here yet."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from appeals.fairness.aspects import Aspect
from appeals.models import Dimension, FairnessSum, GroupCount, Source

# Of a share: the whole, the part and nothing. Of a mean: how many, their sum and their squares.
Cell = tuple[int, float, float]
NOTHING: Cell = (0, 0.0, 0.0)
# Month -> risk band -> what is there.
Cells = dict[date, dict[int, Cell]]
COMPARED = (Dimension.LANGUAGE.value, Dimension.REGION.value)
SUM_FIELDS = (
    *("at", "dimension", "group", "band", "lines_cut", "cuts", "size_total", "size_squares"),
    *("begun", "sent", "dropped", "asked", "decided", "days_total", "days_squares", "overturned"),
)
FINGERPRINT_SQL = """
SELECT count(*), sum(hash_record_extended(one, 0)) FROM appeals_fairnesssum AS one
WHERE is_month AND at = ANY(%(months)s)
UNION ALL
SELECT count(*), sum(hash_record_extended(one, 0)) FROM appeals_groupcount AS one
WHERE month = ANY(%(months)s)
"""


@dataclass
class Read:
    """All cells of one way to tell groups apart: aspect -> group -> cells."""

    dimension: str
    source: Source | None = None
    cells: dict[Aspect, dict[str, Cells]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(lambda: defaultdict(dict)))
    )


def list_months() -> list[date]:
    """The months there are sums of, newest first."""
    months = FairnessSum.objects.filter(is_month=True).values_list("at", flat=True)
    reported = GroupCount.objects.filter(source=Source.LENDER).values_list("month", flat=True)
    return sorted({*months.distinct(), *reported.distinct()}, reverse=True)


def fingerprint_of(months: Sequence[date]) -> str:
    """Another one for these months once any of their rows is another."""
    with connection.cursor() as cursor:
        cursor.execute(FINGERPRINT_SQL, {"months": list(months)})
        return str(cursor.fetchall())


def read(months: Sequence[date]) -> list[Read]:
    """Languages and regions first, then whatever the lender reports, by name; two queries."""
    found = {name: Read(name) for name in COMPARED}
    lines_cut: dict[tuple[str, str, date, int], int] = {}
    rows = FairnessSum.objects.filter(is_month=True, at__in=months, dimension__in=COMPARED)
    for at, dimension, group, band, cut, *parts in rows.values_list(*SUM_FIELDS):
        lines_cut[dimension, group, at, band] = cut
        cells = found[dimension].cells
        for aspect, cell in _cells_of(*parts):
            if cell[0]:
                cells[aspect][group][at][band] = cell
    _read_lines(months, found, lines_cut)
    own = sorted(name for name in found if name not in COMPARED)
    return [found[name] for name in (*COMPARED, *own)]


def _cells_of(  # noqa: PLR0913 - the columns of a sum
    cuts: int,
    size_total: float,
    size_squares: float,
    begun: int,
    sent: int,
    dropped: int,
    asked: int,
    decided: int,
    days_total: float,
    days_squares: float,
    overturned: int,
) -> tuple[tuple[Aspect, Cell], ...]:
    return (
        (Aspect.SIZE, (cuts, size_total, size_squares)),
        (Aspect.APPEALED, (cuts, sent, 0.0)),
        (Aspect.ASKED, (sent, asked, 0.0)),
        (Aspect.DAYS, (decided, days_total, days_squares)),
        (Aspect.DROPPED, (begun, dropped, 0.0)),
        (Aspect.OVERTURNED, (decided, overturned, 0.0)),
    )


def _read_lines(
    months: Sequence[date],
    found: dict[str, Read],
    lines_cut: dict[tuple[str, str, date, int], int],
) -> None:
    """Of how many lines the cut ones are: what the lender reported counts before what we hold."""
    fields = ("month", "source", "dimension", "group", "band", "lines", "lines_cut")
    rows = list(GroupCount.objects.filter(month__in=months).values_list(*fields))
    reported = {(month, by) for month, source, by, *_ in rows if source == Source.LENDER}
    for month, source, dimension, group, band, lines, cut in rows:
        if source == Source.PORTAL and (month, dimension) in reported:
            continue
        here = found.setdefault(dimension, Read(dimension))
        if here.source != Source.LENDER:
            here.source = Source(source)
        ours = lines_cut.get((dimension, group, month, band), 0)
        part = ours if cut is None else cut
        # A line whose band is another by now: never more cut than there are.
        here.cells[Aspect.CUT][group][month][band] = (max(lines, part), part, 0.0)
