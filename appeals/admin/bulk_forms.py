"""What is asked before a step over many cases."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from appeals.actions.bulk import LONGEST_BECAUSE, MOST_CASES, Chosen
from appeals.actions.bulk_kinds import OUTCOMES, Choice, OneAnswer
from appeals.models import Appeal, BulkKind
from appeals.models.review import OUTCOME_NAMES, RULING_NAMES
from appeals.states import OutcomeKind, Ruling
from portal.models import Customer

LONGEST_SENTENCE = 1000
# The ruling that goes with an outcome, and cannot contradict it.
RULINGS = {
    OutcomeKind.RESTORED: {Ruling.ACCEPTED, Ruling.NOT_MATERIAL},
    OutcomeKind.KEPT: {Ruling.REFUTED, Ruling.NOT_MATERIAL},
}


def _input(**attrs: Any) -> dict[str, Any]:
    return {"class": "desk-input", **attrs}


class StepForm(forms.Form):
    """Why, which every step asks; it is needed to do the step, not to look at it first."""

    because = forms.CharField(
        label=_("Why is this done?"),
        required=False,
        max_length=LONGEST_BECAUSE,
        widget=forms.TextInput(_input(autocomplete="off")),
        help_text=_("Kept with the step, for staff only."),
    )

    def __init__(self, *args: Any, cases: Collection[Appeal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cases = cases

    @property
    def kind(self) -> BulkKind:
        return BulkKind.RELEASE

    def choice(self) -> Choice:
        return Choice(self.kind)


class PersonField(forms.ModelChoiceField[Customer]):
    """Somebody of the staff, by name."""

    def label_from_instance(self, obj: Customer) -> str:
        return obj.name


class AssignForm(StepForm):
    """Who gets the cases: somebody who works in one of their queues."""

    to = PersonField(Customer.objects.none(), label=_("Assign to"), widget=forms.Select(_input()))
    field_order = ["to", "because"]

    def __init__(self, *args: Any, cases: Collection[Appeal], **kwargs: Any) -> None:
        super().__init__(*args, cases=cases, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = _members({case.queue_id for case in cases})

    @property
    def kind(self) -> BulkKind:
        return BulkKind.ASSIGN

    def choice(self) -> Choice:
        return Choice(self.kind, to=self.cleaned_data["to"])


class DuplicateForm(StepForm):
    """Which other appeal answers each case is chosen beside it."""

    @property
    def kind(self) -> BulkKind:
        return BulkKind.DUPLICATE

    def choice(self) -> Choice:
        return Choice(self.kind, same_as=_same_as(self.data, self.cases))


class OutcomeForm(StepForm):
    """One outcome with its ruling on every ground, in words for customers of both languages."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[(kind.value, OUTCOME_NAMES[kind]) for kind in OUTCOMES],
        widget=forms.Select(_input()),
    )
    ruling = forms.ChoiceField(
        label=_("Finding on every ground"),
        choices=[(ruling.value, name) for ruling, name in RULING_NAMES.items()],
        widget=forms.Select(_input()),
    )
    sentence_en = forms.CharField(
        label=_("Sentence to customers who read English"),
        max_length=LONGEST_SENTENCE,
        widget=forms.Textarea(_input(rows=3, lang="en")),
    )
    sentence_zh = forms.CharField(
        label=_("Sentence to customers who read Chinese"),
        max_length=LONGEST_SENTENCE,
        widget=forms.Textarea(_input(rows=3, lang="zh-Hans")),
    )
    look_again_on = forms.DateField(
        label=_("Looked at again on"),
        required=False,
        widget=forms.DateInput(_input(type="date")),
        help_text=_("When the decision is kept."),
    )
    field_order = ["outcome", "ruling", "sentence_en", "sentence_zh", "look_again_on", "because"]

    @property
    def kind(self) -> BulkKind:
        return BulkKind.OUTCOME

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        outcome, ruling = cleaned.get("outcome"), cleaned.get("ruling")
        if outcome and ruling and ruling not in RULINGS[OutcomeKind(outcome)]:
            self.add_error("ruling", _("This finding says the opposite of the outcome."))
        is_missing = not cleaned.get("look_again_on") and "look_again_on" not in self.errors
        if outcome == OutcomeKind.KEPT and is_missing:
            self.add_error("look_again_on", _("Say when the reason is looked at again."))
        return cleaned

    def choice(self) -> Choice:
        said = self.cleaned_data
        kind = OutcomeKind(said["outcome"])
        answer = OneAnswer(
            kind=kind,
            ruling=Ruling(said["ruling"]),
            sentences={"en": said["sentence_en"], "zh-hans": said["sentence_zh"]},
            look_again_on=said["look_again_on"] if kind == OutcomeKind.KEPT else None,
        )
        return Choice(self.kind, answer=answer)


FORMS: Mapping[BulkKind, type[StepForm]] = {
    BulkKind.ASSIGN: AssignForm,
    BulkKind.RELEASE: StepForm,
    BulkKind.DUPLICATE: DuplicateForm,
    BulkKind.OUTCOME: OutcomeForm,
}


def read_chosen(text: str) -> list[Chosen]:
    """`12:3,15` as cases and the versions that were seen of them; what is no number is left out."""
    chosen: dict[int, Chosen] = {}
    for part in text.split(",")[: MOST_CASES + 1]:
        pk, _mark, version = part.partition(":")
        if _is_number(pk):
            seen = int(version) if _is_number(version) else None
            chosen.setdefault(int(pk), Chosen(int(pk), seen))
    return list(chosen.values())


def as_text(cases: Sequence[Appeal]) -> str:
    return ",".join(f"{case.pk}:{case.version}" for case in cases)


def _same_as(data: Any, cases: Collection[Appeal]) -> dict[int, int]:
    values = data if isinstance(data, QueryDict) else QueryDict()
    named = {case.pk: values.get(f"of-{case.pk}", "") for case in cases}
    return {pk: int(value) for pk, value in named.items() if _is_number(value)}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 18


def _members(queues: Collection[int | None]) -> QuerySet[Customer]:
    members = Customer.objects.filter(review_queues__in=queues, is_staff=True, is_active=True)
    return members.distinct().order_by("name", "pk")
