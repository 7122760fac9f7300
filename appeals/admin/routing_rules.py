"""The routing table: its rows, and a trial of it that changes nothing."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from appeals.access import is_supervisor, list_queues
from appeals.actions.routing_rules import save_rule
from appeals.admin.keeping import SupervisedAdmin
from appeals.admin.origins import ORIGIN_NAMES
from appeals.admin.people import staff
from appeals.admin.rule_form import CARE, RuleForm
from appeals.admin.rule_trial import try_table
from appeals.admin.versions import Versioned
from appeals.models import RoutingRule

BAD_REQUEST = 400


@admin.register(RoutingRule)
class RoutingRuleAdmin(Versioned, SupervisedAdmin):
    """The most specific rule in force wins; one that is not wanted any more is put out of force."""

    form = RuleForm
    list_display = ["reads", "when", "queue", "kept_for", "version", "is_active"]
    list_filter = ["is_active", "queue"]
    list_select_related = ["queue", "reviewer"]
    list_fullwidth = True
    list_before_template = "appeals/desk/settings/try_link.html"
    ordering = ["-is_active", "reason_code", "origin", "pk"]
    fieldsets: ClassVar[list[tuple[Any, dict[str, Any]]]] = [
        (
            _("When"),
            {
                "description": _(
                    "Every column that is filled must fit. The most specific rule wins."
                ),
                "fields": [
                    ("reason_code", "origin"),
                    ("jurisdiction", "language"),
                    ("minimum_cut", "is_vulnerable"),
                ],
            },
        ),
        (
            _("What decided (an incident)"),
            {
                "description": _("A rule that names an incident goes before all that do not."),
                "fields": [("rule_id", "rule_version"), "policy_ref"],
            },
        ),
        (_("Then"), {"fields": [("queue", "reviewer"), "because", "is_active", "seen_version"]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if self.has_change_permission(request, obj):
            return self.fieldsets
        *first, (title, then) = self.fieldsets
        return [*first, (title, {"fields": then["fields"][:-1]})]

    @admin.display(description=_("because"), ordering="because")
    def reads(self, rule: RoutingRule) -> str:
        return _now(rule.because)

    @admin.display(description=_("when"))
    def when(self, rule: RoutingRule) -> str:
        return when_in_words(rule)

    @admin.display(description=_("kept for"))
    def kept_for(self, rule: RoutingRule) -> str:
        return rule.reviewer.name if rule.reviewer else ""

    def save_model(self, request: HttpRequest, obj: RoutingRule, form: Any, change: Any) -> None:
        save_rule(rule=obj, by=staff(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_supervisor(staff(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not by who may not see the queue it leads to."""
        may = super().has_change_permission(request, obj)
        if not may or obj is None or not obj.queue_id:
            return may
        return list_queues(staff(request)).filter(pk=obj.queue_id).exists()

    def get_urls(self) -> list[URLPattern]:
        trial = self.admin_site.admin_view(self.try_view)
        urls: list[URLPattern] = super().get_urls()
        return [path("try/", trial, name="appeals_routingrule_try"), *urls]

    def try_view(self, request: HttpRequest) -> HttpResponse:
        """Where the newest appeals would go: by the table as it is, or with a rule just typed."""
        if not self.has_view_permission(request):
            raise Http404
        form = self._typed(request) if request.method == "POST" else None
        is_bad = form is not None and not form.is_valid()
        # A typed rule stays in memory: the form is asked for it, and never to save it.
        typed = form.instance if form is not None and not is_bad else None
        context = {
            **self.admin_site.each_context(request),
            "title": _now("Try the table"),
            "form": form,
            "is_bad": is_bad,
            "typed": typed,
            "when": when_in_words(typed) if typed else "",
            "trial": None if is_bad else try_table(staff(request), typed),
        }
        status = BAD_REQUEST if is_bad else 200
        return TemplateResponse(
            request, "appeals/desk/settings/try_table.html", context, status=status
        )

    def _typed(self, request: HttpRequest) -> Any:
        """The form as typed, about the rule whose page it came from."""
        key = request.GET.get("rule", "")
        rule = self.get_object(request, key) if key else None
        if not (
            self.has_change_permission(request, rule) if rule else self.has_add_permission(request)
        ):
            raise Http404
        form_class = self.get_form(request, rule, change=rule is not None)
        return form_class(request.POST, instance=rule)


def when_in_words(rule: RoutingRule) -> str:
    """The filled columns of a rule, in a row."""
    cut = _("a cut of at least %(amount)s") % {"amount": rule.minimum_cut}
    incident = " ".join(part for part in (rule.rule_id, rule.rule_version) if part)
    parts = [
        rule.reason_code,
        ORIGIN_NAMES.get(rule.origin, rule.origin),
        rule.get_jurisdiction_display(),
        dict(settings.LANGUAGES).get(rule.language, rule.language),
        cut if rule.minimum_cut else "",
        CARE[str(rule.is_vulnerable)] if rule.is_vulnerable is not None else "",
        incident,
        rule.policy_ref,
    ]
    return " + ".join(str(part) for part in parts if part) or str(_("always"))
