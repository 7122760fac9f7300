"""Reads `clocks.yaml` into frozen rows and refuses a table that contradicts itself."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from appeals.deadlines import CALENDARS, Period
from appeals.models import ClockKind, DayUnit, ReviewQueue
from portal.models import Customer

SOURCE = Path(__file__).with_name("catalogue") / "clocks.yaml"
LANGUAGES = {"en": "en", "zh-hans": "zh-Hans"}
ANY, QUEUE = "any", "queue"
PROMISE = "own.reconsideration"
LONGEST_KEY = 40
FIELDS = {
    "key",
    "kind",
    "jurisdiction",
    "number",
    "unit",
    "can_pause",
    "is_duty",
    "warn",
    "label",
    "source",
}


class ClockTableError(Exception):
    """The table cannot be used; the message names the row."""


@dataclass(frozen=True)
class ClockRule:
    """One row: how long a kind of clock runs in one jurisdiction, and by which source."""

    key: str
    kind: ClockKind
    jurisdiction: str
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
    """The rules, and the words that may start one."""

    rules: Mapping[str, ClockRule]
    words: Mapping[ClockKind, tuple[str, ...]]

    def of_kind(self, kind: ClockKind, jurisdiction: str) -> list[ClockRule]:
        """The rows of a kind in one place; none where its law has no such clock."""
        rows = self.rules.values()
        return [one for one in rows if (one.kind, one.jurisdiction) == (kind, jurisdiction)]

    def kinds_of(self, jurisdiction: str) -> list[ClockKind]:
        """The kinds a person can mark there, in the order of the table."""
        return list(
            dict.fromkeys(
                one.kind for one in self.rules.values() if one.jurisdiction == jurisdiction
            )
        )

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
    rules: dict[str, ClockRule] = {}
    for entry in tree["clocks"]:
        rule = _rule(entry)
        if rule.key in rules:
            raise ClockTableError(f"{rule.key}: there are two rows with this key")
        rules[rule.key] = rule
    if PROMISE not in rules:
        raise ClockTableError(f"{PROMISE}: our own promise is missing")
    return ClockTable(rules, {_kind("words", k): _words(k, v) for k, v in tree["words"].items()})


def _rule(entry: Mapping[str, Any]) -> ClockRule:
    key = str(entry.get("key", "?"))
    if set(entry) != FIELDS:
        odd = ", ".join(sorted(set(entry) ^ FIELDS))
        raise ClockTableError(f"{key}: these fields are missing or unknown: {odd}")
    is_promise = key == PROMISE
    _check(key, entry, is_promise=is_promise)
    return ClockRule(
        key=key,
        kind=_kind(key, entry["kind"]),
        jurisdiction=entry["jurisdiction"],
        number=None if is_promise else entry["number"],
        unit=DayUnit(entry["unit"]),
        can_pause=entry["can_pause"],
        is_duty=entry["is_duty"],
        warn=None if is_promise else entry["warn"],
        label=_texts(key, "label", entry),
        source=_texts(key, "source", entry),
    )


def _texts(key: str, field: str, entry: Mapping[str, Any]) -> Mapping[str, str]:
    given = entry[field] or {}
    texts = {ours: str(given.get(theirs) or "") for ours, theirs in LANGUAGES.items()}
    if not all(texts.values()):
        raise ClockTableError(f"{key}: the {field} is not there in every language")
    return texts


def _check(key: str, entry: Mapping[str, Any], *, is_promise: bool) -> None:
    numbers = (entry["number"], entry["warn"])
    is_counted = all(type(one) is int and one > 0 for one in numbers)
    problems = {
        "the key is too long": len(key) > LONGEST_KEY,
        "there is no such jurisdiction": not is_promise and entry["jurisdiction"] not in CALENDARS,
        "our own promise holds anywhere": is_promise and entry["jurisdiction"] != ANY,
        "number and warn are whole numbers above 0": not is_promise and not is_counted,
        "the queue says how long and when to warn": is_promise and numbers != (QUEUE, QUEUE),
        "there is no such unit": entry["unit"] not in set(DayUnit),
        "can_pause and is_duty are true or false": not all(
            isinstance(entry[name], bool) for name in ("can_pause", "is_duty")
        ),
    }
    for problem, is_there in problems.items():
        if is_there:
            raise ClockTableError(f"{key}: {problem}")


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
