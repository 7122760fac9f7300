"""To look at again: reasons whose day has come, and conditions a newer decision overtook."""

from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from appeals.access import Reach, cases_within, is_reviewer, is_supervisor, reach_of
from appeals.actions.looking_again import due_to_look_at, end_look
from appeals.admin.people import desk_view, staff
from appeals.admin.work import COUNTED
from appeals.errors import AppealError
from appeals.models import Outcome
from appeals.prepared import counted
from portal.models import Customer

SHOWN = 100


def list_due(person: Customer) -> Any:
    """What this person may look at again, the longest due first."""
    mine = _due(person.pk, timezone.now().date(), reach=reach_of(person))
    return mine.order_by("look_again_on", "pk")


def _due(person: int, today: date, *, reach: Reach) -> QuerySet[Outcome]:
    return due_to_look_at(today).filter(appeal__in=cases_within(person, reach).values("pk"))


def count_due(person: Customer) -> int:
    """How many that are, counted only so far."""
    return _count_due(person.pk, timezone.now().date(), reach=reach_of(person))


@counted
def _count_due(person: int, today: date, *, reach: Reach) -> QuerySet[Outcome, Any]:
    return _due(person, today, reach=reach).values_list("pk")[:COUNTED]


@desk_view
@require_safe
def show_due(request: HttpRequest) -> HttpResponse:
    rows = list_due(staff(request)).select_related(
        "appeal__decision__line", "appeal__queue", "payment_condition"
    )
    context = {
        **admin.site.each_context(request),
        "title": _("To look at again"),
        "rows": list(rows[:SHOWN]),
        "may_end": is_reviewer(staff(request)) or is_supervisor(staff(request)),
    }
    return TemplateResponse(request, "appeals/desk/looking_again.html", context)


@desk_view
@require_POST
def looked(request: HttpRequest, key: int) -> HttpResponse:
    """Somebody has looked: it stands, or the engine is asked to decide again."""
    try:
        outcome = list_due(staff(request)).get(pk=key)
    except Outcome.DoesNotExist as error:
        raise Http404 from error
    decide_again = request.POST.get("do") == "decide_again"
    try:
        end_look(outcome=outcome, by=staff(request), decide_again=decide_again)
        messages.success(request, _("Done. We are telling the customer."))
    except AppealError as error:
        messages.error(request, error.message)
    return redirect("desk:looking_again")


urlpatterns: list[URLPattern] = [
    path("looking-again/", show_due, name="looking_again"),
    path("looking-again/<int:key>/", looked, name="looked_again"),
]
