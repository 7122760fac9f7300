"""Campaigns' audiences that only decisions know: whom a policy or a rule touched."""

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.db.models import F, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from appeals.models import LineDecision
from appeals.truth import DECISION
from notifications.api import Audience, AudienceForm, register_audience

TYPES = ("announcement", "line_changed")
Parameters = dict[str, str]


class PolicyForm(AudienceForm):
    policy = forms.CharField(
        label=_("Policy"),
        max_length=64,
        help_text=_("Its reference in the risk engine. All customers with a decision under it."),
    )

    def clean_policy(self) -> str:
        """Refuse a policy that touched nobody we know of: most likely it is misspelt."""
        policy: str = self.cleaned_data["policy"]
        if not _under_policy(policy).exists():
            raise forms.ValidationError(_("We hold no decision under a policy of this reference."))
        return policy


class RuleForm(AudienceForm):
    rule = forms.CharField(label=_("Rule"), max_length=64)
    version = forms.CharField(
        label=_("Version"), max_length=64, required=False, help_text=_("Empty means all versions.")
    )
    since = forms.DateField(
        label=_("Decided from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=_("Decided until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Both days count, in UTC."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a rule that decided nothing, and days in the wrong order."""
        given = super().clean() or self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first one."))
        if given.get("rule") and not _of_rule(self.parameters()).exists():
            self.add_error("rule", _("We hold no decision by this rule, version and time."))
        return given


def register() -> None:
    """Let campaigns be made for these audiences."""
    register_audience(
        Audience("policy", _("Everyone a policy touched"), PolicyForm, touched_by_policy, TYPES)
    )
    register_audience(
        Audience("rule", _("Everyone a rule decided about"), RuleForm, touched_by_rule, TYPES)
    )


def touched_by_policy(parameters: Parameters) -> QuerySet[Any, Any]:
    """Return whoever has a decision under the policy, each with the newest of them."""
    return _newest(_under_policy(parameters["policy"]))


def touched_by_rule(parameters: Parameters) -> QuerySet[Any, Any]:
    """Return whoever has a decision by the rule, each with the newest of them."""
    return _newest(_of_rule(parameters))


def _under_policy(reference: str) -> QuerySet[LineDecision]:
    # As text, which is what the index holds; `policy__ref` would compare JSON.
    decisions = LineDecision.objects.alias(policy_ref=KeyTextTransform("ref", "policy"))
    return decisions.filter(policy_ref=reference)


def _of_rule(parameters: Parameters) -> QuerySet[LineDecision]:
    decisions = LineDecision.objects.filter(rule_id=parameters["rule"])
    if parameters.get("version"):
        decisions = decisions.filter(rule_version=parameters["version"])
    if parameters.get("since"):
        decisions = decisions.filter(decided_at__gte=_moment(parameters["since"], time.min))
    if parameters.get("until"):
        decisions = decisions.filter(decided_at__lte=_moment(parameters["until"], time.max))
    return decisions


def _moment(day: str, at: time) -> datetime:
    return datetime.combine(date.fromisoformat(day), at, UTC)


def _newest(decisions: QuerySet[LineDecision]) -> QuerySet[Any, Any]:
    """One row a customer, read in their order along an index: see LineDecision.Meta."""
    return (
        decisions.order_by("customer_id", "-decided_at", "-pk")
        .distinct("customer_id")
        .values(
            recipient_id=F("customer_id"),
            about=Concat(Value(DECISION), F("reference")),
            path=Concat(Value("/decisions/"), F("reference"), Value("/")),
            context=Value("{}", TextField()),
        )
    )
