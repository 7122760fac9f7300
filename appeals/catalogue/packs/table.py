"""All packs of a folder: which editions there are, and which rules hold where on a day."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from appeals.catalogue.packs.reading import JURISDICTIONS, LISTS, read_edition
from appeals.catalogue.packs.rows import Clock, Edition, NoticeClock, Pack, Right
from appeals.catalogue.packs.tree import PackError

Place = tuple[str, str]  # jurisdiction, country


class PackTable:
    """The editions of every place, oldest first, checked against each other."""

    def __init__(self, folder: Path) -> None:
        self._editions: dict[Place, list[Edition]] = {}
        for path in sorted(folder.glob("*.yaml")):
            edition = read_edition(path)
            place = (edition.jurisdiction, edition.country)
            self._editions.setdefault(place, []).append(edition)
        for editions in self._editions.values():
            editions.sort(key=lambda edition: edition.in_force_from)
        for jurisdiction in JURISDICTIONS:
            if (jurisdiction, "") not in self._editions:
                raise PackError(f"{folder.name}: there is no pack of {jurisdiction}")
        self.pack_for = lru_cache(maxsize=4096)(self._pack_for)
        self._built = lru_cache(maxsize=256)(self._build)
        packs = list(self.all())
        for pack in packs:
            _check(pack)
        # By key, as the newest edition has it: what a row that was begun by it is called.
        self.clocks: Mapping[str, Clock] = {key: c for p in packs for key, c in p.clocks.items()}
        self.notice_clocks: Mapping[str, NoticeClock] = {
            key: c for p in packs for key, c in p.notice_clocks.items()
        }

    def _pack_for(self, jurisdiction: str, region: str, day: date) -> Pack:
        """The rules in force there on this day; the oldest edition stands for the days before."""
        base = _in_force(self._editions[jurisdiction, ""], day)
        assert base is not None  # the oldest stands for what was before
        place = (jurisdiction, region[:2])
        country = _in_force(self._editions.get(place, ()), day) if region else None
        return self._built(base.version, country.version if country else "", place)

    def _build(self, base_version: str, country_version: str, place: Place) -> Pack:
        base = next(e for e in self._editions[place[0], ""] if e.version == base_version)
        if not country_version:
            return _pack(base)
        own = next(e for e in self._editions[place] if e.version == country_version)
        return _pack(base, own)

    def all(self) -> Iterator[Pack]:
        """Every pack that is in force on some day, the oldest of a place first."""
        days = sorted({e.in_force_from for these in self._editions.values() for e in these})
        found: dict[tuple[str, str], Pack] = {}
        for jurisdiction, country in self._editions:
            for day in days:
                pack = self.pack_for(jurisdiction, country, day)
                found.setdefault((pack.name, pack.version), pack)
        return iter(found.values())

    def in_force(self, day: date) -> tuple[str, ...]:
        """The versions of every edition in force on this day: others once any rule changes."""
        found = (_in_force(editions, day) for editions in self._editions.values())
        return tuple(sorted(edition.version for edition in found if edition))


def _in_force(editions: Sequence[Edition], day: date) -> Edition | None:
    begun = [edition for edition in editions if edition.in_force_from <= day]
    if begun:
        return begun[-1]
    # Only a base stands for the days before it: without it there would be no rules at all.
    return editions[0] if editions and not editions[0].country else None


def _pack(base: Edition, own: Edition | None = None) -> Pack:
    assert base.notice is not None  # a base is whole
    assert base.writing is not None
    rows = {name: _merged(base.rows[name], own, name) for name in LISTS}
    return Pack(
        name=f"{base.jurisdiction}/{own.country}" if own else base.jurisdiction,
        version=f"{base.version}+{own.version}" if own else base.version,
        jurisdiction=base.jurisdiction,
        country=own.country if own else "",
        title=own.name if own else base.name,
        notice=own.notice if own and own.notice else base.notice,
        writing=own.writing if own and own.writing else base.writing,
        blocks=tuple(rows.pop("blocks").values()),
        **rows,
    )


def _merged(base: Sequence[Any], own: Edition | None, name: str) -> dict[str, Any]:
    """The base's rows without what the country drops, and the country's own in their place."""
    rows = {row.key: row for row in base if own is None or row.key not in own.drop}
    if own is not None:
        rows.update((row.key, row) for row in own.rows[name])
    return rows


def _check(pack: Pack) -> None:
    """Rows that name each other name what is there; a clock's key says where it runs."""
    for right in pack.rights.values():
        _check_names(right, pack)
    places = (f"{pack.jurisdiction}.", f"{pack.country or pack.jurisdiction}.")
    for clock in (*pack.clocks.values(), *pack.notice_clocks.values()):
        if not clock.key.startswith(places):
            raise PackError(f"{clock.place}: the clock {clock.key} must begin {places[1]}")
    for block in pack.blocks:
        if block.when == "credit_report" and pack.bureau() is None:
            raise PackError(f"{block.place}: {block.key} names a bureau, and there is none")


def _check_names(right: Right, pack: Pack) -> None:
    if right.clock and right.clock not in pack.clocks:
        raise PackError(f"{right.place}: {right.key} names no clock: {right.clock}")
    for body in right.bodies:
        if body not in pack.bodies:
            raise PackError(f"{right.place}: {right.key} names no body: {body}")
