"""The questions of an appeal, one form a page."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appeals.forms.amounts import AmountField, typed_amount
from appeals.models import Appeal, Wish

LONG = 4000
SHORT = 2000


class OwnWords(forms.CharField):
    """What a person writes; line ends count once, as their browser counts them."""

    def __init__(self, *, rows: int = 7, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)

    def to_python(self, value: Any) -> str:
        return super().to_python(str(value or "").replace("\r\n", "\n")) or ""


class GroundsForm(forms.Form):
    """Which reasons are disputed; the values are their ranks."""

    def __init__(self, *args: Any, ranks: Sequence[int], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reasons"] = forms.TypedMultipleChoiceField(
            label=_("Which reasons do you disagree with?"),
            choices=[(rank, str(rank)) for rank in ranks],
            coerce=int,
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "required": _("Choose at least one reason."),
                "invalid_choice": _("Choose from the reasons on this page."),
            },
        )


class GroundStatementForm(forms.Form):
    """Why one reason is wrong; about one we may not explain nobody has to say anything."""

    statement = OwnWords(
        label=_("Why is this reason wrong?"),
        help_text=_("Use your own words. Dates, amounts and names help us to check."),
        max_length=LONG,
        error_messages={"required": _("Write a few words about this reason.")},
    )

    def __init__(
        self, *args: Any, is_restricted: bool, is_leaving: bool = False, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        field = self.fields["statement"]
        field.required = not is_restricted and not is_leaving
        if is_restricted:
            field.label = _("Do you want to tell us something about this?")
            field.help_text = _("You can leave this empty.")


class WishForm(forms.Form):
    """What the customer asks for."""

    wish = forms.ChoiceField(
        label=_("What do you ask for?"),
        choices=Wish.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you ask for.")},
    )

    def __init__(self, *args: Any, appeal: Appeal, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["wish"] = appeal.wish
        if appeal.requested_limit is not None:
            self.initial["requested_limit"] = typed_amount(appeal.requested_limit)
        self.fields["requested_limit"] = AmountField(
            decision=appeal.decision, required=False, label=_("What limit do you ask for?")
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("wish") != Wish.PART:
            # What stands in a field that is not shown is not meant.
            self.errors.pop("requested_limit", None)
            answers["requested_limit"] = None
        elif answers.get("requested_limit") is None and "requested_limit" not in self.errors:
            self.add_error("requested_limit", _("Write the limit you ask for."))
        return answers


class StatementForm(forms.Form):
    """Anything else, and whether life is hard right now."""

    statement = OwnWords(
        label=_("Is there anything else we should know?"),
        help_text=_(
            "You can leave this empty. For example: what has changed in your life, "
            "or how our decision affects you."
        ),
        max_length=LONG,
        required=False,
    )
    is_vulnerable = forms.BooleanField(
        label=_(
            "Something makes this hard for me right now, such as illness, a death or losing my "
            "work. Please look at my appeal sooner."
        ),
        required=False,
    )


class LateReasonForm(forms.Form):
    """Why the appeal comes after its window."""

    late_reason = OwnWords(
        label=_("Why are you asking now?"),
        max_length=SHORT,
        rows=5,
        error_messages={"required": _("Write a few words about why you are asking now.")},
    )
