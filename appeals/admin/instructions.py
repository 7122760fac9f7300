"""Decided, not applied: what the ledger has not confirmed yet."""

import json
from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from appeals import ledger
from appeals.access import instructions_seen_by
from appeals.actions.ledger import try_now
from appeals.admin.keeping import SupervisedAdmin
from appeals.admin.people import staff
from appeals.models import InstructionState, LineInstruction
from appeals.templatetags.formats import moment, money

# What is asked of others than the ledger of limits.
INSTRUCTIONS = {
    "decide_again": _("Decide again"),
    "pass_to_bureau": _("Pass to the credit bureau"),
    "undo_fees": _("Undo fees and interest"),
    "correct_bureau": _("Correct what the credit bureaus were told"),
}


class InstructionFilter(admin.SimpleListFilter):
    """What is not applied, unless asked otherwise."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(InstructionState.CONFIRMED.value, _("Applied by the ledger")), ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        for value, title in [(None, _("Not applied")), *self.lookup_choices]:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string(
                    {self.parameter_name: value} if value else {},
                    [] if value else [self.parameter_name],
                ),
                "display": title,
            }

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[LineInstruction]
    ) -> QuerySet[LineInstruction]:
        if self.value() == "all":
            return queryset
        return queryset.filter(state=self.value() or InstructionState.PENDING)


@admin.register(LineInstruction)
class LineInstructionAdmin(SupervisedAdmin):
    list_display = ["appeal", "what", "purpose", "state", "tries", "trouble", "next_try", "made"]
    list_display_links = ["what"]
    list_filter = [InstructionFilter]
    list_before_template = "appeals/desk/list_tabs.html"
    list_fullwidth = True
    list_per_page = 50
    ordering = ["created_at", "pk"]
    actions = ["send_again"]
    fields = [
        "appeal",
        "purpose",
        "state",
        "idempotency_key",
        "payload_as_sent",
        "tries",
        "trouble",
        "next_try",
        "made",
        "confirmed",
    ]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[LineInstruction]:
        rows: QuerySet[LineInstruction] = super().get_queryset(request)
        return rows.filter(instructions_seen_by(staff(request))).select_related(
            "outcome__appeal", "restore__decision", "affected__incident"
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("appeal"))
    def appeal(self, instruction: LineInstruction) -> str:
        if instruction.affected is not None:
            return str(instruction.affected.incident)
        if instruction.outcome is None:
            return str(_("No appeal: reasons passed"))
        reference = instruction.outcome.appeal.reference
        url = reverse("desk:case", args=[reference])
        return format_html('<a class="desk-ref" href="{}">{}</a>', url, reference)

    @admin.display(description=_("what the ledger is told"))
    def what(self, instruction: LineInstruction) -> str:
        told = instruction.payload["data"]
        if told["instruction"] == "set_limit":
            return f"{told['line']}: {money(Decimal(told['new_limit']), told['currency'])}"
        return f"{told['line']}: {INSTRUCTIONS[told['instruction']]}"

    @admin.display(description=_("what the ledger is told"))
    def payload_as_sent(self, instruction: LineInstruction) -> str:
        text = json.dumps(instruction.payload, indent=2, sort_keys=True, ensure_ascii=False)
        return format_html('<pre class="desk-code">{}</pre>', text)

    @admin.display(description=_("last error"))
    def trouble(self, instruction: LineInstruction) -> str:
        if instruction.state == InstructionState.PENDING and not ledger.is_configured():
            return str(_("No ledger address is configured."))
        return instruction.last_error

    @admin.display(description=_("next try"))
    def next_try(self, instruction: LineInstruction) -> str:
        is_pending = instruction.state == InstructionState.PENDING
        return moment(instruction.next_try_at) if is_pending else ""

    @admin.display(description=_("made"))
    def made(self, instruction: LineInstruction) -> str:
        return moment(instruction.created_at)

    @admin.display(description=_("confirmed"))
    def confirmed(self, instruction: LineInstruction) -> str:
        return moment(instruction.confirmed_at) if instruction.confirmed_at else ""

    @admin.action(description=_("Try now"), permissions=["supervise"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[LineInstruction]) -> None:
        if not ledger.is_configured():
            messages.error(request, _("No ledger address is configured. Nothing was sent."))
            return
        count = try_now(instructions=queryset)
        messages.success(
            request,
            ngettext(
                "%(count)d instruction is being sent.",
                "%(count)d instructions are being sent.",
                count,
            )
            % {"count": count},
        )
