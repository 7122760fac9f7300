"""The list of appeals: what this person may see, oldest promise first."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from appeals.access import is_supervisor, list_cases, list_views, may_export
from appeals.admin.list_form import kept_values, list_chips, list_choices, list_tabs, view_tabs
from appeals.admin.lists import Page, load_page, read_cursor, read_listing
from appeals.admin.people import sits_at_desk, staff
from appeals.admin.places import FROM, clean_place
from appeals.clock import Clock, clock_of
from appeals.filters import Group
from appeals.models import Appeal, BulkKind
from appeals.models.review import OUTCOME_NAMES
from appeals.states import OutcomeKind

READ = ["GET", "HEAD"]


@dataclass(frozen=True)
class Row:
    """An appeal as the list shows it."""

    appeal: Appeal
    url: str
    clock: Clock
    holder: str
    outcome: Any


@admin.register(Appeal)
class AppealAdmin(ModelAdmin):
    """A list that leads to the desk; nothing of an appeal is edited as a row."""

    ordering = ["promised_at", "pk"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Appeal]:
        return list_cases(staff(request))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not sits_at_desk(request.user) or request.method not in READ:
            raise PermissionDenied
        context = {**admin.site.each_context(request), **list_context(request)}
        return TemplateResponse(request, "appeals/desk/list.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if request.method not in READ:
            raise PermissionDenied
        appeal = self.get_object(request, object_id)
        if appeal is None:
            raise Http404
        return redirect("desk:case", appeal.reference)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return sits_at_desk(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Appeal | None = None) -> bool:
        return sits_at_desk(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Appeal | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Appeal | None = None) -> bool:
        return False


def list_context(request: HttpRequest) -> dict[str, Any]:
    """The page of the list that the address asks for."""
    person = staff(request)
    listing = read_listing(request.GET)
    filters = listing.filters
    page = load_page(person, listing, read_cursor(request.GET.get("page", "")), timezone.now())
    place = clean_place(request.GET.urlencode())
    return {
        "title": _("Appeals"),
        "listing": listing,
        "filters": filters,
        "page": page,
        "rows": list_rows(page, place),
        "place": place,
        "tabs": list_tabs(filters),
        "views": view_tabs(list_views(person), filters),
        "choices": list_choices(person, filters),
        "chips": list_chips(listing),
        "kept": kept_values(listing),
        "is_closed_list": filters.group == Group.CLOSED,
        "turned": _turned(listing.is_turned, filters.query),
        "may_export": may_export(person),
        "is_supervisor": is_supervisor(person),
        "bulk_kinds": BulkKind.choices if is_supervisor(person) else [],
    }


def list_rows(page: Page, place: str) -> list[Row]:
    now = timezone.now()
    # One address made, the others like it: the references are all that differs.
    address = reverse("desk:case", args=["REFERENCE"]) + "?" + urlencode({FROM: place})
    return [
        Row(
            appeal=appeal,
            url=address.replace("REFERENCE", appeal.reference, 1),
            clock=clock_of(appeal, now),
            holder=_holder(appeal),
            outcome=_outcome(appeal),
        )
        for appeal in page.appeals
    ]


def _holder(appeal: Appeal) -> str:
    claim = getattr(appeal, "claim", None)
    if claim is not None:
        return str(claim.reviewer.name)
    if appeal.reserved_for is not None:
        return _("Reserved for %(name)s") % {"name": appeal.reserved_for.name}
    return ""


def _outcome(appeal: Any) -> Any:
    return OUTCOME_NAMES[OutcomeKind(appeal.answered_as)] if appeal.answered_as else ""


def _turned(is_turned: bool, query: str) -> str:  # noqa: FBT001 - the value itself
    """The same list from its other end."""
    return query if is_turned else "&".join(filter(None, [query, "turned=1"]))
