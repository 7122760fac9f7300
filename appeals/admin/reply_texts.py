"""The prepared texts: what reviewers start from when they ask, find and decide."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from appeals.access import is_auditor
from appeals.actions.prepared_texts import may_edit_texts, save_text
from appeals.admin.people import staff
from appeals.admin.versions import Versioned
from appeals.catalogue import CATALOGUE
from appeals.models import ReplyText, RequestKind, TextPurpose
from appeals.models.review import OUTCOME_NAMES, RULING_NAMES
from appeals.reply_texts import ALLOWED, MEANINGS, preview, problems_of

# What a text of each use can be narrowed to, and how it is called.
FITS: dict[str, dict[str, Any]] = {
    TextPurpose.FINDING: {ruling.value: name for ruling, name in RULING_NAMES.items()},
    TextPurpose.OUTCOME: {kind.value: name for kind, name in OUTCOME_NAMES.items()},
    TextPurpose.REQUEST: {kind.value: kind.label for kind in RequestKind},
}


class ReplyTextForm(forms.ModelForm[ReplyText]):
    reason_code = forms.ChoiceField(
        required=False, label=gettext_lazy("For the reason"), widget=UnfoldAdminSelectWidget
    )
    fits = forms.ChoiceField(
        required=False,
        label=gettext_lazy("For the ruling, outcome or request"),
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = ReplyText
        fields = [
            "key",
            "purpose",
            "title_en",
            "title_zh",
            "text_en",
            "text_zh",
            "reason_code",
            "fits",
            "is_active",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        reasons = [
            (code, f"{code} · {reason.title.get(language, reason.title['en'])}")
            for code, reason in CATALOGUE.reasons.items()
        ]
        names = {value: str(name) for one in FITS.values() for value, name in one.items()}
        self._offer("reason_code", _("Any"), reasons)
        self._offer("fits", _("Any"), list(names.items()))
        for name, words in (("text_en", _open_places()), ("text_zh", _("The same open places."))):
            if name in self.fields:
                self.fields[name].help_text = words

    def _offer(self, name: str, blank: str, choices: list[tuple[str, str]]) -> None:
        if name in self.fields:
            self.fields[name].choices = [("", blank), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        purpose = given.get("purpose", "")
        texts = {name: given[name] for name in ("text_en", "text_zh") if given.get(name)}
        for name, problems in problems_of(purpose, texts).items():
            for problem in problems:
                self.add_error(name, problem)
        if given.get("fits") and given["fits"] not in FITS.get(purpose, {}):
            self.add_error("fits", _("This use of a text has no such ruling, outcome or request."))
        return given


def _open_places() -> SafeString:
    """Which places each use has, and what is put there."""
    lines = [
        f"{purpose.label}: " + ", ".join(f"{{{place}}} ({MEANINGS[place]})" for place in places)
        for purpose, places in ((TextPurpose(key), places) for key, places in ALLOWED.items())
    ]
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines))


@admin.register(ReplyText)
class ReplyTextAdmin(Versioned, ModelAdmin):
    """Kept by supervisors and editors of the catalogue; one not wanted any more is not offered."""

    form = ReplyTextForm
    list_display = ["__str__", "purpose", "reason_code", "its_use", "is_active"]
    list_filter = ["purpose", "is_active"]
    search_fields = ["key", "title_en", "title_zh", "text_en", "text_zh"]
    show_full_result_count = False
    readonly_fields = ["previewed"]
    fieldsets = [
        (None, {"fields": [("key", "purpose"), ("reason_code", "fits"), "is_active"]}),
        (gettext_lazy("English"), {"fields": ["title_en", "text_en"]}),
        (gettext_lazy("Chinese"), {"fields": ["title_zh", "text_zh"]}),
        (gettext_lazy("As the customer reads it, with examples"), {"fields": ["previewed"]}),
    ]

    @admin.display(description=gettext_lazy("for the ruling or outcome"), ordering="fits")
    def its_use(self, text: ReplyText) -> str:
        return str(FITS.get(text.purpose, {}).get(text.fits, text.fits)) or "-"

    @admin.display(description=gettext_lazy("preview"))
    def previewed(self, text: ReplyText) -> str:
        if not text.pk:
            return _("Save the text to see it filled in.")
        return format_html(
            '<div class="desk-preview"><p lang="en">{}</p><p lang="zh-Hans">{}</p></div>',
            preview(text.text_en, "en"),
            preview(text.text_zh, "zh-hans"),
        )

    def save_model(self, request: HttpRequest, obj: ReplyText, form: Any, change: Any) -> None:
        save_text(text=obj, by=staff(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # The key is what a text is known by: it stays what it was.
        return ["key", *self.readonly_fields] if obj else list(self.readonly_fields)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        person = staff(request)
        return may_edit_texts(person) or is_auditor(person)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_edit_texts(staff(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit_texts(staff(request))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
