"""What editors type: an entry of the catalogue, every text in both languages."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appeals.admin.case_parts import in_own_language
from appeals.catalogue import CATALOGUE, Reason
from appeals.catalogue.checks import LONGEST, LONGEST_AGE_DAYS, document_problems, usable_facts
from appeals.catalogue.editions import REASONS, TEXTS, problems_of
from appeals.notice_text.words import fact_label

# The language of a text, and how its field is named in a form.
SUFFIXES = {"en": "en", "zh-hans": "zh"}
LANGUAGE_NAMES = {"en": "English", "zh-hans": "简体中文"}
FIELD_LABELS = {
    "title": _("Title"),
    "explanation": _("What we say"),
    "what_you_can_do": _("What you can do"),
    "counterfactual": _("What would change this"),
    "evidence": _("Papers that help"),
    "queue": _("Queue"),
    "review_by": _("Who decides"),
    "is_active": _("In use"),
    "label": _("Name"),
    "max_age_days": _("Not older than, in days"),
}
REVIEW_BY = {"one": _("One person"), "two": _("Two people")}
FEW_LINES = 80


@dataclass(frozen=True)
class TextRow:
    """One text in the form: both languages beside each other, and the facts they may name."""

    label: Any
    fields: list[tuple[str, str, forms.BoundField]]
    facts: list[tuple[str, str]]


class EntryForm(forms.Form):
    """Fields that look like the desk's; what is wrong is said by `appeals.catalogue.checks`."""

    use_required_attribute = False
    texts: tuple[str, ...] = ()

    def __init__(self, values: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.old = values
        for field in self.texts:
            for language, suffix in SUFFIXES.items():
                self.fields[f"{field}_{suffix}"] = _text_field(
                    field, language, (values[field] or {}).get(language, "")
                )

    def values(self) -> dict[str, Any]:
        """What was typed, as it is kept."""
        typed = self.cleaned_data
        values: dict[str, Any] = {}
        for field in self.texts:
            texts = {
                language: typed.get(f"{field}_{suffix}", "")
                for language, suffix in SUFFIXES.items()
            }
            is_left_out = self.old[field] is None and not any(texts.values())
            values[field] = None if is_left_out else texts
        return values

    def tell(self, problems: dict[str, list[str]]) -> None:
        for name, said in problems.items():
            field, _dot, language = name.partition(".")
            key = f"{field}_{SUFFIXES[language]}" if language else field
            for problem in said:
                self.add_error(key if key in self.fields else None, problem)


class ReasonForm(EntryForm):
    texts = TEXTS

    def __init__(self, shipped: Reason, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shipped = shipped
        self.fields["evidence"] = forms.MultipleChoiceField(
            label=FIELD_LABELS["evidence"],
            choices=list(_papers(self.old["evidence"])),
            initial=self.old["evidence"],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["queue"] = forms.ChoiceField(
            label=FIELD_LABELS["queue"],
            choices=[(key, in_own_language(one.label)) for key, one in CATALOGUE.queues.items()],
            initial=self.old["queue"],
            disabled=shipped.disclosure != "full",
            widget=forms.Select(attrs={"class": "desk-input"}),
        )
        self.fields["review_by"] = forms.ChoiceField(
            label=FIELD_LABELS["review_by"],
            choices=list(REVIEW_BY.items()),
            initial=self.old["review_by"],
            disabled=shipped.review_by == "two",
            widget=forms.Select(attrs={"class": "desk-input"}),
        )
        self.fields["is_active"] = forms.BooleanField(
            label=FIELD_LABELS["is_active"], initial=self.old["is_active"], required=False
        )

    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        chosen = typed.get("evidence", [])
        # Those that were there stay in their order.
        kept = [key for key in self.old["evidence"] if key in chosen]
        return {
            **super().values(),
            "evidence": [*kept, *(key for key in chosen if key not in kept)],
            "queue": typed.get("queue", self.old["queue"]),
            "review_by": typed.get("review_by", self.old["review_by"]),
            "is_active": typed.get("is_active", False),
        }

    def clean(self) -> None:
        self.tell(problems_of(CATALOGUE, REASONS, self.shipped.code, self.values()))

    def rows(self) -> list[TextRow]:
        return [
            TextRow(
                FIELD_LABELS[field],
                [
                    (language, LANGUAGE_NAMES[language], self[f"{field}_{suffix}"])
                    for language, suffix in SUFFIXES.items()
                ],
                [
                    (f"{{{name}}}", in_own_language(_labels(self.shipped.code, name)))
                    for name in usable_facts(self.shipped, field)
                ],
            )
            for field in self.texts
        ]


class DocumentForm(EntryForm):
    texts = ("label",)
    max_age_days = forms.IntegerField(
        label=FIELD_LABELS["max_age_days"],
        required=False,
        min_value=1,
        max_value=LONGEST_AGE_DAYS,
        help_text=_("Leave it blank for any age."),
        widget=forms.NumberInput(attrs={"class": "desk-input"}),
    )
    is_active = forms.BooleanField(label=FIELD_LABELS["is_active"], required=False)

    def __init__(self, values: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(values, *args, **kwargs)
        self.fields["max_age_days"].initial = values["max_age_days"]
        self.fields["is_active"].initial = values["is_active"]

    def values(self) -> dict[str, Any]:
        return {
            **super().values(),
            "max_age_days": self.cleaned_data.get("max_age_days"),
            "is_active": self.cleaned_data.get("is_active", False),
        }

    def clean(self) -> None:
        self.tell(document_problems(self.values()))

    def rows(self) -> list[TextRow]:
        fields = [
            (language, LANGUAGE_NAMES[language], self[f"label_{suffix}"])
            for language, suffix in SUFFIXES.items()
        ]
        return [TextRow(FIELD_LABELS["label"], fields, [])]


class NewDocumentForm(DocumentForm):
    key = forms.SlugField(
        label=_("Key"),
        max_length=40,
        help_text=_("In English, such as rent_contract. It cannot be changed later."),
        widget=forms.TextInput(attrs={"class": "desk-input"}),
    )

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"].lower().replace("-", "_")
        if key in CATALOGUE.documents:
            raise forms.ValidationError(_("There is a kind of paper with this key."))
        return key


def _text_field(field: str, language: str, text: str) -> forms.CharField:
    longest = LONGEST[field]
    widget: forms.Widget = (
        forms.Textarea(attrs={"rows": 3}) if longest > FEW_LINES else forms.TextInput()
    )
    widget.attrs |= {"class": "desk-input", "lang": language, "spellcheck": "true"}
    # Neither `required` nor `max_length`: the checks say both, in words, and for both languages.
    return forms.CharField(label=FIELD_LABELS[field], required=False, initial=text, widget=widget)


def _papers(listed: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Kinds in use, and those the reason lists already."""
    kept = set(listed)
    for key, kind in CATALOGUE.documents.items():
        if kind.is_active or key in kept:
            yield key, in_own_language(kind.label)


def _labels(code: str, name: str) -> dict[str, str]:
    return {language: fact_label(code, name, language) for language in SUFFIXES}
