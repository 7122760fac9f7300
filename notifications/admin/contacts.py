"""Where we must not send, and the browsers that said yes."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin

from notifications.admin.reading import ReadOnly
from notifications.models import PushSubscription, Suppression


@admin.register(Suppression)
class SuppressionAdmin(ModelAdmin):
    """An address is added or freed by a person with a cause, never edited."""

    list_display = ["channel", "address", "cause", "created_at"]
    list_filter = ["channel"]
    search_fields = ["address"]
    fields = ["channel", "address", "cause"]
    ordering = ["-pk"]
    show_full_result_count = False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Suppression, form: Any, change: Any) -> None:
        obj.created_at = timezone.now()
        super().save_model(request, obj, form, change)


@admin.register(PushSubscription)
class PushSubscriptionAdmin(ReadOnly, ModelAdmin):
    list_display = ["person", "user_agent", "created_at", "gone_at"]
    list_select_related = ["person"]
    fields = ["person", "user_agent", "created_at", "gone_at"]
    ordering = ["-pk"]
    show_full_result_count = False
