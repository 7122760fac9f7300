"""Reads `guides.yaml`: short guides in every language, each tied to the reasons it helps with."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from appeals.catalogue.loader import LANGUAGES, CatalogueError, Texts

SOURCE = Path(__file__).with_name("guides.yaml")
MOST_OF_A_REASON = 2


@dataclass(frozen=True)
class Section:
    heading: Texts
    # Paragraphs in each language.
    text: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Guide:
    key: str
    title: Texts
    lead: Texts
    sections: tuple[Section, ...]
    reasons: frozenset[str]


@dataclass(frozen=True)
class Guides:
    version: str
    by_key: Mapping[str, Guide]

    def of_reason(self, code: str) -> tuple[Guide, ...]:
        """The guides that help with a reason, in the file's order."""
        return tuple(guide for guide in self.by_key.values() if code in guide.reasons)


def load_guides(codes: Collection[str], source: Path = SOURCE) -> Guides:
    """Read the guides and check them against these reasons; CatalogueError says what is wrong."""
    raw = source.read_bytes()
    tree = yaml.load(raw, Loader=yaml.CSafeLoader)
    guides = [_guide(entry) for entry in tree["guides"]]
    by_key = {guide.key: guide for guide in guides}
    if len(by_key) != len(guides):
        raise CatalogueError("two guides share a key")
    for guide in guides:
        unknown = guide.reasons - set(codes)
        if unknown:
            raise CatalogueError(f"guide {guide.key}: there is no reason {min(unknown)!r}")
    found = Guides(hashlib.sha256(raw).hexdigest()[:12], by_key)
    for code in codes:
        if len(found.of_reason(code)) > MOST_OF_A_REASON:
            raise CatalogueError(f"{code}: more than {MOST_OF_A_REASON} guides")
    return found


def _guide(entry: Mapping[str, Any]) -> Guide:
    return Guide(
        key=entry["key"],
        title=_texts(entry["title"]),
        lead=_texts(entry["lead"]),
        sections=tuple(
            Section(
                _texts(one["heading"]),
                {name: _paragraphs(text) for name, text in _texts(one["text"]).items()},
            )
            for one in entry["sections"]
        ),
        reasons=frozenset(entry["reasons"]),
    )


def _texts(entry: Mapping[str, str]) -> Texts:
    return {ours: entry[theirs] for ours, theirs in LANGUAGES.items()}


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("\n\n") if part.strip())
