"""The list of appeals: what this person may see, oldest promise first."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from appeals.access import is_supervisor, list_cases, list_views, may_export, works_on_appeals
from appeals.admin.frame import frame
from appeals.admin.list_form import kept_values, list_chips, list_choices, list_tabs, view_tabs
from appeals.admin.list_rows import Rows
from appeals.admin.lists import load_page, read_cursor, read_listing
from appeals.admin.people import sits_at_desk, staff
from appeals.admin.places import clean_place
from appeals.admin.side import side_of
from appeals.filters import Group
from appeals.models import Appeal, BulkKind, SavedView
from appeals.prepared import prepared

READ = ["GET", "HEAD"]


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
        context = {**frame(), "side": side_of(request), **list_context(request)}
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


@prepared
def _views(person: int) -> QuerySet[SavedView]:
    return list_views(person)


def list_context(request: HttpRequest) -> dict[str, Any]:
    """The page of the list that the address asks for."""
    person = staff(request)
    listing = read_listing(request.GET)
    filters = listing.filters
    now = timezone.now()
    page = load_page(person, listing, read_cursor(request.GET.get("page", "")), now)
    place = clean_place(request.GET.urlencode())
    is_closed, is_boss = filters.group == Group.CLOSED, is_supervisor(person)
    rows = Rows(place, now, has_checks=is_boss, is_closed=is_closed)
    return {
        "title": _("Appeals"),
        "listing": listing,
        "filters": filters,
        "page": page,
        "rows": rows.html(page.appeals),
        "place": place,
        "tabs": list_tabs(filters),
        "views": view_tabs(_views(person.pk), filters),
        "choices": list_choices(person, filters),
        "chips": list_chips(listing),
        "kept": kept_values(listing),
        "is_closed_list": is_closed,
        "is_sent_list": filters.group == Group.SENT,
        "sorted": "descending" if listing.is_descending else "ascending",
        "arrow": "↓" if listing.is_descending else "↑",
        "turned": _turned(listing.is_turned, filters.query),
        "may_export": may_export(person),
        "may_keep": works_on_appeals(person),
        "is_supervisor": is_boss,
        "bulk_kinds": BulkKind.choices if is_boss else [],
    }


def _turned(is_turned: bool, query: str) -> str:  # noqa: FBT001 - the value itself
    """The same list from its other end."""
    return query if is_turned else "&".join(filter(None, [query, "turned=1"]))
