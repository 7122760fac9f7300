"""What staff fill in to send a message again."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.kinds import ChannelKind
from notifications.models.contact import CHANNELS
from notifications.resending import Resend

LONGEST = 300


class ResendForm(forms.Form):
    """The reason, and another channel if the usual ones are not wanted."""

    because = forms.CharField(
        label=_("Why is it sent again?"),
        max_length=LONGEST,
        help_text=_("Kept for good with the message, and never shown to the customer."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "desk-input", "maxlength": LONGEST}),
    )
    channel = forms.ChoiceField(label=_("By which channel?"), required=False)
    # How often it was sent again when the page was opened: so two clicks are one.
    number = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, typed: Any, *, ways: list[ChannelKind], number: int) -> None:
        super().__init__(typed, initial={"number": number})
        names = dict(CHANNELS)
        channel = self.fields["channel"]
        assert isinstance(channel, forms.ChoiceField)
        channel.choices = [
            ("", _("By the usual channels of this message")),
            *((way.value, _only(names[way.value])) for way in ways),
        ]
        channel.widget.attrs["class"] = "desk-input"

    def wish(self) -> Resend:
        said = self.cleaned_data
        channel = ChannelKind(said["channel"]) if said["channel"] else None
        return Resend(because=said["because"], number=said["number"], channel=channel)


def _only(name: Any) -> str:
    return str(_("Only by %(channel)s")) % {"channel": name}
