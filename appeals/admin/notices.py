"""Notices as they were frozen, and those that may not go out yet."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from appeals.actions.notices import retry_notice
from appeals.admin.showing import SeenBySupervisors, as_lines, raw, unbroken
from appeals.models import Notice, NoticeHold
from appeals.notice_text import canonical_text, sha256_of


@admin.register(Notice)
class NoticeAdmin(SeenBySupervisors):
    list_display = ["its_reference", "its_decision", "customer", "language", "created_at"]
    list_filter = ["language", "template_version"]
    search_fields = ["reference", "decision__reference", "decision__customer__reference"]
    date_hierarchy = "created_at"
    ordering = ["-created_at", "-pk"]
    fields = [
        ("reference", "decision"),
        ("customer", "language"),
        ("created_at", "is_intact"),
        ("catalogue_version", "template_version"),
        "hash_of_text",
        "english",
        "chinese",
    ]
    readonly_fields = ["customer", "is_intact", "hash_of_text", "english", "chinese"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        rows: QuerySet[Notice] = super().get_queryset(request)
        return rows.select_related("decision__customer")

    @admin.display(description=_("customer"))
    def customer(self, notice: Notice) -> str:
        return str(notice.decision.customer)

    @admin.display(description=_("reference"), ordering="reference")
    def its_reference(self, notice: Notice) -> str:
        return unbroken(notice.reference)

    @admin.display(description=_("decision"), ordering="decision__reference")
    def its_decision(self, notice: Notice) -> str:
        return unbroken(notice.decision.reference)

    @admin.display(description="SHA-256")
    def hash_of_text(self, notice: Notice) -> str:
        return raw(notice.sha256)

    @admin.display(description=_("text still has this hash"), boolean=True)
    def is_intact(self, notice: Notice) -> bool:
        return sha256_of(canonical_text(notice.content)) == notice.sha256

    @admin.display(description="English")
    def english(self, notice: Notice) -> str:
        return _as_read(notice.content.get("en", {}))

    @admin.display(description="简体中文")
    def chinese(self, notice: Notice) -> str:
        return _as_read(notice.content.get("zh-hans", {}))


@admin.register(NoticeHold)
class NoticeHoldAdmin(SeenBySupervisors):
    list_display = ["its_decision", "customer", "cause", "held_at"]
    list_display_links = ["its_decision", "cause"]
    search_fields = ["decision__reference", "decision__source_id", "cause"]
    ordering = ["held_at", "pk"]
    fields = [("decision", "customer"), "cause", "held_at"]
    readonly_fields = ["customer"]
    actions = ["try_again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[NoticeHold]:
        rows: QuerySet[NoticeHold] = super().get_queryset(request)
        return rows.select_related("decision__customer", "decision__line")

    @admin.display(description=_("decision"), ordering="decision__reference")
    def its_decision(self, hold: NoticeHold) -> str:
        return unbroken(hold.decision.reference)

    @admin.display(description=_("customer"))
    def customer(self, hold: NoticeHold) -> str:
        return str(hold.decision.customer)

    @admin.action(description=_("Write the notices again and send them"), permissions=["supervise"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[NoticeHold]) -> None:
        """For a hold whose cause is gone, such as a reason the catalogue now has."""
        results = [retry_notice(hold=hold) for hold in queryset]
        sent = sum(isinstance(result, Notice) for result in results)
        if sent:
            text = ngettext("%(n)s notice was sent.", "%(n)s notices were sent.", sent)
            messages.success(request, text % {"n": sent})
        if sent < len(results):
            left = len(results) - sent
            text = ngettext(
                "%(n)s notice still may not go out. Its cause says why.",
                "%(n)s notices still may not go out. Their causes say why.",
                left,
            )
            messages.warning(request, text % {"n": left})


def _as_read(text: dict[str, Any]) -> str:
    """The notice's sentences in the order in which the customer reads them."""
    return as_lines(_lines(text))


def _lines(text: dict[str, Any]) -> list[str]:
    if not text:
        return []
    before, after, policy = text["before"], text["after"], text["policy"]
    lines = [
        text["headline"],
        text["line"],
        f"{before['label']}: {before['value']} · {after['label']}: {after['value']}",
        *text["figures"],
        *(text[name] for name in ("unchanged", "effective", "automated")),
        f"{policy['title']}: {policy['text']}" if policy else "",
    ]
    for reason in text["reasons"]:
        lines.append(f"{reason['rank']}. {reason['title']} ({reason['origin']})")
        lines += [reason["explanation"], reason["counterfactual"], reason["what_you_can_do"]]
        lines += [f"{pair['label']}: {pair['value']}" for pair in reason["pairs"]]
    return [*lines, text["deadline"], *text["rights"]]
