"""How records that nobody may change are shown to those who may read them."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from appeals.access import is_supervisor, sees_all_queues
from appeals.admin.people import staff


class SeenBySupervisors(ModelAdmin):
    """Rows that supervisors and auditors may read, and nobody changes."""

    show_full_result_count = False
    list_fullwidth = True
    list_per_page = 50
    actions_on_top = True

    def has_module_permission(self, request: HttpRequest) -> bool:
        return sees_all_queues(staff(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return sees_all_queues(staff(request))

    def has_supervise_permission(self, request: HttpRequest) -> bool:
        """For what does something with the rows: seeing them is not enough."""
        return is_supervisor(staff(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class FixedRows(TabularInline):
    """Rows of another model below a record, to read."""

    extra = 0
    can_delete = False
    hide_title = True

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        # Whoever may read the record may read its rows.
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class LanguageFilter(admin.SimpleListFilter):
    """The language of the row by its name, never by its code."""

    title = _("language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(settings.LANGUAGES)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(language=self.value()) if self.value() else queryset


def link(model: str, key: int, text: str) -> str:
    return format_html(
        '<a href="{}">{}</a>', reverse(f"admin:appeals_{model}_change", args=[key]), text
    )


def unbroken(text: str) -> str:
    return format_html('<span class="whitespace-nowrap">{}</span>', text)


def raw(text: str) -> str:
    return format_html('<span class="desk-raw">{}</span>', text)


def as_pairs(values: Mapping[str, Any] | None) -> str:
    return as_lines(f"{name}: {_plain(value)}" for name, value in sorted((values or {}).items()))


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def as_lines(lines: Iterable[str]) -> str:
    return format_html_join("", "<div>{}</div>", ((line,) for line in lines if line)) or "-"
