"""What a reviewer types; read leniently, so that a draft is never refused for being one."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from appeals.actions.findings import Ruled
from appeals.actions.outcomes import Answer
from appeals.admin.case_data import CasePage
from appeals.catalogue.facts import FACT_KINDS, FactKind
from appeals.catalogue.loader import placeholders
from appeals.errors import BadInput
from appeals.models.review import OUTCOME_NAMES, RULING_NAMES
from appeals.notice_text.words import fact_label
from appeals.outcome_rules import MOST_PAYMENTS, TAKES, Correction, WrongFact, read_fact
from appeals.sentences import Terms, outcome_sentence
from appeals.states import OutcomeKind, Ruling
from portal.lib.money import NotMoney, parse_amount

RULINGS = [(ruling.value, name) for ruling, name in RULING_NAMES.items()]
OUTCOMES = [(kind.value, name) for kind, name in OUTCOME_NAMES.items()]
# The fields of an outcome that are kept as they were typed; corrections have rows of their own.
ANSWER_FIELDS = (
    "kind",
    "new_limit",
    "payments_needed",
    "by_date",
    "then_limit",
    "condition",
    "until",
    "look_again_on",
    "bureau",
    "sentence",
    "internal_note",
)
FACT_FORMS = {
    FactKind.NUMBER: gettext_lazy("a whole number, such as 3"),
    FactKind.PERCENT: gettext_lazy("a number of percent, such as 45"),
    FactKind.MONEY: gettext_lazy("an amount, such as 250.00"),
    FactKind.DAY: gettext_lazy("a day, such as 2026-09-30"),
    FactKind.MONTH: gettext_lazy("a month, such as 2026-09"),
    FactKind.REGION: gettext_lazy("a region code, such as US-FL"),
    FactKind.WORDS: gettext_lazy("a short text"),
}


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


@dataclass(frozen=True)
class FactField:
    """A fact of a disputed reason, and the name of the field that corrects it."""

    name: str
    reason: str
    fact: str
    rank: int
    was: Any


def fact_fields(page: CasePage) -> Iterator[FactField]:
    """The customer's own facts in disputed reasons, as far as we know their form; not our rules."""
    for card in page.disputed:
        ours = placeholders(card.entry.restore_when)
        for fact, was in card.row.facts.items():
            if fact in FACT_KINDS and fact not in ours:
                rank, code = card.row.rank, card.row.code
                yield FactField(f"is-{rank}-{fact}", code, fact, rank, was)


class ReviewForm(forms.Form):
    """A finding for each ground, and the outcome."""

    version = forms.IntegerField()
    kind = forms.ChoiceField(choices=OUTCOMES, required=False)
    new_limit = AmountField(required=False, max_length=24)
    payments_needed = forms.IntegerField(required=False, min_value=1, max_value=MOST_PAYMENTS)
    by_date = forms.DateField(required=False)
    then_limit = AmountField(required=False, max_length=24)
    condition = forms.CharField(required=False, max_length=500)
    until = forms.DateField(required=False)
    look_again_on = forms.DateField(required=False)
    bureau = forms.CharField(required=False, max_length=80)
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
        for one in fact_fields(page):
            self.fields[one.name] = forms.CharField(required=False, max_length=200)

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

    def unfinished(self) -> dict[str, Any]:
        """The outcome as it stands, to be kept as a draft."""
        kept = {name: _text(self.cleaned_data.get(name)) for name in ANSWER_FIELDS}
        kept["sentence"] = kept["sentence"] or self._suggested_sentence()
        return {**kept, "corrections": self.typed_corrections()}

    def typed_corrections(self) -> list[dict[str, str]]:
        """What was typed beside each fact; a blank corrects nothing."""
        return [
            {"reason": one.reason, "fact": one.fact, "is": typed}
            for one in fact_fields(self.page)
            if (typed := self.cleaned_data.get(one.name, ""))
        ]

    def answer(self) -> Answer:
        """The outcome as the reviewer wants it; fields that its kind hides do not count."""
        said = self.cleaned_data
        kind = OutcomeKind(said["kind"])
        own = {name: said[name] for name in TAKES[kind] - {"corrections"}}
        if kind == OutcomeKind.CORRECTED:
            own["corrections"] = tuple(self.corrections())
        return Answer(
            kind=kind,
            sentence=said["sentence"] or self._suggested_sentence(),
            internal_note=said["internal_note"],
            **own,
        )

    def corrections(self) -> list[Correction]:
        """The corrected facts, typed; BadInput names the field that holds no such fact."""
        wanted = []
        for one in fact_fields(self.page):
            typed = self.cleaned_data.get(one.name, "")
            if not typed:
                continue
            try:
                wanted.append(Correction(one.reason, one.fact, read_fact(one.fact, typed)))
            except WrongFact as error:
                raise BadInput(_wrong_form(one), field=one.name) from error
        return wanted

    def _suggested_sentence(self) -> str:
        said = self.cleaned_data
        if not said.get("kind"):
            return ""
        terms = Terms(said.get("new_limit"), said.get("until"), said.get("bureau") or "")
        kind = OutcomeKind(said["kind"])
        return outcome_sentence(kind, self.page.decision, self.page.language, terms)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _wrong_form(one: FactField) -> str:
    words = {
        "fact": fact_label(one.reason, one.fact, get_language() or "en"),
        "form": FACT_FORMS[FACT_KINDS[one.fact]],
    }
    return _("“%(fact)s” must be %(form)s.") % words
