"""Messages kept here because no provider is set up."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import linebreaksbr
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from notifications.admin.reading import ReadOnly
from notifications.models import LocalMessage

ON_A_PAGE = 30
MAIL_POLICY = (
    "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src 'self' data:; frame-ancestors 'self'"
)


@admin.register(LocalMessage)
class LocalMessageAdmin(ReadOnly, ModelAdmin):
    """Messages kept here because no provider is set up, as phone, mailbox and browser show them."""

    fields = ["channel", "to", "subject", "text_in_lines", "link", "kept_at"]
    readonly_fields = ["text_in_lines"]

    def get_urls(self) -> list[URLPattern]:
        html = self.admin_site.admin_view(self.html)
        return [
            path("<int:pk>/html/", html, name="notifications_localmessage_html"),
            *super().get_urls(),
        ]

    @admin.display(description=_("text"))
    def text_in_lines(self, message: LocalMessage) -> str:
        return linebreaksbr(message.text)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        self._check_may_look(request)
        page = Paginator(self._kept(request), ON_A_PAGE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Messages kept here"),
            "page": page,
            "query": request.GET.get("q", ""),
            "opts": self.opts,
        }
        return TemplateResponse(request, "notifications/local_messages.html", context)

    def _check_may_look(self, request: HttpRequest) -> None:
        """Codes that open accounts are among them."""
        if not self.has_view_permission(request):
            raise PermissionDenied

    @staticmethod
    def _kept(request: HttpRequest) -> QuerySet[LocalMessage]:
        kept = LocalMessage.objects.order_by("-kept_at", "-pk")
        query = request.GET.get("q", "").strip()
        return kept.filter(to__icontains=query) if query else kept

    def html(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The HTML of one mail, for a frame that may do nothing but show it."""
        self._check_may_look(request)
        response = HttpResponse(get_object_or_404(LocalMessage, pk=pk).html)
        response["X-Frame-Options"] = "SAMEORIGIN"
        response["Content-Security-Policy"] = MAIL_POLICY
        return response
