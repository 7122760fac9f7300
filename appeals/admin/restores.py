"""Proposed restores: lines whose reasons have passed, to agree to or to decline; and settings."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from appeals.access import (
    Reach,
    get_restore,
    is_reviewer,
    is_supervisor,
    list_restores,
    reach_of,
    restores_within,
)
from appeals.actions.restore_answers import accept_restore, decline_restore
from appeals.actions.restore_settings import save_restore_setting
from appeals.actions.restore_watch import OPEN_PROPOSALS
from appeals.admin.keeping import SupervisedAdmin
from appeals.admin.people import desk_view, staff
from appeals.admin.versions import Versioned
from appeals.admin.work import COUNTED
from appeals.errors import AppealError
from appeals.models import RestoreProposal, RestoreSetting, RestoreState
from appeals.prepared import counted
from portal.models import Customer, Jurisdiction

SHOWN = 100
ANSWERED_SHOWN = 20


@dataclass(frozen=True)
class Row:
    """A proposal as the list shows it."""

    proposal: RestoreProposal
    reasons: list[str]
    asks_affordability: bool
    may_answer: bool


def list_open(person: Customer) -> QuerySet[RestoreProposal]:
    return list_restores(person).filter(state__in=OPEN_PROPOSALS).order_by("made_at", "pk")


def count_open(person: Customer) -> int:
    """How many that are, counted only so far."""
    return _count_open(person.pk, reach=reach_of(person))


@counted
def _count_open(person: int, *, reach: Reach) -> QuerySet[RestoreProposal, Any]:
    rows = restores_within(person, reach).filter(state__in=OPEN_PROPOSALS)
    return rows.order_by().values_list("pk")[:COUNTED]


@desk_view
@require_safe
def show_restores(request: HttpRequest) -> HttpResponse:
    person = staff(request)
    context = {
        **admin.site.each_context(request),
        "title": _("Proposed restores"),
        "rows": [_row(one, person) for one in _whole(list_open(person))[:SHOWN]],
        "answered": _whole(
            list_restores(person).exclude(state__in=OPEN_PROPOSALS).order_by("-answered_at", "-pk")
        )[:ANSWERED_SHOWN],
    }
    return TemplateResponse(request, "appeals/desk/restores.html", context)


@desk_view
@require_POST
def answer_restore(request: HttpRequest, key: int) -> HttpResponse:
    """Agree or decline, with a reason."""
    person, because = staff(request), request.POST.get("because", "")
    try:
        proposal = get_restore(person, key)
        if request.POST.get("do") == "decline":
            decline_restore(proposal=proposal, by=person, because=because)
            messages.success(request, _("Declined. The decision stands as it is."))
        else:
            made = accept_restore(
                proposal=proposal,
                by=person,
                because=because,
                is_affordable=request.POST.get("is_affordable") == "1",
            )
            messages.success(request, _done(is_made=made is not None))
    except AppealError as error:
        messages.error(request, error.message)
    return redirect("desk:restores")


def _done(*, is_made: bool) -> str:
    if is_made:
        return _("The limit is given back. We are telling the customer and the ledger.")
    return _("Noted. A second person has to agree.")


def _whole(rows: QuerySet[RestoreProposal]) -> QuerySet[RestoreProposal]:
    return rows.select_related(
        "decision__line", "decision__customer", "queue", "agreed_by", "answered_by", "line_decision"
    ).prefetch_related("decision__reasons")


def _row(proposal: RestoreProposal, person: Customer) -> Row:
    language = get_language() or "en"
    may = is_reviewer(person) or is_supervisor(person)
    return Row(
        proposal,
        [
            row.reason.title.get(language, row.reason.title["en"])
            for row in proposal.decision.reasons.all()
        ],
        asks_affordability=proposal.decision.customer.jurisdiction == Jurisdiction.EU.value,
        may_answer=may
        and not (proposal.state == RestoreState.AGREED and proposal.agreed_by_id == person.pk),
    )


@admin.register(RestoreSetting)
class RestoreSettingAdmin(Versioned, SupervisedAdmin):
    """What follows when all reasons passed; without a fitting row the customer is only told."""

    list_display = ["jurisdiction", "queue", "mode", "because"]
    # Only those two may be blank.
    empty_value_display = gettext_lazy("Any")
    list_select_related = ["queue"]
    list_fullwidth = True
    ordering = ["jurisdiction", "queue", "pk"]
    fields = ["jurisdiction", "queue", "mode", "because"]

    def save_model(self, request: HttpRequest, obj: RestoreSetting, form: Any, change: Any) -> None:
        save_restore_setting(setting=obj, by=staff(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_supervisor(staff(request))


urlpatterns: list[URLPattern] = [
    path("restores/", show_restores, name="restores"),
    path("restores/<int:key>/", answer_restore, name="answer_restore"),
]
