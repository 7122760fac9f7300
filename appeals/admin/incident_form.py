"""The scope of an incident as supervisors type it; moments in UTC, as decisions have them."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appeals.actions.incidents import LONGEST_TITLE, Scope

FORMAT = "%Y-%m-%dT%H:%M"


class MomentField(forms.DateTimeField):
    """A minute in UTC."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(
            attrs={"type": "datetime-local", "class": "desk-input"}, format=FORMAT
        )
        super().__init__(widget=widget, input_formats=[FORMAT, "%Y-%m-%dT%H:%M:%S"], **options)

    def clean(self, value: Any) -> datetime | None:
        found = super().clean(value)
        return found.replace(tzinfo=UTC) if found else None


def _words(label: Any, longest: int, **options: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "desk-input"})
    return forms.CharField(label=label, max_length=longest, widget=widget, **options)


class ScopeForm(forms.Form):
    rule_id = _words(_("Rule"), 64)
    rule_version = _words(_("Version"), 64)
    rule_module = _words(_("Module"), 64, required=False, help_text=_("Empty means any."))
    since = MomentField(label=_("Decided from"), help_text=_("In UTC."))
    until = MomentField(
        label=_("Decided until"),
        required=False,
        help_text=_("In UTC. Empty means as long as the incident is open."),
    )
    region = _words(
        _("Region"),
        10,
        required=False,
        help_text=_("As the lender's system writes it, for example US-NY. Empty means any."),
    )
    title = _words(
        _("Title"),
        LONGEST_TITLE,
        required=False,
        help_text=_("What colleagues call it. Needed to open the incident."),
    )

    # The reference of the alarm that led here, from its page.
    alarm = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)

    def scope(self) -> Scope:
        given = self.cleaned_data
        return Scope(
            rule_id=given["rule_id"],
            rule_version=given["rule_version"],
            rule_module=given["rule_module"],
            since=given["since"],
            until=given["until"],
            region=given["region"],
        )
