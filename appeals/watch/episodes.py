"""Suspicions put together: one episode a rule version, until it was quiet for a week."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from appeals.watch.looks import Suspicion
from appeals.watch.signals import Reading, SignalKind

# After so many quiet hours the next suspicion is another episode.
QUIET = 7 * 24
SignalKey = tuple[str, str]


def key_of(reading: Reading) -> SignalKey:
    """Which chart of a version it is: of a region, of a fact, or the one of its kind."""
    return reading.kind, reading.fact or reading.region


@dataclass(frozen=True, slots=True)
class Signal:
    """A chart that stood out: at its clearest, and since which look."""

    reading: Reading
    found: int

    def with_another(self, other: "Signal") -> "Signal":
        """Of two looks at one chart the clearer one; found when the first of them was."""
        clearer = min(self, other, key=lambda one: (one.reading.rarity, one.found))
        return replace(clearer, found=min(self.found, other.found))


@dataclass
class Episode:
    """From the first look that found something of a version to the last. Hours, as the rows'."""

    rule: str
    version: str
    module: str
    since: int
    found: int
    last: int
    signals: dict[SignalKey, Signal] = field(default_factory=dict)

    def takes(self, hour: int) -> bool:
        """Whether a suspicion of this hour belongs to it; one that came late may lie before it."""
        return self.found - QUIET <= hour <= self.last + QUIET

    def add(self, suspicion: Suspicion) -> None:
        self.since = min(self.since, suspicion.since)
        self.found = min(self.found, suspicion.hour)
        self.last = max(self.last, suspicion.hour)
        for reading in suspicion.readings:
            key, signal = key_of(reading), Signal(reading, suspicion.hour)
            known = self.signals.get(key)
            self.signals[key] = known.with_another(signal) if known else signal

    def in_order(self) -> list[Signal]:
        """The clearest first."""
        return sorted(
            self.signals.values(),
            key=lambda one: (one.reading.rarity, one.found, *key_of(one.reading)),
        )


def episodes_of(suspicions: Iterable[Suspicion], known: Iterable[Episode] = ()) -> list[Episode]:
    """The episodes that suspicions make or lengthen, known ones first; others are left out."""
    by_version: dict[tuple[str, str], list[Episode]] = {}
    for one in known:
        by_version.setdefault((one.rule, one.version), []).append(one)
    touched: dict[int, Episode] = {}
    for suspicion in suspicions:
        own = by_version.setdefault((suspicion.rule, suspicion.version), [])
        episode = next((one for one in own if one.takes(suspicion.hour)), None)
        if episode is None:
            hour = suspicion.hour
            episode = Episode(
                suspicion.rule, suspicion.version, suspicion.module, suspicion.since, hour, hour
            )
            own.append(episode)
        episode.add(suspicion)
        touched[id(episode)] = episode
    return list(touched.values())


def as_json(signal: Signal) -> dict[str, Any]:
    """The signal as it is kept with an alarm."""
    return {**asdict(signal.reading), "found": signal.found}


def from_json(told: dict[str, Any]) -> Signal:
    """The signal that was kept."""
    bins = told["bins"]
    reading = Reading(
        kind=SignalKind(told["kind"]),
        region=told["region"],
        rarity=told["rarity"],
        since=told["since"],
        observed=told["observed"],
        usual=told["usual"],
        bins=None if bins is None else (tuple(bins[0]), tuple(bins[1])),
        # Alarms from before facts were watched have none.
        fact=told.get("fact", ""),
        box=told.get("box", 0),
    )
    return Signal(reading, told["found"])
