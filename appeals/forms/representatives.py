"""Naming somebody who helps with an appeal."""

from django import forms
from django.utils.translation import gettext_lazy as _

from appeals.actions.representatives import Helper
from appeals.models import Authority


class HelperForm(forms.Form):
    """Who it is and why they may; nothing is passed on without the tick."""

    name = forms.CharField(label=_("Their name"), max_length=120)
    email = forms.EmailField(
        label=_("Their e-mail address"),
        help_text=_("They sign in with it, by a code we send there."),
        max_length=254,
    )
    authority = forms.ChoiceField(
        label=_("Who is it?"), choices=Authority.choices, widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(
        label=_("I agree"), error_messages={"required": _("Tick this if you agree.")}
    )

    def helper(self) -> Helper:
        data = self.cleaned_data
        return Helper(data["name"].strip(), data["email"], Authority(data["authority"]))
