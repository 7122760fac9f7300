"""The pages of policies: staff write them, supervisors see how each went."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from appeals.access import is_auditor
from appeals.actions.policies import may_edit_policies, page_problems, save_policy_page
from appeals.admin.charts import number, share_text
from appeals.admin.people import staff
from appeals.admin.showing import as_lines
from appeals.admin.versions import Versioned
from appeals.fairness.policies import PolicyRecord, policies_without_page, policy_record
from appeals.models import PolicyPage
from appeals.models.policies import PARTS

SHOWN = 10


class PolicyPageForm(forms.ModelForm[PolicyPage]):
    class Meta:
        model = PolicyPage
        fields = [
            "reference",
            "starts_on",
            "is_shown",
            *(f"{part}_{language}" for language in ("en", "zh") for part in ("title", *PARTS)),
            "us_class_wide",
            "us_because",
            "eu_reasons",
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        typed = {name: value for name, value in cleaned.items() if name in self.fields}
        # A field that is wrong already says so itself.
        # The reference of a page that is changed is no field.
        page = PolicyPage(**{"reference": self.instance.reference, **typed})
        for field, problem in page_problems(page):
            if field in cleaned:
                self.add_error(field, problem)
        return cleaned


def policy_lines(record: PolicyRecord) -> list[str]:
    """What supervisors read of a policy; shares of few are hidden."""
    counts = {
        "cuts": number(record.cuts),
        "sent": number(record.sent),
        "share": share_text(record.sent, record.cuts),
        "answered": number(record.answered),
        "back": share_text(record.overturned, record.answered),
    }
    return [
        _("Cuts: %(cuts)s") % counts,
        _("Appeals: %(sent)s (%(share)s of the cuts)") % counts,
        _("Answered: %(answered)s; gave something back: %(back)s") % counts,
    ]


@admin.register(PolicyPage)
class PolicyPageAdmin(Versioned, ModelAdmin):
    """Written by supervisors and editors of the catalogue; what was shown is never deleted."""

    form = PolicyPageForm
    list_display = ["reference", "its_title", "starts_on", "is_shown", "us_class_wide"]
    list_filter = ["is_shown", "us_class_wide"]
    search_fields = ["reference", "title_en", "title_zh"]
    show_full_result_count = False
    readonly_fields = ["went"]
    fieldsets = [
        (None, {"fields": [("reference", "starts_on"), "is_shown", "went"]}),
        (
            gettext_lazy("English"),
            {
                "fields": ["title_en", *(f"{part}_en" for part in PARTS)],
                "description": gettext_lazy(
                    "In plain words: short sentences, no blame, no promise that a limit comes back."
                ),
            },
        ),
        (
            gettext_lazy("Chinese"),
            {"fields": ["title_zh", *(f"{part}_zh" for part in PARTS)]},
        ),
        (
            gettext_lazy("What the law makes of it, by place"),
            {
                "fields": ["us_class_wide", "us_because", "eu_reasons"],
                "description": gettext_lazy(
                    "For staff only; counsel signs it off. United States: an unfavourable change "
                    "that hits all or substantially all of a class of accounts is no adverse "
                    "action (12 CFR 1002.2(c)(1)(ii)); any other is, with a notice of its reasons. "
                    "Until somebody judges that it is class-wide, each cut counts as adverse "
                    "action and its deadlines run. European Union: a place of residence may count "
                    "only for objective reasons (Directive (EU) 2023/2225, article 6). Until they "
                    "are written here, notices of cuts by residence are held; they go out by "
                    "themselves afterwards."
                ),
            },
        ),
    ]

    @admin.display(description=gettext_lazy("title"))
    def its_title(self, page: PolicyPage) -> str:
        return page.title

    @admin.display(description=gettext_lazy("how it went so far"))
    def went(self, page: PolicyPage) -> str:
        """Its size, appeals and outcomes, from kept sums."""
        if not page.pk:
            return "–"
        return as_lines(policy_lines(policy_record(page.reference)))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, and above it which policies hit people and have no page yet."""
        known = set(PolicyPage.objects.values_list("reference", flat=True))
        missing = policies_without_page(known)
        if missing and request.method == "GET":
            text = _("Without a page so far: %(references)s")
            messages.warning(request, text % {"references": ", ".join(missing[:SHOWN])})
        answer: HttpResponse = super().changelist_view(request, extra_context)
        return answer

    def save_model(self, request: HttpRequest, obj: PolicyPage, form: Any, change: Any) -> None:
        save_policy_page(page=obj, by=staff(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # Decisions name it: it stays what it was.
        return ["reference", "went"] if obj else ["went"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        person = staff(request)
        return may_edit_policies(person) or is_auditor(person)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_edit_policies(staff(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit_policies(staff(request))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
