"""Decisions, lines and notices as they are stored; nothing here can be changed."""

import json
from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from appeals.actions.notices import retry_notice
from appeals.admin.feed import SeenBySupervisors
from appeals.catalogue import CATALOGUE
from appeals.models import CreditLine, DecisionReason, LineDecision, Notice, NoticeHold
from appeals.notice_text import canonical_text, sha256_of


class FixedRows(TabularInline):
    """Rows of another model below a record, to read."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        # Whoever may read the record may read its rows.
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReasonRows(FixedRows):
    model = DecisionReason
    fields = ["rank", "code", "title", "weight", "facts_listed"]
    readonly_fields = fields

    @admin.display(description=_("title"))
    def title(self, row: DecisionReason) -> str:
        reason = CATALOGUE.reasons.get(row.code)
        return reason.title.get(get_language() or "", reason.title["en"]) if reason else "-"

    @admin.display(description=_("facts"))
    def facts_listed(self, row: DecisionReason) -> str:
        facts = (f"{name}: {_plain(value)}" for name, value in sorted(row.facts.items()))
        return _as_lines(facts) if row.facts else "-"


class DecisionRows(FixedRows):
    model = LineDecision
    fk_name = "line"
    fields = ["reference", "action", "old_limit", "new_limit", "decided_at", "automated"]
    readonly_fields = fields
    show_change_link = True
    ordering = ["-decided_at"]


@admin.register(CreditLine)
class CreditLineAdmin(SeenBySupervisors):
    list_display = ["reference", "customer", "product", "last4", "limit", "currency", "state"]
    list_filter = ["status", "currency"]
    list_select_related = ["customer"]
    search_fields = ["reference", "customer__reference", "customer__name", "last4"]
    ordering = ["-pk"]
    fields = [
        ("reference", "customer"),
        ("product", "last4", "opened_on"),
        ("limit", "balance", "currency"),
        ("status", "as_of"),
    ]
    inlines = [DecisionRows]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CreditLine]:
        rows: QuerySet[CreditLine] = super().get_queryset(request)
        return rows.select_related("customer")

    @display(  # type: ignore[untyped-decorator]
        description=_("status"),
        label={"open": "success", "suspended": "warning", "closed": "danger"},
    )
    def state(self, line: CreditLine) -> tuple[str, str]:
        return line.status, line.get_status_display()


@admin.register(LineDecision)
class LineDecisionAdmin(SeenBySupervisors):
    list_display = [
        "reference",
        "source_id",
        "customer",
        "action",
        "old_limit",
        "new_limit",
        "currency",
        "decided_at",
        "automated",
    ]
    list_filter = ["action", "automated", "customer__jurisdiction"]
    list_select_related = ["customer"]
    search_fields = [
        "reference",
        "source_id",
        "customer__reference",
        "line__reference",
        "rule_version",
    ]
    date_hierarchy = "decided_at"
    ordering = ["-decided_at", "-pk"]
    fields = [
        ("reference", "source_id"),
        ("customer", "line"),
        ("action", "old_limit", "new_limit", "balance", "currency"),
        ("decided_at", "effective_at", "received_at"),
        ("automated", "decided_by", "overrides"),
        ("rule_id", "rule_module", "rule_version"),
        ("policy", "score"),
        ("told", "content_sha256"),
    ]
    readonly_fields = ["told"]
    inlines = [ReasonRows]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LineDecision]:
        rows: QuerySet[LineDecision] = super().get_queryset(request)
        return rows.select_related("customer", "line", "decided_by", "overrides")

    @admin.display(description=_("what the customer was told"))
    def told(self, decision: LineDecision) -> str:
        notice = Notice.objects.filter(decision=decision).only("reference").first()
        if notice:
            return _link("notice", notice.pk, notice.reference)
        hold = NoticeHold.objects.filter(decision=decision).first()
        return _link("noticehold", hold.pk, hold.cause) if hold else "-"


@admin.register(Notice)
class NoticeAdmin(SeenBySupervisors):
    list_display = ["reference", "decision", "customer", "language", "created_at"]
    list_filter = ["language", "template_version"]
    search_fields = ["reference", "decision__reference", "decision__customer__reference"]
    date_hierarchy = "created_at"
    ordering = ["-created_at", "-pk"]
    fields = [
        ("reference", "decision", "customer"),
        ("language", "created_at"),
        ("catalogue_version", "template_version"),
        ("sha256", "is_intact"),
        "english",
        "chinese",
    ]
    readonly_fields = ["customer", "is_intact", "english", "chinese"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        rows: QuerySet[Notice] = super().get_queryset(request)
        return rows.select_related("decision__customer")

    @admin.display(description=_("customer"))
    def customer(self, notice: Notice) -> str:
        return str(notice.decision.customer)

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
    list_display = ["decision", "customer", "cause", "held_at"]
    list_display_links = ["decision", "cause"]
    search_fields = ["decision__reference", "decision__source_id", "cause"]
    ordering = ["held_at", "pk"]
    fields = [("decision", "customer"), "cause", "held_at"]
    readonly_fields = ["customer"]
    actions = ["try_again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[NoticeHold]:
        rows: QuerySet[NoticeHold] = super().get_queryset(request)
        return rows.select_related("decision__customer", "decision__line")

    @admin.display(description=_("customer"))
    def customer(self, hold: NoticeHold) -> str:
        return str(hold.decision.customer)

    @admin.action(description=_("Write the notices again and send them"), permissions=["view"])
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


def _link(model: str, key: int, text: str) -> str:
    return format_html(
        '<a href="{}">{}</a>', reverse(f"admin:appeals_{model}_change", args=[key]), text
    )


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _as_read(text: dict[str, Any]) -> str:
    """The notice's sentences in the order in which the customer reads them."""
    return _as_lines(line for line in _lines(text) if line)


def _as_lines(lines: Iterable[str]) -> str:
    return format_html('<div class="whitespace-pre-line">{}</div>', "\n".join(lines))


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
        lines.append(f"\n{reason['rank']}. {reason['title']} ({reason['origin']})")
        lines += [reason["explanation"], reason["counterfactual"], reason["what_you_can_do"]]
        lines += [f"{pair['label']}: {pair['value']}" for pair in reason["pairs"]]
    return [*lines, f"\n{text['deadline']}", *text["rights"]]
