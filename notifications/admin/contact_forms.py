"""What staff fill in to stop an address, and to free it."""

import re
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from notifications.kinds import ChannelKind
from notifications.models import Suppression
from notifications.models.contact import CHANNELS
from notifications.preferences import suppression_key

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# A browser says itself when it is gone, and letters are stopped in the print queue.
STOPPABLE = [(kind, name) for kind, name in CHANNELS if kind in {"sms", "email"}]
LONGEST = 200


class StopForm(forms.ModelForm[Suppression]):
    channel = forms.ChoiceField(
        choices=STOPPABLE, label=capfirst(gettext_lazy("channel")), widget=UnfoldAdminSelectWidget
    )
    address = forms.CharField(
        max_length=254, label=capfirst(gettext_lazy("address")), widget=UnfoldAdminTextInputWidget
    )
    detail = forms.CharField(
        max_length=LONGEST, label=capfirst(gettext_lazy("why")), widget=UnfoldAdminTextInputWidget
    )

    class Meta:
        model = Suppression
        fields = ["channel", "address", "detail"]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if "channel" not in told or "address" not in told:
            return told
        channel = ChannelKind(told["channel"])
        told["address"] = suppression_key(channel, _checked(channel, told["address"]))
        standing = Suppression.objects.filter(
            channel=channel, address=told["address"], lifted_at__isnull=True
        )
        if standing.exists():
            raise forms.ValidationError({"address": _("This address is stopped already.")})
        return told


class LiftForm(forms.Form):
    why = forms.CharField(
        max_length=LONGEST,
        label=capfirst(gettext_lazy("why")),
        widget=forms.TextInput(attrs={"class": "desk-input"}),
    )


def _checked(channel: ChannelKind, text: str) -> str:
    if channel == ChannelKind.SMS:
        number = re.sub(r"[\s().-]", "", text)
        if not E164.fullmatch(number):
            complaint = _("Write the number with + and the country code, like +1 202 555 0123.")
            raise forms.ValidationError({"address": complaint})
        return number
    try:
        validate_email(text)
    except forms.ValidationError as error:
        raise forms.ValidationError({"address": error.messages}) from error
    return text
