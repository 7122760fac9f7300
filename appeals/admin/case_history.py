"""The history of a case in words: who did what and when, and what the details say."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from appeals.admin.case_parts import in_own_language, kind_name
from appeals.admin.case_queries import events_of, queues_named, staff_named
from appeals.catalogue import CATALOGUE
from appeals.clock import short_day
from appeals.models import Appeal, Authority, CaseEvent, ClockKind, EventKind
from appeals.models.review import OUTCOME_NAMES
from appeals.states import OutcomeKind

# What is read at a glance; the whole history has a page of its own.
SHOWN = 20
# Nobody reads more, and a page must end somewhere.
MOST = 1_000
PEOPLE = ("reviewer", "to", "from", "person")
QUEUES = ("queue", "from_queue", "to_queue")
# Keys of rows: they mean nothing to a person.
UNSAID = frozenset({"document", "request", "rule", "step", "note", "condition", "text"})


@dataclass(frozen=True)
class HistoryLine:
    """One thing that happened, as a line of the page."""

    what: str
    who: str
    at: datetime
    more: str
    is_internal: bool


@dataclass(frozen=True)
class Names:
    """The names behind the references and keys that events hold."""

    people: Mapping[str, str]
    queues: Mapping[str, str]


def list_history(appeal: Appeal, most: int = SHOWN) -> tuple[list[HistoryLine], bool]:
    """The newest events first, and whether there are older ones; two or three queries."""
    events = events_of(appeal.pk, most=most + 1)
    names = _names(events[:most])
    return [_line(event, appeal, names) for event in events[:most]], len(events) > most


def _names(events: Iterable[CaseEvent]) -> Names:
    """Who and which queues the details name: staff have names here, customers never."""
    people, queues, known = set(), set(), {}
    for event in events:
        if event.by and event.by.is_staff:
            known[event.by.reference] = event.by.name
        people |= {str(event.details[key]) for key in PEOPLE if event.details.get(key)}
        queues |= {str(event.details[key]) for key in QUEUES if event.details.get(key)}
    others = sorted(people - known.keys())
    return Names(
        people=known | dict(staff_named(others)) if others else known,
        queues={one.key: str(one) for one in queues_named(sorted(queues))} if queues else {},
    )


def _line(event: CaseEvent, appeal: Appeal, names: Names) -> HistoryLine:
    return HistoryLine(
        what=_kind_words(get_language() or "en").get(event.kind, event.kind),
        who=_who(event, appeal),
        at=event.at,
        more=details_text(event, names),
        is_internal=not event.is_visible,
    )


@cache
def _kind_words(_language: str) -> dict[str, str]:
    """The kinds in the language of the page, looked up once."""
    return {kind.value: str(kind.label) for kind in EventKind}


def _who(event: CaseEvent, appeal: Appeal) -> str:
    if event.by is None:
        return _("by itself")
    return _("the customer") if event.by_id == appeal.customer_id else event.by.name


def details_text(event: CaseEvent, names: Names) -> str:
    """What the details say, in words; keys of rows and what is empty are left out."""
    said = [
        _detail(event, key, value, names)
        for key, value in event.details.items()
        if key not in UNSAID and value not in (None, "", 0)
    ]
    return " · ".join(part for part in said if part)


def _detail(event: CaseEvent, key: str, value: Any, names: Names) -> str:
    if key in PEOPLE:
        name = names.people.get(str(value), str(value))
        # "Rosa took it" need not say that it is Rosa who has it.
        return "" if event.by and name == event.by.name else name
    if key in QUEUES:
        return names.queues.get(str(value), str(value))
    words = WORDS.get(key)
    return words(value) if words else f"{key.replace('_', ' ')}: {_plain(value)}"


def _plain(value: Any) -> str:
    """A day as a day; anything else as it is."""
    if not isinstance(value, str):
        return str(value)
    day = _day(value)
    return short_day(day) if day else value


def _day(value: str) -> date | None:
    try:
        moment = parse_datetime(value)
        return moment.date() if moment else parse_date(value)
    except ValueError:
        return None


def _reason(value: Any) -> str:
    reason = CATALOGUE.reasons.get(str(value))
    return in_own_language(reason.title) if reason else str(value)


def _because(value: Any) -> str:
    """A person's words, or a code of ours; the first appeals have a sentence of ours in English."""
    code, _mark, words = str(value).partition(": ")
    if words == "the catalogue's queue for this reason":
        return f"{code}: " + _("the catalogue's queue for this reason")
    if value == "not_begun":
        return _("not begun in time")
    return _("they cannot take it any more") if value == "cannot_take_it" else str(value)


def _outcome(value: Any) -> str:
    known = value in set(OutcomeKind)
    return str(OUTCOME_NAMES[OutcomeKind(value)]) if known else str(value)


def _grounds(value: Any) -> str:
    return ngettext("%d ground", "%d grounds", int(value)) % int(value)


def _documents(value: Any) -> str:
    return ngettext("%d document", "%d documents", int(value)) % int(value)


def _kinds(value: Any) -> str:
    return ", ".join(kind_name(key) for key in str(value).split(", ") if key)


def _clock(value: Any) -> str:
    return str(dict(ClockKind.choices).get(value, value))


def _named(value: Any) -> str:
    return ngettext("%d colleague named", "%d colleagues named", int(value)) % int(value)


def _authority(value: Any) -> str:
    return str(dict(Authority.choices).get(value, value))


WORDS: Mapping[str, Callable[[Any], str]] = {
    "authority": _authority,
    "because": _because,
    "clock": _clock,
    "confirmed": lambda _value: _("confirmed"),
    "dismissed": lambda _value: _("it is not"),
    "documents": _documents,
    "grounds": _grounds,
    "kind": _clock,
    "kinds": _kinds,
    "named": _named,
    "outcome": _outcome,
    "reason": _reason,
    "suggested": lambda _value: _("found by words"),
}
