"""The version history of a setting: who changed what, when, from what to what.

`pghistory` keeps a row for each version of a tracked model; `appeals.actions.changes` puts the
person in. `Versioned` shows them on the admin's "History" page of a row.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from pghistory.models import Context

from appeals.admin.people import staff
from portal.models import Customer

PAGE = 50
# From here on, what changed inside a text is easier to read than both texts.
LONG = 60
NOTHING = "–"
# The labels of the events of a many-to-many row.
JOINED, LEFT = "joined", "left"
# A Chinese sentence has no spaces: each sign of it is a word.
WORD = re.compile(r"[㐀-鿿]|[^\W㐀-鿿]+|\s+|.", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A stretch of a text: `same`, `gone` or `new`."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """One field, before and after; `pieces` where only a part of a long text changed."""

    label: str
    before: str
    after: str
    pieces: tuple[Piece, ...] = ()


@dataclass
class Version:
    """What one person did at one time."""

    at: datetime
    by: str
    is_first: bool
    changes: list[Change] = field(default_factory=list)


def list_versions(row: Model, *, before: int | None = None) -> tuple[list[Version], int | None]:
    """A page of the versions of a tracked row, newest first, and where the next page begins."""
    events = row.events.select_related("pgh_context").order_by("-pgh_id")  # type: ignore[attr-defined]
    if before is not None:
        events = events.filter(pgh_id__lt=before)
    rows = list(events[: PAGE + 1])
    names = people_of(event.pgh_context for event in rows)
    shown = _Shown(type(row), rows)
    pairs = zip(rows[:PAGE], [*rows[1:], None], strict=False)
    versions = [
        Version(
            at=event.pgh_created_at,
            by=names(event.pgh_context),
            is_first=older is None,
            changes=list(shown.changes(older, event)),
        )
        for event, older in pairs
    ]
    return versions, rows[PAGE - 1].pgh_id if len(rows) > PAGE else None


def people_of(contexts: Iterable[Context | None]) -> Callable[[Context | None], str]:
    """Whose names stand in the contexts of events, asked for once."""
    keys = {context.metadata.get("user") for context in contexts if context is not None}
    people = Customer.objects.in_bulk([key for key in keys if isinstance(key, int)])

    def name(context: Context | None) -> str:
        key = context.metadata.get("user") if context is not None else None
        if key is None:
            return _("Set-up, not a person")
        person = people.get(key)
        return person.name if person else _("Somebody who is not here any more")

    return name


class _Shown:
    """Values of events as people read them; related rows are fetched once a model."""

    def __init__(self, model: type[Model], events: Sequence[Any]) -> None:
        self.fields = [one for one in model._meta.concrete_fields if not one.primary_key]
        self.related = {
            one.name: self._rows(one, events) for one in self.fields if isinstance(one, ForeignKey)
        }

    @staticmethod
    def _rows(key: "ForeignKey[Any, Any]", events: Sequence[Any]) -> dict[Any, Any]:
        wanted = {getattr(event, key.attname, None) for event in events} - {None}
        rows: QuerySet[Any] = key.related_model._default_manager.all()  # type: ignore[union-attr]
        return rows.in_bulk(list(wanted))

    def changes(self, older: Any, newer: Any) -> Iterator[Change]:
        for one in self.fields:
            if not hasattr(newer, one.attname):
                continue
            before = getattr(older, one.attname) if older is not None else None
            after = getattr(newer, one.attname)
            if before == after or (older is None and after in (None, "", [], {})):
                continue
            was, now = self._words(one, before), self._words(one, after)
            pieces = words_changed(was, now) if older is not None else ()
            yield Change(capfirst(str(one.verbose_name)), was, now, pieces)

    def _words(self, one: "Field[Any, Any]", value: Any) -> str:
        if isinstance(one, ForeignKey):
            row = self.related[one.name].get(value)
            return (row.name if isinstance(row, Customer) else str(row)) if row else NOTHING
        return in_words(value, dict(one.flatchoices))


def in_words(value: Any, names: dict[Any, Any]) -> str:
    """A stored value as people read it; `names` are those of a field with choices."""
    if value in (None, "", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(names.get(value, value))


def words_changed(before: str, after: str) -> tuple[Piece, ...]:
    """Which words of a long text went and came; nothing for short ones."""
    if min(len(before), len(after)) < LONG:
        return ()
    was, now = WORD.findall(before), WORD.findall(after)
    pieces = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(was[a:b])))
            continue
        if b > a:
            pieces.append(Piece("gone", "".join(was[a:b])))
        if d > c:
            pieces.append(Piece("new", "".join(now[c:d])))
    return tuple(pieces)


def memberships(events: Iterable[Any], label: str) -> list[Version]:
    """Who was put on a list and who was taken off, one version for each save.

    `events` are those of a many-to-many row, newest first, with their `pgh_context` and `customer`.
    """
    by_save: dict[Any, list[Any]] = defaultdict(list)
    for event in events:
        by_save[event.pgh_context_id or event.pgh_id].append(event)
    names = people_of(event.pgh_context for rows in by_save.values() for event in rows)
    return [
        Version(
            at=rows[0].pgh_created_at,
            by=names(rows[0].pgh_context),
            is_first=False,
            changes=[_joined_and_left(label, rows)],
        )
        for rows in by_save.values()
    ]


def _joined_and_left(label: str, events: Sequence[Any]) -> Change:
    left = ", ".join(one.customer.name for one in events if one.pgh_label == LEFT)
    joined = ", ".join(one.customer.name for one in events if one.pgh_label == JOINED)
    pieces = [Piece("gone", left)] if left else []
    pieces += [Piece("same", " ")] if left and joined else []
    pieces += [Piece("new", joined)] if joined else []
    return Change(label, left or NOTHING, joined or NOTHING, tuple(pieces))


class Versioned:
    """For the admin of a tracked model: its "History" page tells what changed, not only that."""

    def list_more_versions(self, row: Model) -> list[Version]:
        """What else belongs into the history of a row, such as who joined it."""
        return []

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        given = request.GET.get("before", "")
        versions, older = list_versions(row, before=int(given) if given.isdecimal() else None)
        if not given:
            versions += self.list_more_versions(row)
            versions.sort(key=lambda version: version.at, reverse=True)
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": _("History: %(row)s") % {"row": row},
            "versions": versions,
            "older": older,
            "object": row,
            "opts": self.opts,  # type: ignore[attr-defined]
            "viewer": staff(request),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "appeals/desk/settings/history.html", context)
