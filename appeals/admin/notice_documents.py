"""The PDFs of notices as they were made, and the notices whose PDF could not be."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from appeals.actions.notice_documents import try_held_papers
from appeals.admin.showing import LanguageFilter, SeenBySupervisors, link, raw, unbroken
from appeals.models import DueDocument, NoticeDocument, PaperFault
from appeals.templatetags.desk import language_name


@admin.register(NoticeDocument)
class NoticeDocumentAdmin(SeenBySupervisors):
    list_display = ["its_notice", "customer", "its_language", "format", "pages", "size", "made_at"]
    list_filter = [LanguageFilter, "template_version", "typst_version", "fonts_version"]
    search_fields = ["notice__reference", "notice__decision__customer__reference"]
    date_hierarchy = "made_at"
    ordering = ["-made_at", "-pk"]
    fields = [
        ("linked_notice", "customer"),
        ("its_language", "format"),
        ("pages", "size"),
        "hash_of_bytes",
        "hash_of_source",
        ("template_version", "typst_version", "fonts_version"),
        "made_at",
    ]
    readonly_fields = [
        "linked_notice",
        "customer",
        "its_language",
        "hash_of_bytes",
        "hash_of_source",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[NoticeDocument]:
        rows: QuerySet[NoticeDocument] = super().get_queryset(request)
        return rows.select_related("notice__decision__customer").defer("notice__content")

    @admin.display(description=_("notice"), ordering="notice__reference")
    def its_notice(self, paper: NoticeDocument) -> str:
        return unbroken(paper.notice.reference)

    @admin.display(description=_("notice"))
    def linked_notice(self, paper: NoticeDocument) -> str:
        return link("notice", paper.notice_id, paper.notice.reference)

    @admin.display(description=_("customer"))
    def customer(self, paper: NoticeDocument) -> str:
        return str(paper.notice.decision.customer)

    @admin.display(description=_("language"), ordering="language")
    def its_language(self, paper: NoticeDocument) -> str:
        return language_name(paper.language)

    @admin.display(description="SHA-256")
    def hash_of_bytes(self, paper: NoticeDocument) -> str:
        return raw(paper.sha256)

    @admin.display(description=_("SHA-256 of what was set"))
    def hash_of_source(self, paper: NoticeDocument) -> str:
        return raw(paper.source_sha256)


class HeldFilter(admin.SimpleListFilter):
    """Those that are held, unless asked otherwise: the others are made in a moment."""

    title = _("kind of cause")
    parameter_name = "fault"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*PaperFault.choices, ("none", _("Not made yet"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[DueDocument]
    ) -> QuerySet[DueDocument]:
        if self.value() is None:
            return queryset.exclude(fault="")
        return queryset.filter(fault="" if self.value() == "none" else self.value())


@admin.register(DueDocument)
class DueDocumentAdmin(SeenBySupervisors):
    list_display = ["its_notice", "customer", "fault", "detail", "tries", "held_at"]
    list_display_links = ["its_notice"]
    list_filter = [HeldFilter]
    search_fields = ["notice__reference", "notice__decision__customer__reference"]
    ordering = [F("held_at").asc(nulls_last=True), "pk"]
    fields = [
        ("linked_notice", "customer"),
        ("fault", "detail"),
        ("tries", "look_at"),
        ("held_at", "staff_told_at"),
    ]
    readonly_fields = ["linked_notice", "customer"]
    actions = ["try_again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DueDocument]:
        rows: QuerySet[DueDocument] = super().get_queryset(request)
        return rows.select_related("notice__decision__customer").defer("notice__content")

    @admin.display(description=_("notice"), ordering="notice__reference")
    def its_notice(self, due: DueDocument) -> str:
        return unbroken(due.notice.reference)

    @admin.display(description=_("notice"))
    def linked_notice(self, due: DueDocument) -> str:
        return link("notice", due.notice_id, due.notice.reference)

    @admin.display(description=_("customer"))
    def customer(self, due: DueDocument) -> str:
        return str(due.notice.decision.customer)

    @admin.action(description=_("Make the PDFs again"), permissions=["supervise"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[DueDocument]) -> None:
        """For a hold whose cause is gone, such as a font that was missing."""
        number = try_held_papers(queryset.values_list("pk", flat=True))
        text = ngettext(
            "%(n)s notice is printed again in a moment.",
            "%(n)s notices are printed again in a moment.",
            number,
        )
        messages.success(request, text % {"n": number})
