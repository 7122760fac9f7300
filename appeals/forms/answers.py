"""The answer to a reviewer who asked for documents."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.forms.drafts import SHORT, OwnWords


class AnswerForm(forms.Form):
    """Words, or a tick instead of documents; with documents sent neither is needed."""

    answer = OwnWords(
        label=_("Do you want to add a few words?"), max_length=SHORT, rows=5, required=False
    )
    has_none = forms.BooleanField(label=_("I do not have these papers"), required=False)

    def __init__(self, *args: Any, has_documents: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.has_documents = has_documents
        if has_documents:
            del self.fields["has_none"]

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        said = answers.get("answer") or answers.get("has_none") or self.errors
        if not said and not self.has_documents:
            self.add_error(
                "answer",
                _("Add a paper, write a few words, or tick that you do not have them."),
            )
        return answers

    def words(self) -> str:
        """What the reviewer will read."""
        words = (
            [gettext("I do not have these papers.")] if self.cleaned_data.get("has_none") else []
        )
        if self.cleaned_data["answer"]:
            words.append(self.cleaned_data["answer"])
        return "\n\n".join(words)
