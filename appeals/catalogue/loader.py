"""Reads `reasons.yaml` into frozen records and refuses a catalogue that contradicts itself."""

import hashlib
import string
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).with_name("reasons.yaml")
# The file says `zh-Hans`, as BCP 47 does; Django and the database say `zh-hans`.
LANGUAGES = {"en": "en", "zh-hans": "zh-Hans"}
Texts = Mapping[str, str]


class CatalogueError(Exception):
    """The catalogue cannot be used; the message names the entry."""


def placeholders(text: str) -> frozenset[str]:
    """The names of the facts a text needs."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


@dataclass(frozen=True)
class DocumentKind:
    key: str
    label: Texts
    max_age_days: int | None
    sensitive: bool
    # A retired kind is offered to nobody; what was sent and asked for keeps its name.
    is_active: bool = True


@dataclass(frozen=True)
class QueueKind:
    key: str
    label: Texts
    target_calendar_days: int
    purpose: str


@dataclass(frozen=True, eq=False)
class Reason:
    """One entry: what the customer is told, what answers it, who looks at an appeal against it.

    Two are the same only when they are one: what is written from it can be kept under it.
    """

    code: str
    origin: str
    queue: str
    appealable: str
    disclosure: str
    review_by: str
    show_alone: bool
    from_credit_report: bool
    title: Texts
    explanation: Texts
    what_you_can_do: Texts
    counterfactual: Texts | None
    evidence: tuple[str, ...]
    restore_when: str
    # The kinds behind `evidence` that are in use, as they are named in the same edition.
    papers: tuple[DocumentKind, ...]
    # A retired reason is taken from the engine no more; decisions that gave it keep it.
    is_active: bool = True

    @cached_property
    def needed_facts(self) -> frozenset[str]:
        """Facts without which the reason would be shown with holes."""
        texts = [self.explanation, self.what_you_can_do]
        return frozenset().union(*(placeholders(t) for text in texts for t in text.values()))

    @cached_property
    def counterfactual_facts(self) -> frozenset[str]:
        """Facts the `what would change it` sentence needs; without them it is left out whole."""
        if not self.counterfactual:
            return frozenset()
        return frozenset().union(*(placeholders(t) for t in self.counterfactual.values()))

    @property
    def is_restricted(self) -> bool:
        return self.disclosure == "restricted"

    def is_guarded(self, restricted_queues: Container[str]) -> bool:
        """Whether what is about it is for cleared members only, wherever it lies."""
        return self.is_restricted or self.queue in restricted_queues


@dataclass(frozen=True)
class Catalogue:
    version: str
    reasons: Mapping[str, Reason]
    documents: Mapping[str, DocumentKind]
    queues: Mapping[str, QueueKind]
    origins: tuple[str, ...]
    # The number of the edition whose texts these are; 0 is the file as it was shipped.
    edition: int = 0
    # What the edition holds that this file cannot take, `reason CODE field`: the file's own stands.
    left_out: tuple[str, ...] = ()

    def reason(self, code: str) -> Reason:
        """The entry with this code; KeyError when there is none."""
        return self.reasons[code]

    def document(self, key: str) -> DocumentKind:
        return self.documents[key]

    def queue(self, key: str) -> QueueKind:
        return self.queues[key]


def load_catalogue(source: Path = SOURCE) -> Catalogue:
    """Read and check the catalogue; CatalogueError names what is wrong."""
    raw = source.read_bytes()
    # The same safe loader in C: ten times faster, and every process starts with it.
    tree = yaml.load(raw, Loader=yaml.CSafeLoader)
    documents = {entry["key"]: _document(entry) for entry in tree["documents"]}
    queues = {entry["key"]: _queue(entry) for entry in tree["queues"]}
    reasons = {entry["code"]: _reason(entry, documents) for entry in tree["reasons"]}
    if len(reasons) != len(tree["reasons"]):
        raise CatalogueError("two reasons share a code")
    for reason in reasons.values():
        _check(reason, queues)
    return Catalogue(
        version=f"{tree['schema_version']}-{hashlib.sha256(raw).hexdigest()[:12]}",
        reasons=reasons,
        documents=documents,
        queues=queues,
        origins=tuple(tree["enums"]["origin"]),
    )


def _texts(entry: Mapping[str, str]) -> Texts:
    return {ours: entry[theirs] for ours, theirs in LANGUAGES.items()}


def _document(entry: Mapping[str, Any]) -> DocumentKind:
    return DocumentKind(
        key=entry["key"],
        label=_texts(entry["label"]),
        max_age_days=entry["max_age_days"],
        sensitive=entry["sensitive"],
    )


def _queue(entry: Mapping[str, Any]) -> QueueKind:
    return QueueKind(
        key=entry["key"],
        label=_texts(entry["label"]),
        target_calendar_days=entry["target_calendar_days"],
        purpose=entry["purpose"],
    )


def _reason(entry: Mapping[str, Any], documents: Mapping[str, DocumentKind]) -> Reason:
    counterfactual = entry.get("counterfactual")
    evidence = tuple(entry.get("evidence") or ())
    for key in evidence:
        if key not in documents:
            raise CatalogueError(f"{entry['code']}: there is no document {key!r}")
    return Reason(
        code=entry["code"],
        origin=entry["origin"],
        queue=entry["queue"],
        appealable=entry["appealable"],
        disclosure=entry["disclosure"],
        review_by=entry["review_by"],
        show_alone=entry["show_alone"],
        from_credit_report=bool(entry.get("from_credit_report")),
        title=_texts(entry["title"]),
        explanation=_texts(entry["explanation"]),
        what_you_can_do=_texts(entry["what_you_can_do"]),
        counterfactual=_texts(counterfactual) if counterfactual else None,
        evidence=evidence,
        restore_when=entry.get("restore_when") or "",
        papers=tuple(documents[key] for key in evidence),
    )


def _check(reason: Reason, queues: Iterable[str]) -> None:
    if reason.queue not in queues:
        raise CatalogueError(f"{reason.code}: there is no queue {reason.queue!r}")
    named = {
        "explanation": reason.explanation,
        "what_you_can_do": reason.what_you_can_do,
        "counterfactual": reason.counterfactual or {},
    }
    for name, texts in named.items():
        if len({placeholders(text) for text in texts.values()}) > 1:
            raise CatalogueError(f"{reason.code}: {name} asks for other facts in one language")
