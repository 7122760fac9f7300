"""What a paper is: asked with each upload, and again when the customer mends it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appeals.actions.evidence import Purpose
from appeals.evidence.suggestions import ground_title, kind_name, kinds_to_offer
from appeals.models import DocumentRequest, Ground


class PaperForm(forms.Form):
    """The kind of paper and the reason it answers; both may be left open."""

    def __init__(
        self,
        *args: Any,
        grounds: Sequence[Ground],
        asked: DocumentRequest | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.grounds = {str(ground.pk): ground for ground in grounds}
        self.asked = asked
        kinds = kinds_to_offer(grounds, asked)
        self.kinds = [(kind.key, kind_name(kind.key)) for kind in kinds]
        self.fields["kind"] = forms.ChoiceField(
            label=_("What is it?"),
            choices=[("", _("Something else")), *self.kinds],
            required=False,
        )
        reasons = [(str(ground.pk), ground_title(ground)) for ground in grounds]
        self.fields["ground"] = forms.ChoiceField(
            label=_("Which reason does it answer?"),
            choices=[("", _("All of them, or I am not sure")), *reasons],
            required=False,
        )

    def purpose(self) -> Purpose:
        """What was chosen; a choice that we did not offer counts as left open."""
        self.is_valid()
        return Purpose(
            kind=self.cleaned_data.get("kind", ""),
            ground=self.grounds.get(self.cleaned_data.get("ground", "")),
            request=self.asked,
        )
