"""Incidents: opened from an alarm or by hand, looked at, and acted on."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from appeals.access import (
    decisions_seen_by,
    get_alarm,
    get_incident,
    is_supervisor,
    list_incidents,
    sees_all_queues,
)
from appeals.actions.incidents import check_scope, open_incident
from appeals.admin.incident_acts import act
from appeals.admin.incident_affected import affected_of
from appeals.admin.incident_form import ScopeForm
from appeals.admin.incident_parts import parts_of
from appeals.admin.people import desk_view, staff
from appeals.errors import AppealError, AppealNotFound, NotAllowed
from appeals.incident_scope import decisions_in
from appeals.models import Incident, RuleAlarm
from portal.models import Customer

SHOWN = 100
SAMPLE = 50


@desk_view
@require_safe
def show_incidents(request: HttpRequest) -> HttpResponse:
    """All incidents, the newest first."""
    person = _who_sees(request)
    rows = list_incidents(person).select_related("opened_by").prefetch_related("remedies")
    context = {
        **admin.site.each_context(request),
        "title": _("Incidents"),
        "rows": [(one, one.remedies.all()[::-1][:1]) for one in rows[:SHOWN]],
        "may_open": is_supervisor(person),
    }
    return TemplateResponse(request, "appeals/desk/incidents.html", context)


@desk_view
def new_incident(request: HttpRequest) -> HttpResponse:
    """Show whom a scope is about, as a count and a list; on the second button, open it."""
    person = _who_sees(request)
    if not is_supervisor(person):
        raise PermissionDenied
    sent = request.POST if request.method == "POST" else request.GET
    form = ScopeForm(sent) if sent.get("rule_id") else ScopeForm(initial=sent.dict())
    found: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        scope = form.scope()
        try:
            if sent.get("do") == "open" and request.method == "POST":
                title = form.cleaned_data["title"]
                alarm = _alarm(person, form.cleaned_data["alarm"])
                incident = open_incident(scope=scope, title=title, by=person, alarm=alarm)
                messages.success(request, _("Opened. Nothing of its scope is told from now on."))
                return redirect("desk:incident", incident.reference)
            found = _found(check_scope(scope), person)
        except AppealError as error:
            form.add_error(getattr(error, "field", "") or None, error.message)
            found = _found(scope.as_incident(), person)
    context = {
        **admin.site.each_context(request),
        "title": _("Open an incident"),
        "form": form,
        **found,
    }
    return TemplateResponse(request, "appeals/desk/incident_new.html", context)


@desk_view
@require_safe
def show_incident(request: HttpRequest, reference: str) -> HttpResponse:
    """One incident: whom it is about, what waits, what was done and what is left."""
    person = _who_sees(request)
    return TemplateResponse(
        request, "appeals/desk/incident.html", _context(request, _get(person, reference))
    )


@desk_view
@require_POST
def act_on_incident(request: HttpRequest, reference: str) -> HttpResponse:
    """One button of the incident's page."""
    person = _who_sees(request)
    incident = _get(person, reference)
    try:
        messages.success(request, act(request.POST, incident, person))
    except AppealNotFound as error:
        raise Http404 from error
    except NotAllowed as error:
        if not is_supervisor(person):
            raise PermissionDenied from error
        messages.error(request, error.message)
    except AppealError as error:
        messages.error(request, error.message)
    return redirect("desk:incident", reference)


def _who_sees(request: HttpRequest) -> Customer:
    person = staff(request)
    if not sees_all_queues(person):
        raise PermissionDenied
    return person


def _get(person: Customer, reference: str) -> Incident:
    try:
        return get_incident(person, reference)
    except AppealNotFound as error:
        raise Http404 from error


def _alarm(person: Customer, reference: str) -> RuleAlarm | None:
    return get_alarm(person, reference) if reference else None


def _found(incident: Incident, person: Customer) -> dict[str, Any]:
    rows = decisions_in(incident)
    shown = rows.filter(decisions_seen_by(person)).select_related("customer", "line")
    return {
        "number": rows.count(),
        "decisions": list(shown.order_by("decided_at", "pk")[:SAMPLE]),
        "has_found": True,
    }


def _scope_of(incident: Incident, person: Customer, request: HttpRequest) -> dict[str, Any]:
    if incident.frozen_at is None:
        return _found(incident, person)
    return affected_of(incident, person, request.GET.dict())


def _context(request: HttpRequest, incident: Incident) -> dict[str, Any]:
    person = staff(request)
    return {
        **admin.site.each_context(request),
        "title": incident.title,
        "incident": incident,
        "may_act": is_supervisor(person),
        **parts_of(incident, person),
        **_scope_of(incident, person, request),
    }


urlpatterns: list[URLPattern] = [
    path("incidents/", show_incidents, name="incidents"),
    path("incidents/new/", new_incident, name="new_incident"),
    path("incidents/<str:reference>/", show_incident, name="incident"),
    path("incidents/<str:reference>/act/", act_on_incident, name="incident_act"),
]
