"""What staff may see of messages: everything that happened; only suppressions may change."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from notifications.models import (
    Attempt,
    Delivery,
    LocalMessage,
    Notification,
    PushSubscription,
    Receipt,
    Suppression,
)

ON_A_PAGE = 30
MAIL_POLICY = (
    "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src 'self' data:; frame-ancestors 'self'"
)


class ReadOnly:
    """No adding, changing or deleting, whatever the person's rights."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class DeliveryInline(ReadOnly, TabularInline):
    model = Delivery
    fields = ["channel", "state", "reason", "tries", "provider", "sent_at", "ended_at"]
    readonly_fields = fields
    show_change_link = True
    extra = 0


class AttemptInline(ReadOnly, TabularInline):
    model = Attempt
    fields = ["number", "started_at", "ended_at", "outcome", "http_status", "code", "detail"]
    readonly_fields = fields
    extra = 0


@admin.register(Notification)
class NotificationAdmin(ReadOnly, ModelAdmin):
    list_display = ["type", "recipient", "lane", "is_mandatory", "legal_due_at", "created_at"]
    list_filter = ["type", "lane", "is_mandatory", "unreached"]
    search_fields = ["dedupe_key", "recipient__reference"]
    list_select_related = ["recipient"]
    # A code must not be readable here while it still opens an account.
    exclude = ["secret"]
    inlines = [DeliveryInline]
    ordering = ["-pk"]
    show_full_result_count = False


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, ModelAdmin):
    list_display = ["notification_type", "person", "channel", "lane", "state", "reason", "sent_at"]
    list_filter = ["state", "channel", "lane", "provider"]
    search_fields = ["provider_ref", "notification__recipient__reference"]
    list_select_related = ["notification__recipient"]
    raw_id_fields = ["notification"]
    exclude = ["lease_token", "push_subscription"]
    inlines = [AttemptInline]
    ordering = ["-pk"]
    show_full_result_count = False

    @admin.display(description=_("type"))
    def notification_type(self, delivery: Delivery) -> str:
        return delivery.notification.type

    @admin.display(description=_("person"))
    def person(self, delivery: Delivery) -> str:
        return delivery.notification.recipient.reference


@admin.register(Receipt)
class ReceiptAdmin(ReadOnly, ModelAdmin):
    list_display = ["provider", "word", "code", "received_at", "event_id"]
    list_filter = ["provider", "word"]
    search_fields = ["event_id"]
    ordering = ["-pk"]
    show_full_result_count = False


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


@admin.register(LocalMessage)
class LocalMessageAdmin(ReadOnly, ModelAdmin):
    """Messages kept here because no provider is set up, as phone, mailbox and browser show them."""

    def get_urls(self) -> list[URLPattern]:
        html = self.admin_site.admin_view(self.html)
        return [
            path("<int:pk>/html/", html, name="notifications_localmessage_html"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        page = Paginator(self._kept(request), ON_A_PAGE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Messages kept here"),
            "page": page,
            "query": request.GET.get("q", ""),
            "opts": self.opts,
        }
        return TemplateResponse(request, "notifications/local_messages.html", context)

    @staticmethod
    def _kept(request: HttpRequest) -> QuerySet[LocalMessage]:
        kept = LocalMessage.objects.order_by("-kept_at", "-pk")
        query = request.GET.get("q", "").strip()
        return kept.filter(to__icontains=query) if query else kept

    def html(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The HTML of one mail, for a frame that may do nothing but show it."""
        response = HttpResponse(get_object_or_404(LocalMessage, pk=pk).html)
        response["X-Frame-Options"] = "SAMEORIGIN"
        response["Content-Security-Policy"] = MAIL_POLICY
        return response
