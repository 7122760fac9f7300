"""The short forms of a customer's rights, one question each."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from appeals.forms.drafts import LONG, OwnWords
from appeals.models import RequestKind, Situation


class TokenForm(forms.Form):
    """Carries a token, so that two taps are one request."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["token"].initial = uuid4

    def key(self) -> UUID:
        """The token it was sent with; who took it out sends each time something new."""
        return self.cleaned_data.get("token") or uuid4()


QUESTIONS = {
    RequestKind.ADD_VIEW: (
        _("How do you see it?"),
        _("Tell us what we do not know, or what you see differently. Use your own words."),
    ),
    RequestKind.COMPLAIN: (
        _("What are you not happy with?"),
        _("Tell us what went wrong and what would put it right. It may be about anything we did."),
    ),
    RequestKind.EXPLAIN: (
        _("What do you want to know?"),
        _("Ask us anything about this decision that our page does not make clear."),
    ),
}


class WordsForm(TokenForm):
    """One thing to say, in one's own words."""

    text = OwnWords(
        max_length=LONG,
        error_messages={
            "required": _("Write a few words, so that we know what you mean."),
            "max_length": _("Write at most 4,000 characters."),
        },
    )

    def __init__(self, *args: Any, kind: RequestKind, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label, self.fields["text"].help_text = QUESTIONS[kind]


class PaymentHelpForm(TokenForm):
    """What makes paying hard; nobody has to say more than one tap."""

    situation = forms.ChoiceField(
        label=_("What makes paying hard at the moment?"),
        choices=Situation.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what fits best, or that you would rather not say.")},
    )
    text = OwnWords(
        label=_("Do you want to tell us more?"),
        help_text=_("You can leave this empty. For example: how much you can pay, and until when."),
        max_length=LONG,
        rows=5,
        required=False,
        error_messages={"max_length": _("Write at most 4,000 characters.")},
    )


class FactForm(forms.Form):
    """Which fact is wrong; the values are places in the notice."""

    def __init__(self, *args: Any, places: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["fact"] = forms.ChoiceField(
            label=_("What is wrong?"),
            choices=[(place, place) for place in places],
            widget=forms.RadioSelect,
            error_messages={
                "required": _("Choose what is wrong."),
                "invalid_choice": _("Choose from what is on this page."),
            },
        )


class CorrectionForm(TokenForm):
    """What is right instead."""

    text = OwnWords(
        label=_("What is right?"),
        help_text=_("Write the right number or date, and how you know it."),
        max_length=LONG,
        rows=5,
        error_messages={
            "required": _("Write what is right."),
            "max_length": _("Write at most 4,000 characters."),
        },
    )


class CopyForm(TokenForm):
    """Nothing to say: the button alone asks for the copy."""
