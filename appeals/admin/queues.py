"""Queues and the routing table: settings that supervisors keep."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from appeals.access import is_supervisor
from appeals.admin.people import staff
from appeals.catalogue import CATALOGUE
from appeals.models import ReviewQueue, RoutingRule
from portal.models import Customer

MOST_WORKING_DAYS = 60


class SupervisedAdmin(ModelAdmin):
    """Rows that supervisors may see and change, and nobody deletes."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_supervisor(staff(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_supervisor(staff(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_supervisor(staff(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def reviewers() -> QuerySet[Customer]:
    """Everybody who may review."""
    permission = Permission.objects.filter(
        codename="review_appeal", content_type__app_label="appeals"
    )
    may = Q(user_permissions__in=permission) | Q(groups__permissions__in=permission)
    people = Customer.objects.filter(is_staff=True, is_active=True)
    return people.filter(may | Q(is_superuser=True)).distinct().order_by("name")


class QueueForm(forms.ModelForm[ReviewQueue]):
    members = forms.ModelMultipleChoiceField(
        queryset=Customer.objects.none(),
        required=False,
        label=_("Members"),
        help_text=_("Only people who may review appeals are offered."),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = ReviewQueue
        fields = [
            "name_en",
            "name_zh",
            "purpose",
            "target_working_days",
            "priority",
            "needs_second_approval",
            "members",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = reviewers()  # type: ignore[attr-defined]

    def clean_target_working_days(self) -> int:
        days: int = self.cleaned_data["target_working_days"]
        if not 1 <= days <= MOST_WORKING_DAYS:
            raise forms.ValidationError(
                _("Promise an answer in 1 to %(most)s working days."),
                params={"most": MOST_WORKING_DAYS},
            )
        return days


@admin.register(ReviewQueue)
class ReviewQueueAdmin(SupervisedAdmin):
    form = QueueForm
    list_display = [
        "__str__",
        "target_working_days",
        "priority",
        "needs_second_approval",
        "member_count",
    ]
    readonly_fields = ["key"]
    fieldsets = [
        (None, {"fields": ["key", ("name_en", "name_zh"), "purpose"]}),
        (_("Promise"), {"fields": [("target_working_days", "priority"), "needs_second_approval"]}),
        (_("People"), {"fields": ["members"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReviewQueue]:
        queues: QuerySet[ReviewQueue] = super().get_queryset(request)
        return queues.annotate(people=Count("members"))

    @admin.display(description=_("members"))
    def member_count(self, queue: ReviewQueue) -> int:
        return queue.people  # type: ignore[attr-defined,no-any-return]


def _any(choices: list[tuple[str, str]]) -> list[tuple[str, Any]]:
    return [("", _("Any")), *choices]


class RuleForm(forms.ModelForm[RoutingRule]):
    reason_code = forms.ChoiceField(
        required=False, label=_("Reason"), widget=UnfoldAdminSelectWidget
    )
    origin = forms.ChoiceField(
        required=False, label=_("Origin of the reason"), widget=UnfoldAdminSelectWidget
    )
    language = forms.ChoiceField(
        required=False, label=_("Language"), widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = RoutingRule
        fields = [
            "reason_code",
            "origin",
            "jurisdiction",
            "language",
            "minimum_cut",
            "queue",
            "because",
            "is_active",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self._offer(
            "reason_code",
            [
                (code, f"{code} · {reason.title.get(language, reason.title['en'])}")
                for code, reason in CATALOGUE.reasons.items()
            ],
        )
        self._offer("origin", [(origin, origin) for origin in CATALOGUE.origins])
        self._offer("language", list(settings.LANGUAGES))

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = _any(choices)  # type: ignore[attr-defined]

    def clean_minimum_cut(self) -> Any:
        amount = self.cleaned_data["minimum_cut"]
        if amount is not None and amount <= 0:
            raise forms.ValidationError(_("A cut is more than nothing; leave it blank for any."))
        return amount


@admin.register(RoutingRule)
class RoutingRuleAdmin(SupervisedAdmin):
    """The most specific rule in force wins; one that is not wanted any more is put out of force."""

    form = RuleForm
    list_display = ["because", "when", "queue", "is_active"]
    list_filter = ["is_active", "queue"]
    list_select_related = ["queue"]
    ordering = ["-is_active", "reason_code", "origin", "pk"]

    def formfield_for_foreignkey(self, *args: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(*args, **kwargs)
        field.empty_label = _("Choose a queue")
        return field

    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(*args, **kwargs)
        # Queues are kept on a page of their own.
        widget = form.base_fields["queue"].widget
        widget.can_change_related = widget.can_view_related = False
        return form

    @admin.display(description=_("when"))
    def when(self, rule: RoutingRule) -> str:
        language = dict(settings.LANGUAGES).get(rule.language, rule.language)
        cut = _("a cut of at least %(amount)s") % {"amount": rule.minimum_cut}
        parts = [
            rule.reason_code,
            rule.origin,
            rule.get_jurisdiction_display(),
            language,
            cut if rule.minimum_cut else "",
        ]
        return " + ".join(str(part) for part in parts if part) or str(_("always"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_supervisor(staff(request))
