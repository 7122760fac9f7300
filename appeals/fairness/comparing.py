"""Each group beside all others together: ratios, differences and how likely they are by chance.

No group of fewer than 30 is shown, nor one from which it could be worked out: at least two groups
are hidden or none, and together they are not few. A month in which a group has fewer is left out of
a longer time where taking the other months away would lay it open.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from appeals.fairness.aspects import BANDS, FEWEST, MEANS, UNLIKELY, Aspect
from appeals.fairness.chance import Estimate, adjusted
from appeals.fairness.means import Moments, standardised, welch
from appeals.fairness.rates import Share, difference, odds_ratio, ratio
from appeals.fairness.reading import NOTHING, Cell, Cells, Read, fingerprint_of, read
from appeals.fairness.strata import within_bands
from appeals.models import Source
from appeals.models.fairness import NO_BAND
from appeals.shares import too_few

# Months and years that are looked at in turn, a few hundred kilobytes each.
KEPT = 8


@dataclass(frozen=True)
class Compared:
    """One group beside all others; `value` and `others` are shares, or means."""

    group: str
    count: int
    value: float
    others: float
    ratio: Estimate | None = None
    difference: Estimate | None = None
    odds: Estimate | None = None
    within: Estimate | None = None
    standardised: Estimate | None = None
    # The least share of false discoveries on the page at which it still counts.
    chance: float = 1.0

    def main(self, aspect: Aspect) -> Estimate | None:
        """The figure that is tested and that has a band."""
        if aspect == Aspect.SIZE:
            return self.standardised
        return self.difference if aspect == Aspect.DAYS else self.ratio

    @property
    def is_unlikely(self) -> bool:
        return self.chance < UNLIKELY

    def is_outside(self, aspect: Aspect) -> bool:
        """Whether its figure left its band, and hardly by chance."""
        main, band = self.main(aspect), BANDS[aspect]
        return main is not None and self.is_unlikely and not band.low <= main.value <= band.high


@dataclass(frozen=True)
class Table:
    """All groups of one dimension in one aspect: those shown, greatest first, and those hidden."""

    dimension: str
    aspect: Aspect
    rows: list[Compared]
    hidden: list[str]
    source: Source | None = None

    @property
    def strongest(self) -> Compared | None:
        """What the sentence is about: what is least likely by chance, or else what is greatest."""
        tested = [row for row in self.rows if row.main(self.aspect) is not None]
        return min(tested, key=lambda row: (row.chance, -abs(row.value - row.others)), default=None)


def compare(months: Sequence[date]) -> Sequence[Table]:
    """All tables of these months; false discoveries are held down over all of them together.

    A process keeps what it worked out until a sum it is made of changes.
    """
    return _compare(tuple(months), fingerprint_of(months))


@lru_cache(maxsize=KEPT)
def _compare(months: tuple[date, ...], _fingerprint: str) -> tuple[Table, ...]:
    tables = [
        _table(one, aspect, one.cells[aspect])
        for one in read(months)
        for aspect in Aspect
        if aspect in one.cells
    ]
    chances = adjusted([_p_of(row, table) for table in tables for row in table.rows])
    left = iter(chances)
    return tuple(
        replace(table, rows=[replace(row, chance=next(left)) for row in table.rows])
        for table in tables
    )


def _p_of(row: Compared, table: Table) -> float:
    main = row.main(table.aspect)
    return 1.0 if main is None else main.p


def _table(one: Read, aspect: Aspect, groups: dict[str, Cells]) -> Table:
    bands = {group: _over_months(cells) for group, cells in groups.items()}
    bands = {group: cells for group, cells in bands.items() if _sum(cells.values())[0]}
    sums = {group: _sum(cells.values()) for group, cells in bands.items()}
    names = sorted(sums)
    places = too_few([sums[name][0] for name in names], FEWEST)
    hidden = {names[place] for place in places}
    whole = _sum(sums.values())
    # Where the others are few, the group says as much about them.
    hidden |= {name for name in names if whole[0] - sums[name][0] < FEWEST}
    all_bands = _added(bands.values())
    rows = [
        _compared(name, aspect, bands[name], _without(all_bands, bands[name]))
        for name in names
        if name not in hidden
    ]
    rows.sort(key=lambda row: (-row.value, row.group))
    source = one.source if aspect == Aspect.CUT else None
    return Table(one.dimension, aspect, rows, sorted(hidden), source)


def _over_months(cells: Cells) -> dict[int, Cell]:
    """By risk band, without months of few where these could be worked out."""
    sizes = {month: _sum(bands.values())[0] for month, bands in cells.items()}
    small = [month for month, size in sizes.items() if 0 < size < FEWEST]
    total = sum(sizes[month] for month in small)
    left_out = set(small) if len(cells) > 1 and (total < FEWEST or len(small) == 1) else set()
    return _added(bands for month, bands in cells.items() if month not in left_out)


def _added(all_bands: Iterable[dict[int, Cell]]) -> dict[int, Cell]:
    by_band: dict[int, list[Cell]] = {}
    for bands in all_bands:
        for band, cell in bands.items():
            by_band.setdefault(band, []).append(cell)
    return {band: _sum(cells) for band, cells in by_band.items()}


def _without(whole: dict[int, Cell], own: dict[int, Cell]) -> dict[int, Cell]:
    """All the others: what is left of the whole, so that sixty groups are added up once."""
    rest = {}
    for band, (count, total, squares) in whole.items():
        less = own.get(band, NOTHING)
        if count > less[0]:
            rest[band] = (count - less[0], total - less[1], squares - less[2])
    return rest


def _sum(cells: Iterable[Cell]) -> Cell:
    count, total, squares = NOTHING
    for one in cells:
        count += one[0]
        total += one[1]
        squares += one[2]
    return count, total, squares


def _compared(group: str, aspect: Aspect, own: dict[int, Cell], rest: dict[int, Cell]) -> Compared:
    one, other_cell = _sum(own.values()), _sum(rest.values())
    value, others_value = one[1] / one[0], other_cell[1] / other_cell[0]
    if aspect in MEANS:
        moments = Moments(*one), Moments(*other_cell)
        return Compared(
            group,
            one[0],
            value,
            others_value,
            difference=welch(*moments),
            standardised=standardised(*moments),
        )
    shares = _share(one), _share(other_cell)
    return Compared(
        group,
        one[0],
        value,
        others_value,
        ratio=ratio(*shares),
        difference=difference(*shares),
        odds=odds_ratio(*shares),
        within=_within(own, rest),
    )


def _within(own: dict[int, Cell], rest: dict[int, Cell]) -> Estimate | None:
    """Only where there is more than one band, or it says nothing the odds ratio does not."""
    known = [band for band in own if band in rest]
    if len(known) < 2 or known == [NO_BAND]:
        return None
    return within_bands((_share(own[band]), _share(rest[band])) for band in known)


def _share(cell: Cell) -> Share:
    return Share(int(cell[1]), cell[0])


def outside(tables: Iterable[Table]) -> dict[tuple[str, Aspect], list[Compared]]:
    """What has left its band, by dimension and aspect."""
    found = {
        (table.dimension, table.aspect): [row for row in table.rows if row.is_outside(table.aspect)]
        for table in tables
    }
    return {key: rows for key, rows in found.items() if rows}
