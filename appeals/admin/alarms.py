"""Alarms about rules: which version is suspected, since when, why, and whom it hit."""

from datetime import UTC
from typing import Any
from urllib.parse import urlencode

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
    is_supervisor,
    list_alarms,
    sees_all_queues,
)
from appeals.actions.alarms import LONGEST_REASON, acknowledge, dismiss
from appeals.admin.alarm_figures import figures_of, signals_of
from appeals.admin.alarm_words import hour_text, title_of
from appeals.admin.people import desk_view, staff
from appeals.errors import AppealError, AppealNotFound, NotAllowed
from appeals.models import AlarmState, LineDecision, RuleAlarm
from appeals.watch.sums import is_spared
from portal.models import Customer

SHOWN = 100
TONES = {AlarmState.OPEN: "late", AlarmState.ACKNOWLEDGED: "soon", AlarmState.DISMISSED: "paused"}


@desk_view
@require_safe
def show_alarms(request: HttpRequest) -> HttpResponse:
    """All alarms, those nobody took first."""
    _check_sees(request)
    rows = [_as_row(alarm) for alarm in list_alarms(staff(request))[:SHOWN]]
    context = {
        **admin.site.each_context(request),
        "title": _("Alarms about rules"),
        "rows": rows,
    }
    return TemplateResponse(request, "appeals/desk/alarms.html", context)


@desk_view
@require_safe
def show_alarm(request: HttpRequest, reference: str) -> HttpResponse:
    """One alarm: each signal with its chart, and some of the decisions."""
    _check_sees(request)
    return TemplateResponse(request, "appeals/desk/alarm.html", _context(request, reference))


@desk_view
@require_POST
def act_on_alarm(request: HttpRequest, reference: str) -> HttpResponse:
    """Take the alarm, or dismiss it with a reason."""
    person = staff(request)
    _check_sees(request)
    try:
        if request.POST.get("do") == "dismiss":
            dismiss(reference=reference, by=person, why=request.POST.get("why", ""))
            messages.success(request, _("Dismissed. Your reason stays with the alarm."))
        else:
            acknowledge(reference=reference, by=person)
            messages.success(request, _("You look into it now."))
    except AppealNotFound as error:
        raise Http404 from error
    except NotAllowed as error:
        raise PermissionDenied from error
    except AppealError as error:
        messages.error(request, error.message)
        context = _context(request, reference)
        context["typed"] = request.POST.get("why", "")
        return TemplateResponse(request, "appeals/desk/alarm.html", context)
    return redirect("desk:alarm", reference)


def _check_sees(request: HttpRequest) -> None:
    if not sees_all_queues(staff(request)):
        raise PermissionDenied


def _context(request: HttpRequest, reference: str) -> dict[str, Any]:
    person = staff(request)
    try:
        alarm = get_alarm(person, reference)
    except AppealNotFound as error:
        raise Http404 from error
    may_act = is_supervisor(person)
    shown = _shown(alarm, person)
    return {
        **admin.site.each_context(request),
        "title": _("%(rule)s, version %(version)s")
        % {"rule": alarm.rule_id, "version": alarm.rule_version},
        "row": _as_row(alarm),
        "alarm": alarm,
        "figures": figures_of(alarm, shown),
        "samples": [_as_sample(decision) for decision in shown],
        "may_take": may_act and alarm.state == AlarmState.OPEN,
        "may_dismiss": may_act and alarm.state != AlarmState.DISMISSED,
        "longest": LONGEST_REASON,
        "incident_query": _as_scope(alarm),
    }


def _as_scope(alarm: RuleAlarm) -> str:
    """What the page of a new incident is to begin with."""
    return urlencode(
        {
            "rule_id": alarm.rule_id,
            "rule_version": alarm.rule_version,
            "since": alarm.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M"),
            "alarm": alarm.reference,
        }
    )


def _as_row(alarm: RuleAlarm) -> dict[str, Any]:
    kinds = dict.fromkeys(signal.reading.kind for signal in signals_of(alarm))
    return {
        "alarm": alarm,
        "since": hour_text(alarm.since),
        "found": hour_text(alarm.found_at),
        "last": hour_text(alarm.last_at),
        "why": [title_of(kind) for kind in kinds],
        "tone": TONES[AlarmState(alarm.state)],
    }


def _shown(alarm: RuleAlarm, person: Customer) -> list[LineDecision]:
    """The sample decisions that this person may see."""
    rows = alarm.samples.filter(decisions_seen_by(person))
    return list(rows.prefetch_related("reasons").order_by("decided_at", "pk"))


def _as_sample(decision: LineDecision) -> dict[str, Any]:
    reasons = decision.reasons.all()
    return {
        "decision": decision,
        "reasons": [reason.code for reason in reasons],
        "is_spared": is_spared(
            [(reason.code, reason.facts) for reason in reasons],
            decision.balance,
            decision.old_limit,
        ),
    }


urlpatterns: list[URLPattern] = [
    path("alarms/", show_alarms, name="alarms"),
    path("alarms/<str:reference>/", show_alarm, name="alarm"),
    path("alarms/<str:reference>/act/", act_on_alarm, name="alarm_act"),
]
