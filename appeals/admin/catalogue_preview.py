"""An entry of the catalogue as the customer would read it, and what a change makes of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from appeals.admin.case_parts import in_own_language
from appeals.admin.catalogue_forms import (
    FIELD_LABELS,
    LANGUAGE_NAMES,
    REVIEW_BY,
)
from appeals.admin.versions import NOTHING, Change, words_changed
from appeals.catalogue import CATALOGUE, Reason
from appeals.catalogue.editions import (
    DOCUMENTS,
    REASONS,
    problems_of,
    values_in,
    with_values,
)
from appeals.notice_text.reasons import facts_key, reason_text
from appeals.readability import GRADE, Hard, Remark, read
from appeals.sample.facts import make_facts

REGION = "US-FL"
CURRENCIES = {"en": "USD", "zh-hans": "CNY"}
READ = ("explanation", "counterfactual", "what_you_can_do")


@dataclass(frozen=True)
class Phone:
    """A reason in one language, with facts made up for it, and what is hard to read in it."""

    language: str
    name: str
    text: dict[str, Any]
    remarks: list[str]


@dataclass(frozen=True)
class Entry:
    """What a change does to one reason or one kind of paper."""

    kind: str
    key: str
    title: str
    link: str
    changes: list[Change]
    phones: list[Phone]


def phones(code: str, values: dict[str, Any], *, day: date) -> list[Phone]:
    """The reason with these values in both languages; the values were checked."""
    reason = with_values(CATALOGUE.current, CATALOGUE.reason(code), values)
    # The same facts each time, so that only the words differ between two looks.
    facts = make_facts(Random(code), code, day=day, region=REGION)  # noqa: S311
    return [_phone(reason, facts, language) for language in LANGUAGE_NAMES]


def _phone(reason: Reason, facts: dict[str, Any], language: str) -> Phone:
    text = reason_text(reason, facts_key(reason, facts), CURRENCIES[language], language)
    remarks = [said for field in READ if text[field] for said in _remarks(field, text[field])]
    return Phone(language, LANGUAGE_NAMES[language], text, remarks)


def _remarks(field: str, text: str) -> Iterator[str]:
    reading = read(text)
    for remark in reading.remarks:
        said = {"field": FIELD_LABELS[field], "remark": _remark(remark)}
        yield _("%(field)s: %(remark)s") % said
    if not reading.remarks and not reading.is_easy:
        yield _("%(field)s: this reads at grade %(grade)s. Aim for %(target)s.") % {
            "field": FIELD_LABELS[field],
            "grade": reading.grade,
            "target": GRADE,
        }


def _remark(remark: Remark) -> str:
    sizes = {"measured": remark.measured, "most": remark.at_most, "sentence": remark.sentence}
    if remark.why is Hard.LONG:
        told = _("a sentence of %(measured)s; at most %(most)s is easy to read: “%(sentence)s”")
        return told % sizes
    if remark.why is Hard.CLAUSE:
        return (
            _("%(measured)s characters without a pause, at most %(most)s: “%(sentence)s”") % sizes
        )
    return _("hard words: %(words)s. Say it with shorter ones.") % {
        "words": ", ".join(remark.words) or remark.sentence
    }


# --- what a change does --------------------------------------------------------------------------


def entries(changes: dict[str, Any], *, day: date | None = None) -> list[Entry]:
    """Every entry a change touches; with a day, reasons are shown as they will read."""
    return [
        _entry(kind, key, fields, day)
        for kind in (REASONS, DOCUMENTS)
        for key, fields in changes.get(kind, {}).items()
    ]


def _entry(kind: str, key: str, fields: dict[str, list[Any]], day: date | None) -> Entry:
    after = {name: new for name, (_old, new) in fields.items()}
    view = "desk:reason" if kind == REASONS else "desk:paper"
    return Entry(
        kind=kind,
        key=key,
        title=_title(kind, key, fields),
        link=reverse(view, args=[key]),
        changes=[one for name, pair in fields.items() for one in field_changes(name, *pair)],
        phones=phones(key, after, day=day) if day and _can_be_shown(kind, key, after) else [],
    )


def _can_be_shown(kind: str, key: str, after: dict[str, Any]) -> bool:
    """Not what a newer file or edition has made impossible; publishing it is refused in words."""
    if kind != REASONS or key not in CATALOGUE.reasons:
        return False
    values = values_in(CATALOGUE.current, kind, key) | after
    return not problems_of(CATALOGUE, kind, key, values)


def _title(kind: str, key: str, fields: dict[str, list[Any]]) -> str:
    if kind == REASONS:
        reason = CATALOGUE.reasons.get(key)
        return in_own_language(reason.title) if reason else key
    known = CATALOGUE.documents.get(key)
    if known:
        return in_own_language(known.label)
    return in_own_language(fields["label"][1]) if "label" in fields else key


def field_changes(field: str, old: Any, new: Any) -> Iterator[Change]:
    """One field before and after, as people read it; a text once a language."""
    label = str(FIELD_LABELS[field])
    if isinstance(old or new, dict):
        for language, name in LANGUAGE_NAMES.items():
            was, now = (old or {}).get(language, ""), (new or {}).get(language, "")
            if was != now:
                yield Change(f"{label} · {name}", was or NOTHING, now, words_changed(was, now))
        return
    yield Change(label, _in_words(field, old), _in_words(field, new))


def _in_words(field: str, value: Any) -> str:
    if field == "evidence":
        names = [in_own_language(CATALOGUE.documents[key].label) for key in value if _known(key)]
        return _(", ").join(names) or NOTHING
    if field == "queue":
        queue = CATALOGUE.queues.get(value)
        return in_own_language(queue.label) if queue else str(value)
    if field == "review_by":
        return str(REVIEW_BY[value])
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return NOTHING if value is None else str(value)


def _known(key: str) -> bool:
    return key in CATALOGUE.documents
