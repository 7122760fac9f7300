"""The form in which a campaign is drafted: what, to whom, in which words."""

from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.campaigns.actions import CampaignDraft
from notifications.campaigns.audiences import Audience, AudienceForm, list_audiences
from notifications.campaigns.words import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    OWN_WORDS,
    Words,
    no_places,
)

TYPE_NAMES = {
    OWN_WORDS: _("News, in words of your own"),
    "line_changed": _("“Your credit line has changed”, with a link to the decision"),
}
# By the ending of the form's fields: `title_en`, `title_zh`.
LANGUAGES = {code.partition("-")[0]: (code, name) for code, name in settings.LANGUAGES}
A_PERCENT = 100  # shares are kept of ten thousand


class DeskForm(forms.Form):
    """Fields that look like the others of the desk; hidden ones must not hold up the browser."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class CampaignForm(DeskForm):
    title = forms.CharField(
        label=_("Name for staff"),
        max_length=120,
        help_text=_("Customers do not see it."),
    )
    audience = forms.ChoiceField(label=_("Who is told"))
    type = forms.ChoiceField(label=_("Message"), choices=list(TYPE_NAMES.items()))
    title_en = forms.CharField(
        label=_("Title"), max_length=LONGEST_TITLE, required=False, validators=[no_places]
    )
    text_en = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        required=False,
        validators=[no_places],
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    title_zh = forms.CharField(
        label=_("Title"), max_length=LONGEST_TITLE, required=False, validators=[no_places]
    )
    text_zh = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        required=False,
        validators=[no_places],
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    share = forms.DecimalField(
        label=_("First share, in percent"),
        min_value=Decimal(0),
        max_value=Decimal(100),
        decimal_places=2,
        initial=Decimal(1),
        help_text=_(
            "So many are told first, then it waits for somebody to look. 0 or 100: all at once."
        ),
    )
    is_mandatory = forms.BooleanField(
        label=_("The law asks for it"),
        required=False,
        help_text=_("Whoever is not reached by e-mail or SMS gets a letter."),
    )
    legal_due_on = forms.DateField(
        label=_("By law it must arrive by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["audience"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.name, one.label) for one in list_audiences()]
        for code, (language, _name) in LANGUAGES.items():
            for part in ("title", "text"):
                self.fields[f"{part}_{code}"].widget.attrs["lang"] = language
        if not self.is_bound:
            self.initial.setdefault("audience", next(iter(field.choices))[0])
            self.initial.setdefault("type", OWN_WORDS)

    def clean(self) -> dict[str, Any]:
        """Ask for the words where the type has none, and for the law where it sets a date."""
        given = super().clean() or self.cleaned_data
        if given.get("type") == OWN_WORDS:
            for code in LANGUAGES:
                for part in ("title", "text"):
                    name = f"{part}_{code}"
                    if not given.get(name) and name not in self.errors:
                        self.add_error(name, _("Write it in both languages."))
        if given.get("legal_due_on") and not given.get("is_mandatory"):
            self.add_error("legal_due_on", _("Only a message that the law asks for is due by law."))
        return given

    def draft(self, audience: AudienceForm) -> CampaignDraft:
        """Return what was written, with whom the audience's own form describes."""
        given = self.cleaned_data
        return CampaignDraft(
            title=given["title"],
            audience=given["audience"],
            type=given["type"],
            parameters=audience.parameters(),
            words=self._words() if given["type"] == OWN_WORDS else {},
            canary_share=int(given["share"] * A_PERCENT),
            is_mandatory=given["is_mandatory"],
            legal_due_at=self._due_at(),
        )

    def _words(self) -> Words:
        given = self.cleaned_data
        return {
            language: {"title": given[f"title_{code}"], "text": given[f"text_{code}"]}
            for code, (language, _name) in LANGUAGES.items()
        }

    def _due_at(self) -> datetime | None:
        """Return the end of the day, where who writes this is."""
        day = self.cleaned_data["legal_due_on"]
        return timezone.make_aware(datetime.combine(day, time.max)) if day else None


def audience_forms(data: Any = None, chosen: str = "") -> list[tuple[Audience, AudienceForm]]:
    """Return a form an audience; only the chosen one is asked whether it is right."""
    found = []
    for audience in list_audiences():
        bound = data if audience.name == chosen else None
        form = audience.form(bound, prefix=audience.name)
        form.use_required_attribute = False
        dress(form)
        found.append((audience, form))
    return found


def dress(form: forms.Form) -> None:
    """Give fields the desk's look, and say to a screen reader which are wrong."""
    for field in form.fields.values():
        if not isinstance(field, forms.BooleanField):
            field.widget.attrs["class"] = "desk-input"
