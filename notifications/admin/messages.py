"""What staff may see of messages: everything that happened, and sending one again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action
from unfold.paginator import InfinitePaginator

from notifications.admin.finding import ATTENTION_ORDERS, AttentionFilter, find_notifications
from notifications.admin.reading import ReadOnly
from notifications.admin.resend_forms import ResendForm
from notifications.admin.words import DeliveryWords, to_the_second, unbroken
from notifications.models import Delivery, Notification
from notifications.resending import ResendRefused, resend, ways_to, why_not_again
from notifications.sayings import language_words
from notifications.seeing import seen_by
from notifications.types import label_of
from portal.models import Customer

PAGE = "admin:notifications_notification_change"
RESEND = "notifications.resend_notification"


class DeliveryInline(DeliveryWords, ReadOnly, TabularInline):
    model = Delivery
    verbose_name_plural = gettext_lazy("Deliveries")
    fields = [
        "channel", "state_in_words", "reason_in_words", "calls", "provider_in_words", "sent_at",
        "ended_at", "more",
    ]  # fmt: skip
    readonly_fields = fields
    ordering = ["pk"]
    extra = 0
    hide_title = True

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        # Whoever may read the message may read its rows.
        return True

    @admin.display(description=gettext_lazy("More"))
    def more(self, delivery: Delivery) -> str:
        link = reverse("admin:notifications_delivery_change", args=[delivery.pk])
        return format_html('<a class="desk-ref" href="{}">{}</a>', link, _("Calls and receipts"))


@admin.register(Notification)
class NotificationAdmin(ReadOnly, ModelAdmin):
    list_display = ["type_in_words", "recipient", "lane", "is_owed", "due", "made"]
    list_filter = [AttentionFilter]
    # The field only says that there is a search; finding.py does it.
    search_fields = ["dedupe_key"]
    search_help_text = gettext_lazy("Exactly: customer reference or dedupe key")
    list_select_related = ["recipient"]
    list_per_page = 50
    list_fullwidth = True
    # Any other order would sort the whole table.
    sortable_by = ()
    paginator = InfinitePaginator
    show_full_result_count = False
    inlines = [DeliveryInline]
    actions_detail = ["resend"]
    # Never the secret: a code must not be readable here while it still opens an account.
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "type_in_words", "recipient", "language_in_words", "lane", "dedupe_key",
                    "about", "path", "context_in_lines", "campaign", "created_at", "expires_at",
                ]
            },
        ),
        (
            gettext_lazy("What is owed"),
            {"fields": ["duty", "legal_due_at", "settled", "settle_at", "unreached"]},
        ),
        (
            gettext_lazy("Sent again"),
            {"fields": ["first_message", "resent_because", "resent_by", "copies"]},
        ),
    ]  # fmt: skip
    readonly_fields = [
        "type_in_words",
        "language_in_words",
        "context_in_lines",
        "duty",
        "settled",
        "first_message",
        "copies",
    ]

    class Media:
        css = {"all": ["notifications/deliveries.css"]}

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        return ATTENTION_ORDERS.get(request.GET.get(AttentionFilter.parameter_name, ""), ["-pk"])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        related = ("recipient", "campaign", "resends", "resent_by")
        rows: QuerySet[Notification] = super().get_queryset(request)
        return rows.filter(seen_by(request.user)).select_related(*related)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Notification], search_term: str
    ) -> tuple[QuerySet[Notification], bool]:
        said = search_term.strip()
        return (queryset.filter(pk__in=find_notifications(said)) if said else queryset), False

    @admin.display(description=gettext_lazy("type"))
    def type_in_words(self, one: Notification) -> str:
        return unbroken(label_of(one.type))

    @admin.display(description=gettext_lazy("due by law"))
    def due(self, one: Notification) -> str:
        if one.legal_due_at is None:
            return "-"
        return unbroken(date_format(timezone.localtime(one.legal_due_at), "SHORT_DATE_FORMAT"))

    @admin.display(description=gettext_lazy("made at"))
    def made(self, one: Notification) -> str:
        return to_the_second(one.created_at)

    @admin.display(description=gettext_lazy("language"))
    def language_in_words(self, one: Notification) -> str:
        return language_words(one.language)

    @admin.display(description=gettext_lazy("context"))
    def context_in_lines(self, one: Notification) -> str:
        pairs = sorted(one.context.items())
        return format_html_join("", "<div>{}: {}</div>", pairs) or "-"

    @admin.display(description=gettext_lazy("owed by law"))
    def is_owed(self, one: Notification) -> str:
        return _("Yes") if one.is_mandatory else "-"

    @admin.display(description=gettext_lazy("owed by law"))
    def duty(self, one: Notification) -> str:
        if not one.is_mandatory:
            return _("No. It is a courtesy, and ends with its last channel.")
        return _("Yes. It goes from channel to channel until it arrived, and ends in a letter.")

    @admin.display(description=gettext_lazy("settled"))
    def settled(self, one: Notification) -> str:
        if one.settled_at is None:
            return _("Not yet") if one.is_mandatory else "-"
        return f"{one.get_settled_as_display()} ({_at(one.settled_at)})"

    @admin.display(description=gettext_lazy("sent again for"))
    def first_message(self, one: Notification) -> str:
        return _link(one.resends) if one.resends else "-"

    @admin.display(description=gettext_lazy("sent again as"))
    def copies(self, one: Notification) -> str:
        copies = one.resent_as.select_related("resent_by").order_by("pk")
        rows = (
            (_link(copy), _at(copy.created_at), getattr(copy.resent_by, "name", ""),
             copy.resent_because)
            for copy in copies
        )  # fmt: skip
        return format_html_join("", "<div>{} · {} · {}: {}</div>", rows) or "-"

    def has_resend_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        return self.has_view_permission(request) and request.user.has_perm(RESEND)

    @action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("Send it again"),
        url_path="resend",
        permissions=["resend"],
        icon="forward_to_inbox",
    )
    def resend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        one = self.get_object(request, object_id)
        if one is None:
            raise Http404
        ways = ways_to(one.recipient)
        form = ResendForm(request.POST or None, ways=ways, number=one.resent_as.count())
        if request.method == "POST" and form.is_valid():
            return self._send_again(request, one, form)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Send it again"),
            "opts": self.opts,
            "original": one,
            "form": form,
            "why_not": why_not_again(one),
        }
        return TemplateResponse(request, "notifications/resend.html", context)

    def _send_again(
        self, request: HttpRequest, one: Notification, form: ResendForm
    ) -> HttpResponse:
        if not isinstance(request.user, Customer):
            raise PermissionDenied
        try:
            copy = resend(public_id=one.public_id, wish=form.wish(), by=request.user)
        except ResendRefused as error:
            messages.error(request, error.message)
            return redirect(PAGE, one.pk)
        messages.success(request, _("It is sent again. This is the new message."))
        return redirect(PAGE, copy.pk)


def _link(one: Notification) -> str:
    link = reverse(PAGE, args=[one.pk])
    return format_html('<a class="desk-ref" href="{}">{}</a>', link, one)


def _at(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
