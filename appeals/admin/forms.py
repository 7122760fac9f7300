"""What a reviewer types; read leniently, so that a draft is never refused for being one."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from appeals.actions.findings import Ruled
from appeals.actions.outcomes import Answer
from appeals.admin.case_data import CasePage
from appeals.models.review import OUTCOME_NAMES, RULING_NAMES
from appeals.sentences import outcome_sentence
from appeals.states import OutcomeKind, Ruling
from portal.lib.money import NotMoney, parse_amount

RULINGS = [(ruling.value, name) for ruling, name in RULING_NAMES.items()]
OUTCOMES = [(kind.value, name) for kind, name in OUTCOME_NAMES.items()]
WITH_AMOUNT = {OutcomeKind.PARTLY_RESTORED, OutcomeKind.CONDITIONAL}


class AmountField(forms.CharField):
    """An amount as people type it: `5,000`, `5 000.00`, `$5000`."""

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        for mark in (",", "，", " ", "\u00a0", "$", "£", "€", "¥", "￥"):
            text = text.replace(mark, "")
        if not text:
            return None
        try:
            return parse_amount(text)
        except NotMoney as error:
            raise ValidationError(_("Write the limit as a number, such as 5000.")) from error


class ReviewForm(forms.Form):
    """A finding for each ground, and the outcome."""

    version = forms.IntegerField()
    kind = forms.ChoiceField(choices=OUTCOMES, required=False)
    new_limit = AmountField(required=False, max_length=24)
    condition = forms.CharField(required=False, max_length=500)
    sentence = forms.CharField(required=False, max_length=2000)
    internal_note = forms.CharField(required=False, max_length=2000)

    def __init__(self, page: CasePage, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page = page
        for card in page.disputed:
            assert card.ground is not None
            key = card.ground.pk
            self.fields[f"ruling-{key}"] = forms.ChoiceField(choices=RULINGS, required=False)
            self.fields[f"said-{key}"] = forms.CharField(required=False, max_length=1000)

    def rulings(self) -> dict[int, Ruled]:
        """The grounds that have a ruling; a sentence left blank is the suggested one."""
        ruled = {}
        for card in self.page.disputed:
            assert card.ground is not None
            ruling = self.cleaned_data.get(f"ruling-{card.ground.pk}")
            if ruling:
                said = self.cleaned_data.get(f"said-{card.ground.pk}") or card.suggestions[ruling]
                ruled[card.ground.pk] = Ruled(Ruling(ruling), said.strip())
        return ruled

    def unfinished(self) -> dict[str, str]:
        """The outcome as it stands, to be kept as a draft."""
        amount = self.cleaned_data.get("new_limit")
        return {
            "kind": self.cleaned_data.get("kind", ""),
            "new_limit": "" if amount is None else str(amount),
            "condition": self.cleaned_data.get("condition", ""),
            "sentence": self.cleaned_data.get("sentence") or self._suggested_sentence(),
            "internal_note": self.cleaned_data.get("internal_note", ""),
        }

    def answer(self) -> Answer:
        """The outcome as the reviewer wants it; fields that its kind hides do not count."""
        said = self.cleaned_data
        kind = OutcomeKind(said["kind"])
        return Answer(
            kind=kind,
            sentence=said["sentence"] or self._suggested_sentence(),
            new_limit=said["new_limit"] if kind in WITH_AMOUNT else None,
            condition=said["condition"] if kind == OutcomeKind.CONDITIONAL else "",
            internal_note=said["internal_note"],
        )

    def _suggested_sentence(self) -> str:
        kind = self.cleaned_data.get("kind")
        if not kind:
            return ""
        return outcome_sentence(
            OutcomeKind(kind),
            self.page.decision,
            self.page.language,
            new_limit=self.cleaned_data.get("new_limit"),
        )
