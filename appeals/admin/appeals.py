"""The list of appeals: what this person may see, oldest promise first."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

from appeals.access import list_cases, list_queues
from appeals.admin.people import sits_at_desk, staff
from appeals.clock import clock_of
from appeals.models import Appeal
from appeals.models.appeals import STATE_NAMES
from appeals.states import OPEN, AppealState
from portal.lib.money import format_amount

SEARCHED = 200
SHOWN_STATES = [state for state in AppealState if state != AppealState.DRAFT]


class StateFilter(admin.SimpleListFilter):
    """Open appeals unless asked otherwise."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        states = [(state.value, STATE_NAMES[state]) for state in SHOWN_STATES]
        return [("late", _("Late")), *states, ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("Open"),
        }
        for value, title in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Appeal]) -> QuerySet[Appeal]:
        value = self.value()
        if value is None:
            # Whoever looks for a number wants to find it, open or not.
            return queryset if request.GET.get("q") else queryset.filter(state__in=OPEN)
        if value == "late":
            now = timezone.now()
            waiting = queryset.filter(state__in=OPEN).exclude(state=AppealState.WAITING)
            return waiting.filter(promised_at__lt=now)
        return queryset if value == "all" else queryset.filter(state=value)


class QueueFilter(admin.SimpleListFilter):
    """Only the queues this person works in."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(queue.pk), str(queue)) for queue in list_queues(staff(request))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Appeal]) -> QuerySet[Appeal]:
        value = self.value() or ""
        return queryset.filter(queue=int(value)) if value.isdecimal() else queryset


@admin.register(Appeal)
class AppealAdmin(ModelAdmin):
    """A list that leads to the desk; nothing of an appeal is edited as a row."""

    list_display = ["number", "change", "in_queue", "standing", "holder", "promise"]
    list_display_links = None
    list_filter = [StateFilter, QueueFilter]
    list_before_template = "appeals/desk/list_tabs.html"
    list_per_page = 25
    list_fullwidth = True
    paginator = InfinitePaginator
    show_full_result_count = False
    ordering = ["promised_at", "pk"]
    # Only says that there is a search; the search itself is below.
    search_fields = ["reference"]
    search_help_text = _("Appeal number, customer reference or line reference, in full")
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Appeal]:
        return list_cases(staff(request)).select_related(
            "decision__line", "queue", "claim__reviewer", "customer"
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Appeal], search_term: str
    ) -> tuple[QuerySet[Appeal], bool]:
        """Whole references only: each is looked up in an index, however many appeals there are."""
        term = search_term.strip()
        if not term:
            return queryset, False
        keys = queryset.order_by().values_list("pk")
        found = keys.filter(reference=term.upper()).union(
            keys.filter(customer__reference=term), keys.filter(decision__line__reference=term)
        )
        return queryset.filter(pk__in=[pk for (pk,) in found[:SEARCHED]]), False

    @admin.display(description=_("appeal"))
    def number(self, appeal: Appeal) -> str:
        url = reverse("desk:case", args=[appeal.reference])
        return format_html('<a class="desk-ref" href="{}">{}</a>', url, appeal.reference)

    @admin.display(description=_("limit change"))
    def change(self, appeal: Appeal) -> str:
        return change_of(appeal)

    @admin.display(description=_("queue"))
    def in_queue(self, appeal: Appeal) -> str:
        return str(appeal.queue or "")

    @admin.display(description=_("state"))
    def standing(self, appeal: Appeal) -> str:
        return format_html(
            '<span class="desk-state" data-state="{}">{}</span>',
            appeal.state,
            appeal.get_state_display(),
        )

    @admin.display(description=_("held by"))
    def holder(self, appeal: Appeal) -> str:
        claim = getattr(appeal, "claim", None)
        return claim.reviewer.name if claim else ""

    @admin.display(description=_("promise"))
    def promise(self, appeal: Appeal) -> str:
        clock = clock_of(appeal)
        return format_html(
            '<span class="desk-clock" data-tone="{}">{}</span>', clock.tone, clock.text
        )

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
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


def change_of(appeal: Appeal) -> str:
    """`$4,000.00 → $1,400.00`, and which kind of line it is about."""
    decision = appeal.decision
    amounts = [
        format_amount(limit, decision.currency, get_language() or "en")
        for limit in (decision.old_limit, decision.new_limit)
    ]
    return format_html(
        '<span class="desk-change">{} <span aria-hidden="true">→</span> {}</span>', *amounts
    )
