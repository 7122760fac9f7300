"""What staff may see of messages: everything that happened, and nothing to change."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from notifications.admin.reading import ReadOnly
from notifications.models import Attempt, Delivery, Notification, Receipt


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
