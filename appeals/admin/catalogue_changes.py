"""Changes of the catalogue on their way to an edition, the editions, and the way back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from appeals.actions import catalogue as actions
from appeals.admin.case_parts import in_own_language
from appeals.admin.catalogue import catalogue_view, page, to_change
from appeals.admin.catalogue_preview import entries
from appeals.admin.people import staff
from appeals.catalogue import CATALOGUE
from appeals.catalogue.editions import REASONS, fingerprint
from appeals.errors import AppealError
from appeals.models import CatalogueChange, CatalogueEdition, ChangeState
from portal.models import Customer

MOST_ROWS = 100


@catalogue_view
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """What is being changed, and by whom; what was settled is with the editions."""
    ended = CatalogueChange.objects.filter(state=ChangeState.WITHDRAWN).select_related("made_by")
    return page(
        request,
        "changes",
        title=_("Changes of the catalogue"),
        tab="changes",
        withdrawn=list(ended[:MOST_ROWS]),
    )


@catalogue_view
@require_safe
def change(request: HttpRequest, key: int) -> HttpResponse:
    """One change: what it does, how it will read, and what this person may do with it."""
    row = get_object_or_404(
        CatalogueChange.objects.select_related("made_by", "decided_by", "edition"), pk=key
    )
    is_open = row.state not in (ChangeState.PUBLISHED, ChangeState.WITHDRAWN)
    return page(
        request,
        "change",
        title=_("Change by %(name)s") % {"name": row.made_by.name},
        tab="changes",
        change=row,
        entries=entries(row.changes, day=timezone.localdate() if is_open else None),
        seen=fingerprint(row.changes),
        acts=_acts(row, staff(request)),
    )


def _acts(change: CatalogueChange, person: Customer) -> set[str]:
    """What this person is offered; the actions themselves refuse everything else."""
    is_own = change.made_by_id == person.pk
    is_second = not is_own and actions.may_publish(person)
    offered = {
        ChangeState.DRAFT: {"ask", "withdraw"} if is_own else set(),
        ChangeState.WAITING: (
            {"take_up", "withdraw"} if is_own else {"publish", "send_back"} if is_second else set()
        ),
        ChangeState.RETURNED: {"take_up", "withdraw"} if is_own else set(),
    }
    return offered.get(ChangeState(change.state), set())


@catalogue_view
@require_POST
def act(request: HttpRequest, key: int, do: str) -> HttpResponse:
    """One of the buttons on a change's page."""
    row = get_object_or_404(CatalogueChange, pk=key)
    doing = ACTS.get(do)
    if doing is None:
        raise Http404
    try:
        messages.success(request, doing(row, staff(request), request.POST))
    except AppealError as error:
        messages.error(request, error.message)
    return to_change(row)


def _ask(row: CatalogueChange, by: Customer, typed: Any) -> str:
    actions.ask_to_publish(change=row, by=by, note=typed.get("note", ""))
    return _("A second person can publish it now.")


def _take_up(row: CatalogueChange, by: Customer, _typed: Any) -> str:
    actions.take_up(change=row, by=by)
    return _("It is your draft again.")


def _withdraw(row: CatalogueChange, by: Customer, _typed: Any) -> str:
    actions.withdraw(change=row, by=by)
    return _("Withdrawn. Nothing was changed.")


def _send_back(row: CatalogueChange, by: Customer, typed: Any) -> str:
    actions.send_back(change=row, by=by, because=typed.get("because", ""))
    return _("Sent back to its editor.")


def _publish(row: CatalogueChange, by: Customer, typed: Any) -> str:
    edition = actions.publish(change=row, by=by, seen=typed.get("seen", ""))
    return _("Edition %(number)s is in force. Notices are written with it from now on.") % {
        "number": edition.number
    }


ACTS: dict[str, Callable[[CatalogueChange, Customer, Any], str]] = {
    "ask": _ask,
    "take-up": _take_up,
    "withdraw": _withdraw,
    "send-back": _send_back,
    "publish": _publish,
}


# --- editions ------------------------------------------------------------------------------------


@catalogue_view
@require_safe
def editions(request: HttpRequest) -> HttpResponse:
    """Every edition, newest first, with who wrote it, who published it, and why."""
    rows = CatalogueEdition.objects.select_related("made_by", "published_by", "change")
    return page(
        request,
        "editions",
        title=_("Editions"),
        tab="editions",
        rows=list(rows.defer("content")[:MOST_ROWS]),
        shipped=CATALOGUE.shipped.version,
    )


@catalogue_view
@require_safe
def edition(request: HttpRequest, number: int) -> HttpResponse:
    """What one edition changed of the one before it."""
    rows = CatalogueEdition.objects.select_related("made_by", "published_by", "change")
    row = get_object_or_404(rows, number=number)
    return page(
        request,
        "edition",
        title=_("Edition %(number)s") % {"number": number},
        tab="editions",
        row=row,
        entries=entries(row.change.changes),
    )


@catalogue_view
@require_POST
def go_back(request: HttpRequest, number: int) -> HttpResponse:
    """Draft the return to an edition, or to what was shipped."""
    if number != actions.AS_SHIPPED:
        get_object_or_404(CatalogueEdition, number=number)
    try:
        draft = actions.go_back(by=staff(request), number=number)
    except AppealError as error:
        messages.error(request, error.message)
        return redirect("desk:catalogue_editions")
    messages.success(request, _("Your draft holds the way back. A second person publishes it."))
    return to_change(draft)


@catalogue_view
@require_safe
def reason_history(request: HttpRequest, code: str) -> HttpResponse:
    """Every edition that changed this reason, newest first."""
    if code not in CATALOGUE.reasons:
        raise Http404
    rows = CatalogueEdition.objects.filter(**{f"change__changes__{REASONS}__has_key": code})
    versions = [
        {"edition": row, "entry": entries({REASONS: {code: row.change.changes[REASONS][code]}})[0]}
        for row in rows.select_related("made_by", "published_by", "change")[:MOST_ROWS]
    ]
    return page(
        request,
        "history",
        title=in_own_language(CATALOGUE.reason(code).title),
        tab="reasons",
        code=code,
        versions=versions,
    )
