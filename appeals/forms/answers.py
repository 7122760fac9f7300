"""The answer to a reviewer who asked for documents, or a question."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.forms.drafts import SHORT, OwnWords


class AnswerForm(forms.Form):
    """Words, or a tick instead of documents; with documents sent neither is needed.

    A plain question is answered in words; who has a paper that says it better may send that.
    """

    answer = OwnWords(
        label=_("Do you want to add a few words?"), max_length=SHORT, rows=5, required=False
    )
    has_none = forms.BooleanField(label=_("I do not have these papers"), required=False)

    def __init__(self, *args: Any, has_documents: bool, is_question: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.has_documents, self.is_question = has_documents, is_question
        if has_documents or is_question:
            del self.fields["has_none"]
        if is_question:
            self.fields["answer"].label = _("Your answer")

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        said = answers.get("answer") or answers.get("has_none") or self.errors
        if not said and not self.has_documents:
            self.add_error("answer", self._nothing_said())
        return answers

    def _nothing_said(self) -> str:
        if self.is_question:
            return gettext("Write your answer. A few words are enough.")
        return gettext("Add a paper, write a few words, or tick that you do not have them.")

    def words(self) -> str:
        """What the reviewer will read."""
        words = (
            [gettext("I do not have these papers.")] if self.cleaned_data.get("has_none") else []
        )
        if self.cleaned_data["answer"]:
            words.append(self.cleaned_data["answer"])
        return "\n\n".join(words)
