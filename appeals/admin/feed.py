"""What came in from the engine, and the lines that could not be taken."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.access import is_supervisor
from appeals.admin.people import staff
from appeals.admin.showing import SeenBySupervisors
from appeals.models import FeedRun, RejectedLine


@admin.register(FeedRun)
class FeedRunAdmin(SeenBySupervisors):
    list_display = [
        "source",
        "started_at",
        "finished_at",
        "read",
        "created",
        "unchanged",
        "conflicts",
        "rejected",
    ]
    search_fields = ["source"]
    date_hierarchy = "started_at"
    ordering = ["-pk"]
    fields = [
        "source",
        ("started_at", "finished_at"),
        ("read", "created"),
        ("unchanged", "conflicts"),
        ("rejected", "lines_not_taken"),
    ]
    readonly_fields = ["lines_not_taken"]

    @admin.display(description=_("lines not taken"))
    def lines_not_taken(self, run: FeedRun) -> str:
        """A way to the list of them."""
        if not run.rejected + run.conflicts:
            return "-"
        link = f"{reverse('admin:appeals_rejectedline_changelist')}?run__id__exact={run.pk}"
        return format_html('<a href="{}">{}</a>', link, run.rejected + run.conflicts)


@admin.register(RejectedLine)
class RejectedLineAdmin(SeenBySupervisors):
    """A line that was mended and sent again may be removed here; the run's counts stay."""

    list_display = ["its_number", "decision_id", "is_conflict", "error", "run"]
    list_display_links = ["its_number", "error"]
    list_filter = ["is_conflict"]
    list_select_related = ["run"]
    search_fields = ["decision_id", "error"]
    ordering = ["-run", "line_number"]
    fields = [("run", "its_number"), ("decision_id", "is_conflict"), "error", "text"]
    readonly_fields = ["its_number", "text"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_supervisor(staff(request))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        # The list of one run's lines, which its page leads to.
        return lookup == "run__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("number of the line"), ordering="line_number")
    def its_number(self, line: RejectedLine) -> int:
        return line.line_number

    @admin.display(description=_("text, up to a limit"))
    def text(self, line: RejectedLine) -> str:
        if not line.raw:
            return gettext("Deleted: kept long enough")
        return format_html('<pre class="desk-raw">{}</pre>', line.raw)
