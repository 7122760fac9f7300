"""The clocks of a case: our own promise, the clocks of the packs, and the words that start one."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from appeals.catalogue.loader import LANGUAGES
from appeals.catalogue.packs import PACKS, Clock, Pack
from appeals.deadlines import Period
from appeals.models import ClockKind, DayUnit, ReviewQueue
from portal.models import Customer

SOURCE = Path(__file__).with_name("catalogue") / "clocks.yaml"
PROMISE = "own.reconsideration"


class ClockTableError(Exception):
    """The table cannot be used; the message names the row."""


@dataclass(frozen=True)
class ClockRule:
    """How long a kind of clock runs, and by which source."""

    key: str
    kind: ClockKind
    number: int | None  # None: the queue's promise
    unit: DayUnit
    can_pause: bool
    is_duty: bool
    warn: int | None  # None: as the queue says
    label: Mapping[str, str]
    source: Mapping[str, str]

    def period(self, customer: Customer) -> Period:
        """The rule's time, in the days of where the customer lives."""
        assert self.number is not None  # a promise is counted by its queue
        return Period(self.number, self.unit, customer.jurisdiction, customer.zone)

    def name(self, language: str) -> str:
        return self.label.get(language, self.label["en"])

    def told_by(self, language: str) -> str:
        """The source in words: the law, or that it is our own."""
        return self.source.get(language, self.source["en"])


@dataclass(frozen=True)
class ClockTable:
    """Every rule by its key, as its newest edition has it, and the words that may start one."""

    rules: Mapping[str, ClockRule]
    words: Mapping[ClockKind, tuple[str, ...]]

    def of_kind(self, kind: ClockKind, pack: Pack) -> list[ClockRule]:
        """The rules of a kind in one pack; none where its law has no such clock."""
        return [_legal(clock) for clock in pack.clocks.values() if clock.kind == kind]

    def kinds_of(self, pack: Pack) -> list[ClockKind]:
        """The kinds a person can mark there, in the order of the pack."""
        return list(dict.fromkeys(ClockKind(clock.kind) for clock in pack.clocks.values()))

    @property
    def promise(self) -> ClockRule:
        return self.rules[PROMISE]

    @property
    def chances(self) -> list[str]:
        """The keys of the rules that are no duty: when their time is over, nobody is late."""
        return [one.key for one in self.rules.values() if not one.is_duty]

    @cached_property
    def _patterns(self) -> Mapping[ClockKind, re.Pattern[str]]:
        return {
            kind: re.compile("|".join(map(_pattern, words)), re.IGNORECASE)
            for kind, words in self.words.items()
        }

    def found_in(self, texts: Iterable[str]) -> dict[ClockKind, list[str]]:
        """The words of each kind that the texts hold, each once, in their own spelling."""
        whole = "\n".join(texts)
        found = {
            kind: list(dict.fromkeys(map(_spelling, pattern.findall(whole))))
            for kind, pattern in self._patterns.items()
        }
        return {kind: words for kind, words in found.items() if words}


def _pattern(word: str) -> str:
    """English is looked for as whole words; Chinese has no spaces between them."""
    stem, is_open = word.removesuffix("*"), word.endswith("*")
    escaped = r"\s+".join(re.escape(part) for part in stem.split())
    if stem.isdecimal():
        return rf"(?<!\d){escaped}(?!\d)"
    if not stem.isascii():
        return escaped
    return rf"\b{escaped}\w*" if is_open else rf"\b{escaped}\b"


def _spelling(found: str) -> str:
    return " ".join(found.lower().split())


def promise_period(queue: ReviewQueue, customer: Customer) -> Period:
    """How long a queue promises, in its own calendar or that of where the customer lives."""
    place = queue.calendar or customer.jurisdiction
    return Period(queue.target_working_days, DayUnit.WORKING, place, customer.zone)


def load_clocks(source: Path = SOURCE) -> ClockTable:
    """Read and check the table; ClockTableError says which row is wrong and how."""
    tree = yaml.load(source.read_bytes(), Loader=yaml.CSafeLoader)
    legal = {key: _legal(clock) for key, clock in PACKS.clocks.items()}
    rules = {PROMISE: _promise(tree["promise"]), **legal}
    return ClockTable(rules, {_kind("words", k): _words(k, v) for k, v in tree["words"].items()})


def _promise(entry: Mapping[str, Any]) -> ClockRule:
    return ClockRule(
        key=PROMISE,
        kind=ClockKind.RECONSIDERATION,
        number=None,
        unit=DayUnit.WORKING,
        can_pause=True,
        is_duty=True,
        warn=None,
        label=_texts(PROMISE, "label", entry),
        source=_texts(PROMISE, "source", entry),
    )


def _legal(clock: Clock) -> ClockRule:
    return ClockRule(
        key=clock.key,
        kind=ClockKind(clock.kind),
        number=clock.number,
        unit=DayUnit(clock.unit),
        can_pause=clock.can_pause,
        is_duty=clock.is_duty,
        warn=clock.warn,
        label=clock.label,
        source=clock.source,
    )


def _texts(key: str, field: str, entry: Mapping[str, Any]) -> Mapping[str, str]:
    given = entry[field] or {}
    texts = {ours: str(given.get(theirs) or "") for ours, theirs in LANGUAGES.items()}
    if not all(texts.values()):
        raise ClockTableError(f"{key}: the {field} is not there in every language")
    return texts


def _kind(key: str, kind: str) -> ClockKind:
    try:
        return ClockKind(kind)
    except ValueError:
        raise ClockTableError(f"{key}: there is no kind {kind!r}") from None


def _words(kind: str, by_language: Mapping[str, Any]) -> tuple[str, ...]:
    if set(by_language) != set(LANGUAGES.values()):
        raise ClockTableError(f"words of {kind}: one list for each language")
    words = tuple(word for listed in by_language.values() for word in listed)
    if not all(isinstance(word, str) and word.removesuffix("*").strip() for word in words):
        raise ClockTableError(f"words of {kind}: each is a text that is not blank")
    return words


CLOCKS = load_clocks()
