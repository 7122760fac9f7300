"""Notices as they were frozen, and those that may not go out yet."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from appeals.access import decisions_seen_by
from appeals.actions.notices import retry_notice
from appeals.admin.people import staff
from appeals.admin.showing import LanguageFilter, SeenBySupervisors, as_lines, raw, unbroken
from appeals.clock import short_day
from appeals.deadlines import last_day
from appeals.letters import body_line
from appeals.models import Notice, NoticeHold
from appeals.notice_text import Cause, canonical_text, cause_name, cause_text, sha256_of
from appeals.templatetags.desk import language_name


@admin.register(Notice)
class NoticeAdmin(SeenBySupervisors):
    list_display = ["its_reference", "its_decision", "customer", "its_language", "created_at"]
    list_filter = [LanguageFilter, "pack_name", "template_version"]
    search_fields = ["reference", "decision__reference", "decision__customer__reference"]
    date_hierarchy = "created_at"
    ordering = ["-created_at", "-pk"]
    fields = [
        ("reference", "decision"),
        ("customer", "its_language"),
        ("created_at", "is_intact"),
        ("catalogue_version", "template_version"),
        ("pack_name", "pack_version"),
        "hash_of_text",
        "english",
        "chinese",
    ]
    readonly_fields = [
        "customer",
        "its_language",
        "is_intact",
        "hash_of_text",
        "english",
        "chinese",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        rows: QuerySet[Notice] = super().get_queryset(request)
        rows = rows.filter(decisions_seen_by(staff(request), "decision__"))
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

    @admin.display(description=_("language"), ordering="language")
    def its_language(self, notice: Notice) -> str:
        return language_name(notice.language)

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


class HoldCauseFilter(admin.SimpleListFilter):
    title = _("kind of cause")
    parameter_name = "code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(cause.value, cause_name(cause, _language())) for cause in Cause]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[NoticeHold]
    ) -> QuerySet[NoticeHold]:
        return queryset.filter(code=self.value()) if self.value() else queryset


@admin.register(NoticeHold)
class NoticeHoldAdmin(SeenBySupervisors):
    list_display = ["its_decision", "customer", "kind_of_cause", "said", "due", "held_at"]
    list_display_links = ["its_decision", "said"]
    list_filter = [HoldCauseFilter, "decision__customer__jurisdiction"]
    search_fields = ["decision__reference", "decision__source_id", "cause"]
    # The nearest legal due date first; where the law names none, the longest held.
    ordering = [F("due_at").asc(nulls_last=True), "held_at", "pk"]
    fields = [("decision", "customer"), "said", ("due", "held_at"), "staff_told_at"]
    readonly_fields = ["customer", "said", "due"]
    actions = ["try_again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[NoticeHold]:
        rows: QuerySet[NoticeHold] = super().get_queryset(request)
        rows = rows.filter(decisions_seen_by(staff(request), "decision__"))
        return rows.select_related("decision__customer", "decision__line")

    @admin.display(description=_("decision"), ordering="decision__reference")
    def its_decision(self, hold: NoticeHold) -> str:
        return unbroken(hold.decision.reference)

    @admin.display(description=_("customer"))
    def customer(self, hold: NoticeHold) -> str:
        return str(hold.decision.customer)

    @admin.display(description=_("kind of cause"), ordering="code")
    def kind_of_cause(self, hold: NoticeHold) -> str:
        return cause_name(hold.code, _language())

    @admin.display(description=_("cause"))
    def said(self, hold: NoticeHold) -> str:
        return hold_cause(hold)

    @admin.display(description=_("due by law"), ordering=F("due_at").asc(nulls_last=True))
    def due(self, hold: NoticeHold) -> str:
        if hold.due_at is None:
            return "-"
        now, zone = timezone.now(), hold.decision.customer.zone
        last = last_day(hold.due_at, zone)
        days = (last - now.astimezone(zone).date()).days
        if hold.due_at <= now:
            return unbroken(_("%(day)s, passed") % {"day": short_day(last)})
        left = ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}
        return unbroken(f"{short_day(last)}, {left}")

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


def hold_cause(hold: NoticeHold) -> str:
    """The cause in the reader's language; one of an earlier version as it was written."""
    if cause_name(hold.code, "en"):
        return cause_text(hold.code, hold.named, _language())
    return hold.cause


def _language() -> str:
    return "zh-hans" if get_language() == "zh-hans" else "en"


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
    for body in text.get("bodies", []):
        lines.append(body_line(body))
    return [*lines, text["deadline"], *text["rights"]]
