"""Reasons and kinds of paper: the lists and the page on which one is edited and looked at."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appeals.access import edits_catalogue, is_auditor
from appeals.actions.catalogue import keep_entry, may_publish, own_draft
from appeals.admin.case_parts import in_own_language
from appeals.admin.catalogue_forms import (
    DocumentForm,
    EntryForm,
    NewDocumentForm,
    ReasonForm,
)
from appeals.admin.catalogue_preview import field_changes, phones
from appeals.admin.origins import ORIGIN_NAMES
from appeals.admin.people import staff
from appeals.admin.restore_words import restore_words
from appeals.catalogue import CATALOGUE, Reason
from appeals.catalogue.editions import (
    DOCUMENTS,
    REASONS,
    blank_kind,
    difference,
    document_values,
    fingerprint,
    shown,
    values_in,
)
from appeals.clarity import clarity_by_reason, words_about
from appeals.errors import AppealError
from appeals.models import OPEN_CHANGES, CatalogueChange, ChangeState, DecisionReason
from appeals.treatment import treatment_by_reason, words_of_treatment
from portal.models import Customer

View = Callable[..., HttpResponseBase]


def may_read(person: Any) -> bool:
    """May look at the catalogue's pages; who may do what is asked in each action."""
    return isinstance(person, Customer) and (may_publish(person) or is_auditor(person))


def changes_waiting_for(person: Customer) -> int:
    """How many changes this person could publish now."""
    if not may_publish(person):
        return 0
    waiting = CatalogueChange.objects.filter(state=ChangeState.WAITING)
    return waiting.exclude(made_by=person).count()


def catalogue_view(view: View) -> View:
    """A page of the catalogue: signed in as the admin asks for, and somebody who may read it."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_read(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return admin.site.admin_view(checked)


def page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """One of the catalogue's pages, with its tabs."""
    open_changes = list(
        CatalogueChange.objects.filter(state__in=OPEN_CHANGES).select_related("made_by")
    )
    waiting = sum(change.state == ChangeState.WAITING for change in open_changes)
    return TemplateResponse(
        request,
        f"appeals/desk/catalogue/{template}.html",
        {
            **admin.site.each_context(request),
            "edition": CATALOGUE.current.edition,
            "left_out": CATALOGUE.current.left_out,
            "open_changes": open_changes,
            "waiting": waiting,
            "may_edit": edits_catalogue(staff(request)),
            "viewer": staff(request),
            **context,
        },
    )


# --- lists ---------------------------------------------------------------------------------------


@catalogue_view
@require_safe
def reasons(request: HttpRequest) -> HttpResponse:
    """All reasons, with a search through codes and titles of both languages."""
    asked = request.GET.get("q", "").strip()
    found = [one for one in CATALOGUE.reasons.values() if _speaks_of(one, asked.casefold())]
    rows = [
        {
            "reason": one,
            "title": in_own_language(one.title),
            "origin": ORIGIN_NAMES[one.origin],
            "queue": in_own_language(CATALOGUE.queue(one.queue).label),
            "is_own": one is not CATALOGUE.shipped.reasons[one.code],
        }
        for one in found
    ]
    return page(request, "reasons", title=_("Reasons"), tab="reasons", rows=rows, asked=asked)


def _speaks_of(reason: Reason, asked: str) -> bool:
    return not asked or any(
        asked in text.casefold() for text in (reason.code, *reason.title.values())
    )


@catalogue_view
@require_safe
def papers(request: HttpRequest) -> HttpResponse:
    """All kinds of paper, with how many reasons name each."""
    rows = [
        {
            "kind": kind,
            "reasons": sum(key in one.evidence for one in CATALOGUE.reasons.values()),
            "is_own": kind != CATALOGUE.shipped.documents.get(key),
        }
        for key, kind in CATALOGUE.documents.items()
    ]
    return page(request, "papers", title=_("Kinds of paper"), tab="papers", rows=rows)


# --- one entry -----------------------------------------------------------------------------------


@catalogue_view
@require_http_methods(["GET", "HEAD", "POST"])
def reason(request: HttpRequest, code: str) -> HttpResponse:
    """Edit a reason, look at it as the customer would, and keep it in one's draft."""
    if code not in CATALOGUE.reasons:
        raise Http404
    old = _shown(request, REASONS, code)
    form = ReasonForm(CATALOGUE.shipped.reasons[code], old, request.POST or None)
    if _is_kept(request, form, REASONS, code):
        return redirect("desk:reason", code)
    values = form.values() if form.is_bound and form.is_valid() else old
    return page(
        request,
        "reason",
        title=in_own_language(CATALOGUE.reason(code).title),
        tab="reasons",
        reason=CATALOGUE.reason(code),
        origin=ORIGIN_NAMES[CATALOGUE.reason(code).origin],
        restore_words=restore_words(
            CATALOGUE.reason(code).restore_when, code, get_language() or "en", {}
        ),
        phones=[] if form.errors else phones(code, values, day=timezone.localdate()),
        last_given=_last_given(code) if not values["is_active"] else None,
        clarity=clarity_by_reason([code]),
        clarity_words=words_about(code),
        treatment=treatment_by_reason([code]),
        treatment_words=words_of_treatment(code),
        **_entry_context(form, REASONS, code, old, values),
    )


@catalogue_view
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest, key: str) -> HttpResponse:
    """Edit a kind of paper; one that is only drafted so far is there for its editor."""
    draft = own_draft(staff(request))
    if key not in CATALOGUE.documents and not (draft and key in draft.changes.get(DOCUMENTS, {})):
        raise Http404
    old = _shown(request, DOCUMENTS, key)
    form = DocumentForm(old, request.POST or None)
    if _is_kept(request, form, DOCUMENTS, key):
        return redirect("desk:paper", key)
    values = form.values() if form.is_bound and form.is_valid() else old
    return page(
        request,
        "paper",
        title=in_own_language(old["label"]),
        tab="papers",
        key=key,
        **_entry_context(form, DOCUMENTS, key, old, values),
    )


@catalogue_view
@require_http_methods(["GET", "HEAD", "POST"])
def new_paper(request: HttpRequest) -> HttpResponse:
    """Draft a kind of paper that was not there."""
    if not edits_catalogue(staff(request)):
        raise PermissionDenied
    old = document_values(blank_kind(""))
    form = NewDocumentForm(old, request.POST or None)
    if form.is_bound and form.is_valid():
        key = form.cleaned_data["key"]
        seen = fingerprint(_shown(request, DOCUMENTS, key))
        if _keep(request, form, DOCUMENTS, key, seen):
            return redirect("desk:paper", key)
    return page(
        request,
        "paper",
        title=_("New kind of paper"),
        tab="papers",
        key="",
        form=form,
        changes=[],
        others=[],
        seen="",
    )


def _shown(request: HttpRequest, kind: str, key: str) -> dict[str, Any]:
    """The entry as this person sees it: with their own draft laid over what is in force."""
    draft = own_draft(staff(request))
    return shown(CATALOGUE.current, draft.changes if draft else {}, kind, key)


def _is_kept(request: HttpRequest, form: EntryForm, kind: str, key: str) -> bool:
    """Whether the form was sent to be kept, could be, and was."""
    if not form.is_bound or not form.is_valid() or request.POST.get("do") != "keep":
        return False
    return _keep(request, form, kind, key, request.POST.get("seen", ""))


def _keep(request: HttpRequest, form: EntryForm, kind: str, key: str, seen: str) -> bool:
    try:
        keep_entry(by=staff(request), kind=kind, key=key, values=form.values(), seen=seen)
    except AppealError as error:
        form.add_error(None, error.message)
        return False
    messages.success(request, _("Kept in your draft. Customers see it once it is published."))
    return True


def _entry_context(
    form: EntryForm, kind: str, key: str, old: dict[str, Any], values: dict[str, Any]
) -> dict[str, Any]:
    in_force = values_in(CATALOGUE.current, kind, key)
    rows = CatalogueChange.objects.filter(
        state__in=OPEN_CHANGES, **{f"changes__{kind}__has_key": key}
    )
    return {
        "form": form,
        "seen": form.data.get("seen") if form.is_bound else fingerprint(old),
        "changes": [
            change
            for field, pair in difference(in_force, values).items()
            for change in field_changes(field, *pair)
        ],
        "others": list(rows.select_related("made_by")),
    }


def _last_given(code: str) -> Any:
    """When the engine last gave this reason; of a restricted one nobody here is told that much."""
    if CATALOGUE.reason(code).is_restricted:
        return None
    rows = DecisionReason.objects.filter(code=code).order_by("-pk")
    return rows.values_list("decision__received_at", flat=True).first()


def to_change(change: CatalogueChange) -> HttpResponseRedirect:
    return redirect("desk:catalogue_change", change.pk)
