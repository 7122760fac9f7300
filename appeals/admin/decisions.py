"""Decisions and lines as they are stored; nothing here can be changed."""

from decimal import Decimal

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from appeals.access import decisions_seen_by
from appeals.admin.notices import hold_cause
from appeals.admin.people import staff
from appeals.admin.showing import FixedRows, SeenBySupervisors, as_pairs, link, raw, unbroken
from appeals.catalogue import CATALOGUE
from appeals.models import CreditLine, DecisionReason, LineDecision, Notice, NoticeHold
from portal.lib.money import format_amount


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
        return as_pairs(row.facts)


class DecisionRows(FixedRows):
    model = LineDecision
    fk_name = "line"
    fields = ["reference", "action", "change", "decided_at", "automated"]
    readonly_fields = fields
    show_change_link = True
    ordering = ["-decided_at"]

    @admin.display(description=_("limit"))
    def change(self, decision: LineDecision) -> str:
        return change_of(decision)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LineDecision]:
        rows: QuerySet[LineDecision] = super().get_queryset(request)
        return rows.filter(decisions_seen_by(staff(request)))


@admin.register(CreditLine)
class CreditLineAdmin(SeenBySupervisors):
    list_display = ["reference", "customer", "product", "last4", "its_limit", "state"]
    list_filter = ["status", "currency"]
    list_select_related = ["customer"]
    search_fields = ["reference", "customer__reference", "customer__name", "last4"]
    ordering = ["-pk"]
    fields = [
        ("reference", "customer"),
        ("product", "last4"),
        ("opened_on", "status"),
        ("its_limit", "its_balance"),
        "as_of",
    ]
    readonly_fields = ["its_limit", "its_balance"]
    inlines = [DecisionRows]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CreditLine]:
        rows: QuerySet[CreditLine] = super().get_queryset(request)
        return rows.select_related("customer")

    @admin.display(description=_("limit"), ordering="limit")
    def its_limit(self, line: CreditLine) -> str:
        return _amount(line.limit, line.currency)

    @admin.display(description=_("balance"))
    def its_balance(self, line: CreditLine) -> str:
        return _amount(line.balance, line.currency)

    @display(  # type: ignore[untyped-decorator]
        description=_("status"),
        label={"open": "success", "suspended": "warning", "closed": "danger"},
    )
    def state(self, line: CreditLine) -> tuple[str, str]:
        return line.status, line.get_status_display()


@admin.register(LineDecision)
class LineDecisionAdmin(SeenBySupervisors):
    list_display = [
        "its_reference",
        "source_id",
        "customer",
        "action",
        "change",
        "decided_at",
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
        ("action", "change"),
        ("its_balance", "told"),
        ("decided_at", "effective_at"),
        ("received_at", "overrides"),
        ("automated", "decided_by"),
        ("rule_id", "rule_module"),
        ("rule_version", "policy_listed"),
        "score_listed",
        "hash_of_line",
    ]
    readonly_fields = [
        "change",
        "its_balance",
        "told",
        "policy_listed",
        "score_listed",
        "hash_of_line",
    ]
    inlines = [ReasonRows]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LineDecision]:
        rows: QuerySet[LineDecision] = super().get_queryset(request)
        rows = rows.filter(decisions_seen_by(staff(request)))
        return rows.select_related("customer", "line", "decided_by", "overrides")

    @admin.display(description=_("reference"), ordering="reference")
    def its_reference(self, decision: LineDecision) -> str:
        return unbroken(decision.reference)

    @admin.display(description=_("limit"))
    def change(self, decision: LineDecision) -> str:
        return change_of(decision)

    @admin.display(description=_("balance then"))
    def its_balance(self, decision: LineDecision) -> str:
        return _amount(decision.balance, decision.currency)

    @admin.display(description=_("policy"))
    def policy_listed(self, decision: LineDecision) -> str:
        return as_pairs(decision.policy)

    @admin.display(description=_("score"))
    def score_listed(self, decision: LineDecision) -> str:
        return as_pairs(decision.score)

    @admin.display(description=_("SHA-256 of the feed line"))
    def hash_of_line(self, decision: LineDecision) -> str:
        return raw(decision.content_sha256)

    @admin.display(description=_("what the customer was told"))
    def told(self, decision: LineDecision) -> str:
        notice = Notice.objects.filter(decision=decision).only("reference").first()
        if notice:
            return link("notice", notice.pk, notice.reference)
        hold = NoticeHold.objects.filter(decision=decision).first()
        return link("noticehold", hold.pk, hold_cause(hold)) if hold else "-"


def change_of(decision: LineDecision) -> str:
    """From which limit to which."""
    before, after = (
        _amount(amount, decision.currency) for amount in (decision.old_limit, decision.new_limit)
    )
    return unbroken(f"{before} → {after}")


def _amount(amount: Decimal, currency: str) -> str:
    return format_amount(amount, currency, get_language() or "en")
