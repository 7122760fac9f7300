"""The lender's own days in the working calendars."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from appeals.access import is_auditor
from appeals.actions.calendars import day_problems, may_keep_calendars, save_day, today
from appeals.admin.people import staff
from appeals.admin.versions import Versioned
from appeals.models import CalendarDay


class CalendarDayForm(forms.ModelForm[CalendarDay]):
    class Meta:
        model = CalendarDay
        fields = ["jurisdiction", "day", "is_working", "name_en", "name_zh", "is_active"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        # Of a row that is there, its calendar and its day stay.
        typed = {name: value for name, value in cleaned.items() if name in self.fields}
        kept = {"jurisdiction": self.instance.jurisdiction, "day": self.instance.day}
        for field, problem in day_problems(CalendarDay(**{**kept, **typed})):
            self.add_error(field if field in self.fields else None, problem)
        return cleaned


@admin.register(CalendarDay)
class CalendarDayAdmin(Versioned, ModelAdmin):
    """Editors and supervisors keep them; a day is put out of force, never deleted."""

    form = CalendarDayForm
    list_display = ["day", "jurisdiction", "is_working", "name_en", "name_zh", "is_active"]
    list_filter = ["jurisdiction", "is_working", "is_active"]
    ordering = ["-day", "jurisdiction"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("jurisdiction", "day"),
                    "is_working",
                    ("name_en", "name_zh"),
                    "is_active",
                ],
                "description": _(
                    "Weekends and public holidays are known already. Put in only days that differ. "
                    "A day counts for promises made, or started again after a pause, from now on. "
                    "Promises customers were told stay as they are."
                ),
            },
        )
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["jurisdiction", "day"] if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        save_day(day=obj, by=staff(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        person = staff(request)
        return may_keep_calendars(person) or is_auditor(person)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_keep_calendars(staff(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # A day that has passed is part of how promises were counted.
        return may_keep_calendars(staff(request)) and (obj is None or obj.day >= today())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
