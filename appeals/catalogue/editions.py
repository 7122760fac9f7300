"""What an edition changes of the shipped catalogue, and the catalogue with it in place.

Content is `{"reasons": {code: {field: value}}, "documents": {key: {field: value}}}` and holds only
what differs from the file. A change is `{kind: {key: {field: [old, new]}}}`.

Not editable, because law or the engine's contract hangs on it: a reason's code, origin, disclosure,
whether it may stand alone, what may be appealed, and which facts it tells.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from appeals.catalogue.checks import Problems, document_problems, reason_problems
from appeals.catalogue.live import LiveCatalogue
from appeals.catalogue.loader import LANGUAGES, Catalogue, DocumentKind, Reason

REASONS, DOCUMENTS = "reasons", "documents"
TEXTS = ("title", "explanation", "what_you_can_do", "counterfactual")
REASON_FIELDS = (*TEXTS, "evidence", "queue", "review_by", "is_active")
DOCUMENT_FIELDS = ("label", "max_age_days", "is_active")
FIELDS = {REASONS: REASON_FIELDS, DOCUMENTS: DOCUMENT_FIELDS}

Values = Mapping[str, Any]
Content = Mapping[str, Mapping[str, Values]]
Changes = Mapping[str, Mapping[str, Mapping[str, list[Any]]]]


@dataclass(frozen=True)
class Place:
    """One field of one entry."""

    kind: str
    key: str
    field: str

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.field}"


class StaleChange(Exception):
    """A field a change is about is not any more as it was when the change was written."""

    def __init__(self, place: Place) -> None:
        super().__init__(str(place))
        self.place = place


def reason_values(reason: Reason) -> dict[str, Any]:
    """What of a reason an edition may change, as it is kept."""
    values = {field: getattr(reason, field) for field in REASON_FIELDS}
    for field in TEXTS:
        values[field] = dict(values[field]) if values[field] else None
    return {**values, "evidence": list(reason.evidence)}


def document_values(kind: DocumentKind) -> dict[str, Any]:
    return {
        "label": dict(kind.label),
        "max_age_days": kind.max_age_days,
        "is_active": kind.is_active,
    }


def values_in(catalogue: Catalogue, kind: str, key: str) -> dict[str, Any]:
    """The values of an entry; of a kind of document that is not there yet, empty ones."""
    if kind == REASONS:
        return reason_values(catalogue.reasons[key])
    return document_values(catalogue.documents.get(key) or blank_kind(key))


def blank_kind(key: str) -> DocumentKind:
    """A kind of document that the file does not have; handled as sensitive, as nobody said not."""
    return DocumentKind(key, dict.fromkeys(LANGUAGES, ""), max_age_days=None, sensitive=True)


def shown(catalogue: Catalogue, changes: Changes, kind: str, key: str) -> dict[str, Any]:
    """The values of an entry with a draft's own laid over them, as its editor sees it."""
    drafted = changes.get(kind, {}).get(key, {})
    return values_in(catalogue, kind, key) | {name: new for name, (_old, new) in drafted.items()}


def fingerprint(values: Mapping[str, Any]) -> str:
    """A short print of values, to notice that they are not as somebody saw them."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def difference(old: Values, new: Values) -> dict[str, list[Any]]:
    """Which fields differ, each as `[old, new]`."""
    return {field: [old[field], new[field]] for field in new if old[field] != new[field]}


def changes_between(old: Catalogue, new: Catalogue) -> dict[str, dict[str, dict[str, list[Any]]]]:
    """What turns one catalogue into the other; a kind of document is retired, never removed."""
    changes: dict[str, dict[str, dict[str, list[Any]]]] = {REASONS: {}, DOCUMENTS: {}}
    for key, kind in old.documents.items():
        if key not in new.documents and kind.is_active:
            changes[DOCUMENTS][key] = {"is_active": [True, False]}
    for entries, keys in ((REASONS, new.reasons), (DOCUMENTS, new.documents)):
        for key in keys:
            found = difference(values_in(old, entries, key), values_in(new, entries, key))
            if found:
                changes[entries][key] = found
    return changes


def places(changes: Changes) -> Iterator[tuple[Place, Any, Any]]:
    """Every changed field with its old and its new value."""
    for kind in (REASONS, DOCUMENTS):
        for key, fields in changes.get(kind, {}).items():
            for field, (old, new) in fields.items():
                yield Place(kind, key, field), old, new


def with_changes(catalogue: Catalogue, changes: Changes) -> dict[str, dict[str, dict[str, Any]]]:
    """Every touched entry's values after the change; StaleChange names a field that moved on."""
    touched: dict[str, dict[str, dict[str, Any]]] = {REASONS: {}, DOCUMENTS: {}}
    for place, old, new in places(changes):
        if place.kind == REASONS and place.key not in catalogue.reasons:
            raise StaleChange(place)
        kept = touched[place.kind].setdefault(
            place.key, values_in(catalogue, place.kind, place.key)
        )
        if kept[place.field] != old:
            raise StaleChange(place)
        kept[place.field] = new
    return touched


def content_of(shipped: Catalogue, current: Catalogue, changes: Changes) -> dict[str, Any]:
    """The content of the next edition: all that then differs from the shipped file."""
    touched = with_changes(current, changes)
    content: dict[str, dict[str, dict[str, Any]]] = {REASONS: {}, DOCUMENTS: {}}
    for kind, keys in (
        (REASONS, current.reasons),
        (DOCUMENTS, {**current.documents, **touched[DOCUMENTS]}),
    ):
        for key in keys:
            after = touched[kind].get(key) or values_in(current, kind, key)
            is_new = kind == DOCUMENTS and key not in shipped.documents
            differs = difference(values_in(shipped, kind, key), after)
            if differs or is_new:
                content[kind][key] = (
                    after if is_new else {name: new for name, (_old, new) in differs.items()}
                )
    return content


def problems_of(live: LiveCatalogue, kind: str, key: str, values: Values) -> Problems:
    """What is wrong with an entry that would have these values; papers must be in force first."""
    if kind == DOCUMENTS:
        return document_problems(values)
    return reason_problems(live.shipped.reasons[key], values, live.current)


def with_values(catalogue: Catalogue, reason: Reason, values: Values) -> Reason:
    """A reason as it would be with these values, to be looked at."""
    return _with_papers(reason, dict(values), catalogue)


def merged(shipped: Catalogue, content: Content, number: int) -> Catalogue:
    """The shipped catalogue with an edition in place.

    The file may have moved on since the edition was made: what does not fit it any more is left
    out and named, and the file's own text stands, so that no customer reads a hole.
    """
    if number == 0:
        return shipped
    left_out: list[Place] = []
    documents = _documents(shipped, content.get(DOCUMENTS, {}), left_out)
    known = replace(shipped, documents=documents)
    reasons = _reasons(known, content.get(REASONS, {}), left_out)
    return replace(
        known,
        version=f"{shipped.version}+{number}",
        edition=number,
        reasons=reasons,
        left_out=tuple(str(place) for place in left_out),
    )


def _documents(
    shipped: Catalogue, changed: Mapping[str, Values], left_out: list[Place]
) -> dict[str, DocumentKind]:
    documents = dict(shipped.documents)
    for key, values in changed.items():
        old = documents.get(key) or blank_kind(key)
        fitting = _fitting(
            Place(DOCUMENTS, key, ""), values, document_values(old), document_problems, left_out
        )
        new = replace(old, **fitting)
        if all(new.label.values()):
            documents[key] = new
    return documents


def _reasons(
    known: Catalogue, changed: Mapping[str, Values], left_out: list[Place]
) -> dict[str, Reason]:
    left_out += [Place(REASONS, code, "") for code in changed if code not in known.reasons]
    reasons = {}
    for code, shipped in known.reasons.items():
        fitting = _fitting(
            Place(REASONS, code, ""),
            changed.get(code, {}),
            reason_values(shipped),
            partial(reason_problems, shipped, known=known),
            left_out,
        )
        reasons[code] = _with_papers(shipped, fitting, known)
    return reasons


def _with_papers(reason: Reason, fitting: Values, known: Catalogue) -> Reason:
    """The reason with its new values; the very same one when nothing of it changed."""
    evidence = tuple(fitting.get("evidence", reason.evidence))
    kinds = (known.documents[key] for key in evidence)
    papers = tuple(kind for kind in kinds if kind.is_active)
    if not fitting and papers == reason.papers:
        return reason
    return replace(reason, **{**fitting, "evidence": evidence, "papers": papers})


def _fitting(
    entry: Place,
    changed: Values,
    own: dict[str, Any],
    problems: Callable[[Values], Mapping[str, Any]],
    left_out: list[Place],
) -> dict[str, Any]:
    """Those of the changed values that this file can take."""
    known = {field: value for field, value in changed.items() if field in FIELDS[entry.kind]}
    wrong = {name.partition(".")[0] for name in problems({**own, **known})} if known else set()
    fitting = {field: value for field, value in known.items() if field not in wrong}
    if fitting and problems({**own, **fitting}):
        # They do not fit together with what stays: then the whole entry is the file's.
        fitting = {}
    left_out += [replace(entry, field=field) for field in sorted(changed.keys() - fitting.keys())]
    return fitting
