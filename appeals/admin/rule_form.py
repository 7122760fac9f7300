"""The form of a rule of the routing table."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from appeals.access import list_queues
from appeals.actions.eligibility import reviewers
from appeals.admin.keeping import KnowsWho, PersonChoice
from appeals.admin.origins import ORIGIN_NAMES
from appeals.catalogue import CATALOGUE
from appeals.models import ReviewQueue, RoutingRule
from portal.models import Customer, Jurisdiction

CARE = {"True": _("Needs care"), "False": _("Does not")}


def _any(choices: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [("", _("Any")), *choices]


class RuleForm(KnowsWho):
    reason_code = forms.ChoiceField(
        required=False, label=_("Reason"), widget=UnfoldAdminSelectWidget
    )
    origin = forms.ChoiceField(
        required=False, label=_("Origin of the reason"), widget=UnfoldAdminSelectWidget
    )
    language = forms.ChoiceField(
        required=False, label=_("Language"), widget=UnfoldAdminSelectWidget
    )
    is_vulnerable = forms.TypedChoiceField(
        required=False,
        label=_("The customer"),
        help_text=_("As the customer said, or as staff marked it."),
        choices=_any(list(CARE.items())),
        coerce=lambda given: given == "True",
        empty_value=None,
        widget=UnfoldAdminSelectWidget,
    )
    queue = forms.ModelChoiceField(
        queryset=ReviewQueue.objects.none(),
        label=_("Queue"),
        empty_label=_("Choose a queue"),
        help_text=_("A queue only for cleared members hides the appeal from all others."),
        widget=UnfoldAdminSelectWidget,
    )
    reviewer = PersonChoice(
        queryset=Customer.objects.none(),
        required=False,
        label=_("Kept for"),
        empty_label=_("Anybody in the queue"),
        help_text=_("If they cannot take it then, it is for anybody, and the case says why."),
    )
    # The version this page shows: a second page does not overwrite what it has not seen.
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = RoutingRule
        fields = [
            "reason_code",
            "origin",
            "jurisdiction",
            "language",
            "minimum_cut",
            "is_vulnerable",
            "rule_id",
            "rule_version",
            "policy_ref",
            "queue",
            "reviewer",
            "because",
            "is_active",
        ]
        help_texts = {
            "minimum_cut": _("In the currency of the line. Blank: any."),
            "rule_id": _("For an incident: the rule of the engine that decided."),
            "rule_version": _("Blank: every version of the rule."),
            "policy_ref": _("For an incident: the policy that was carried out."),
            "because": _("Kept with every appeal this rule routes. Staff read it there."),
        }

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
        self._offer("origin", [(origin, ORIGIN_NAMES[origin]) for origin in CATALOGUE.origins])
        self._offer("language", list(settings.LANGUAGES))
        self._offer("jurisdiction", Jurisdiction.choices)
        self._rows("queue", list_queues(self.viewer))
        self._rows("reviewer", reviewers())
        self.initial["seen_version"] = self.instance.version if self.instance.pk else None

    def _offer(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        if name in self.fields:
            self.fields[name].choices = _any(choices)  # type: ignore[attr-defined]

    def _rows(self, name: str, rows: QuerySet[Any]) -> None:
        if name in self.fields:
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean_minimum_cut(self) -> Any:
        amount = self.cleaned_data["minimum_cut"]
        if amount is not None and amount <= 0:
            raise forms.ValidationError(_("A cut is more than nothing; leave it blank for any."))
        return amount

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("rule_version") and not given.get("rule_id"):
            self.add_error("rule_id", _("Name the rule this version belongs to."))
        queue, reviewer = given.get("queue"), given.get("reviewer")
        if queue and reviewer and not queue.members.filter(pk=reviewer.pk).exists():
            self.add_error("reviewer", _("This person is not a member of the queue."))
        if self.instance.pk and given.get("seen_version") not in (None, self.instance.version):
            raise forms.ValidationError(
                _("Somebody else changed this rule meanwhile. Look at it again, then change it.")
            )
        return given
