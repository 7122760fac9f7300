"""Papers by post: the code of the cover sheet is scanned, and the scans join their appeal."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from appeals.access import get_case, works_on_appeals
from appeals.actions.document_requests import missing_kinds
from appeals.actions.posted import kinds_by_post, open_request_of, receive_posted_paper
from appeals.admin.people import desk_view, staff
from appeals.errors import AppealError, AppealNotFound
from appeals.evidence.limits import MAX_APPEAL_FILES
from appeals.evidence.suggestions import kind_name
from appeals.models import Appeal
from portal.lib.references import is_valid_reference

# What is none of the kinds: a choice of its own, so that nobody leaves it open by haste.
OTHER = "other"


class NumberForm(forms.Form):
    """The appeal's number, as a scanner or a person types it."""

    number = forms.CharField(label=gettext_lazy("Appeal number"), max_length=40)

    def clean_number(self) -> str:
        number = "".join(self.cleaned_data["number"].upper().split())
        if not is_valid_reference(number):
            raise forms.ValidationError(
                _("This is no number of ours: one character is wrong or missing. Scan it again.")
            )
        return number


class ScansForm(forms.Form):
    """What the papers are; those of another kind are sent by themselves."""

    def __init__(self, data: QueryDict | None, *, appeal: Appeal) -> None:
        super().__init__(data)
        self.appeal = appeal
        self.asked = open_request_of(appeal)
        kinds = [(kind.key, kind_name(kind.key)) for kind in kinds_by_post(appeal, self.asked)]
        self.fields["kind"] = forms.ChoiceField(
            label=_("What is it?"),
            choices=[*kinds, (OTHER, _("Other document"))],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose what the paper is.")},
        )

    @property
    def wanted(self) -> list[str]:
        """What the reviewer still waits for, by name."""
        return [kind_name(key) for key in missing_kinds(self.asked)] if self.asked else []


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def posted(request: HttpRequest) -> HttpResponse:
    """First the number, then what the papers are and the scans; the next envelope may follow."""
    is_sent = request.method == "POST"
    number = NumberForm(request.POST if is_sent else request.GET or None)
    appeal = _find(request, number)
    scans = ScansForm(request.POST if is_sent else None, appeal=appeal) if appeal else None
    if is_sent and scans and scans.is_valid() and _receive(request, scans):
        query = urlencode({"number": scans.appeal.reference})
        return redirect(f"{reverse('desk:posted')}?{query}")
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Papers by post"),
        "form": number,
        "scans": scans,
        "may_add": works_on_appeals(staff(request)),
    }
    return TemplateResponse(request, "appeals/desk/posted.html", context)


def _find(request: HttpRequest, form: NumberForm) -> Appeal | None:
    """The appeal with this number, as far as this person may see it."""
    if not form.is_valid():
        return None
    try:
        return get_case(staff(request), form.cleaned_data["number"])
    except AppealNotFound:
        form.add_error("number", _("You see no appeal with this number. It may be a draft."))
        return None


def _receive(request: HttpRequest, form: ScansForm) -> bool:
    """Add the files one by one; whether all of them joined the appeal."""
    files, appeal = request.FILES.getlist("files"), form.appeal
    if not 0 < len(files) <= MAX_APPEAL_FILES:
        form.add_error(None, _("Choose at least one file, and at most 20."))
        return False
    kind = form.cleaned_data["kind"].removeprefix(OTHER)
    kept = 0
    for file in files:
        try:
            receive_posted_paper(appeal=appeal, file=file, kind=kind, by=staff(request))
            kept += 1
        except AppealError as error:
            form.add_error(None, f"{file.name}: {error.message}")
    if kept:
        text = ngettext(
            "%(count)d paper joined %(reference)s.", "%(count)d papers joined %(reference)s.", kept
        )
        messages.success(request, text % {"count": kept, "reference": appeal.reference})
    if form.asked and open_request_of(appeal) is None:
        messages.success(
            request, _("That is all the reviewer asked for. The case is back in its queue.")
        )
    return kept == len(files)


urlpatterns: list[URLPattern] = [path("papers-by-post/", posted, name="posted")]
