"""One channel's try to carry a message: its calls, the providers' words, and its fingerprint."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.paginator import InfinitePaginator

from notifications.admin.finding import (
    INDEXED_ORDERS,
    IndexedStateFilter,
    MonthFilter,
    find_deliveries,
)
from notifications.admin.health import health_page
from notifications.admin.reading import ReadOnly
from notifications.admin.words import DeliveryWords, to_the_second, unbroken
from notifications.ids import MOST_ATTEMPTS
from notifications.models import Attempt, Delivery, Receipt
from notifications.sayings import provider_words, reason_words
from notifications.seeing import seen_by
from notifications.types import label_of

# Whatever is read of one delivery is bounded by what its ids allow.
RECEIPTS_SHOWN = 200


class AttemptInline(ReadOnly, TabularInline):
    model = Attempt
    verbose_name_plural = _("Calls to providers")
    fields = [
        "number", "provider_in_words", "started", "ended", "outcome", "http_status", "code",
        "detail_in_words",
    ]  # fmt: skip
    readonly_fields = fields
    ordering = ["number"]
    extra = 0
    hide_title = True

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        # Whoever may read the delivery may read its rows.
        return True

    @admin.display(description=_("provider"))
    def provider_in_words(self, attempt: Attempt) -> str:
        return provider_words(attempt.provider) or "-"

    @admin.display(description=_("detail"))
    def detail_in_words(self, attempt: Attempt) -> str:
        return reason_words(attempt.detail) or "-"

    @admin.display(description=_("started at"))
    def started(self, attempt: Attempt) -> str:
        return to_the_second(attempt.started_at)

    @admin.display(description=_("ended at"))
    def ended(self, attempt: Attempt) -> str:
        return to_the_second(attempt.ended_at) if attempt.ended_at else "-"


@admin.register(Delivery)
class DeliveryAdmin(DeliveryWords, ReadOnly, ModelAdmin):
    list_display = [
        "made", "person", "type", "channel", "lane_in_words", "state_in_words", "reason_in_words",
        "provider_in_words",
    ]  # fmt: skip
    list_filter = [IndexedStateFilter, MonthFilter]
    # The fields only say that there is a search; finding.py does it.
    search_fields = ["provider_ref"]
    search_help_text = _("Exactly: customer reference, dedupe key, provider's id, or delivery id")
    list_select_related = ["notification__recipient"]
    list_per_page = 50
    list_fullwidth = True
    # Any other order would sort the whole table.
    sortable_by = ()
    paginator = InfinitePaginator
    show_full_result_count = False
    inlines = [AttemptInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "message", "person", "channel", "address", "lane_in_words", "campaign",
                ]
            },
        ),
        (
            _("How far it got"),
            {
                "fields": [
                    "state_in_words", "reason_in_words", "not_before", "tries", "calls",
                    "provider_in_words",
                    "provider_ref", "ask_at", "created_at", "sent_at", "ended_at",
                ]
            },
        ),
        (_("What was said"), {"fields": ["fingerprint", "wording_used"]}),
        (_("Words of the provider"), {"fields": ["receipts"]}),
    ]  # fmt: skip
    readonly_fields = [
        "message", "person", "campaign", "lane_in_words", "state_in_words", "reason_in_words",
        "provider_in_words", "fingerprint", "wording_used", "receipts",
    ]  # fmt: skip

    class Media:
        css = {"all": ["notifications/deliveries.css"]}

    def get_urls(self) -> list[URLPattern]:
        health = self.admin_site.admin_view(health_page)
        return [path("health/", health, name="notifications_health"), *super().get_urls()]

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        return INDEXED_ORDERS.get(request.GET.get(IndexedStateFilter.parameter_name, ""), ["-pk"])

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Delivery], search_term: str
    ) -> tuple[QuerySet[Delivery], bool]:
        said = search_term.strip()
        return (queryset.filter(pk__in=find_deliveries(said)) if said else queryset), False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        rows: QuerySet[Delivery] = super().get_queryset(request)
        rows = rows.filter(seen_by(request.user, "notification__"))
        return rows.select_related("notification__recipient", "wording")

    @admin.display(description=_("made at"))
    def made(self, delivery: Delivery) -> str:
        return to_the_second(delivery.created_at)

    @admin.display(description=_("type"))
    def type(self, delivery: Delivery) -> str:
        return unbroken(label_of(delivery.notification.type))

    @admin.display(description=_("person"))
    def person(self, delivery: Delivery) -> str:
        return unbroken(delivery.notification.recipient.reference)

    @admin.display(description=_("message"))
    def message(self, delivery: Delivery) -> str:
        link = reverse("admin:notifications_notification_change", args=[delivery.notification_id])
        return format_html('<a class="desk-ref" href="{}">{}</a>', link, delivery.notification)

    @admin.display(description=_("campaign"))
    def campaign(self, delivery: Delivery) -> str:
        campaign = delivery.notification.campaign
        if campaign is None:
            return "-"
        link = reverse("admin:notifications_campaign_change", args=[campaign.pk])
        return format_html('<a class="desk-ref" href="{}">{}</a>', link, campaign)

    @admin.display(description="SHA-256")
    def fingerprint(self, delivery: Delivery) -> str:
        if not delivery.content_sha256:
            return str(_("Nothing was handed to a provider yet."))
        return format_html('<span class="desk-mono">{}</span>', delivery.content_sha256)

    @admin.display(description=_("wording"))
    def wording_used(self, delivery: Delivery) -> str:
        if delivery.wording is None:
            return "-"
        return render_to_string("notifications/wording_used.html", {"wording": delivery.wording})

    @admin.display(description=_("receipts"))
    def receipts(self, delivery: Delivery) -> str:
        last = UUID(int=delivery.pk.int + MOST_ATTEMPTS)
        found = Receipt.objects.filter(attempt_id__gt=delivery.pk, attempt_id__lte=last)
        rows = found.order_by("received_at")[:RECEIPTS_SHOWN]
        return render_to_string("notifications/receipts_of.html", {"receipts": list(rows)})


@admin.register(Receipt)
class ReceiptAdmin(ReadOnly, ModelAdmin):
    list_display = ["provider", "word", "code", "received_at", "event_id"]
    sortable_by = ()
    ordering = ["-pk"]
    paginator = InfinitePaginator
    show_full_result_count = False
    fields = ["provider", "event_id", "word", "code", "received_at", "body_sha256"]
