"""Papers by post: the code of the cover sheet is scanned, and the scans join their appeal."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from appeals.access import get_case, works_on_appeals
from appeals.actions.posted import receive_posted_paper
from appeals.admin.people import desk_view, staff
from appeals.errors import AppealError, AppealNotFound
from appeals.evidence.limits import MAX_APPEAL_FILES
from portal.lib.references import is_valid_reference


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


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def posted(request: HttpRequest) -> HttpResponse:
    """The form, and what became of the last papers; the next envelope may come at once."""
    form = NumberForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _receive(request, form):
        return redirect("desk:posted")
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Papers by post"),
        "form": form,
        "may_add": works_on_appeals(staff(request)),
    }
    return TemplateResponse(request, "appeals/desk/posted.html", context)


def _receive(request: HttpRequest, form: NumberForm) -> bool:
    """Add the files one by one; whether all of them joined the appeal."""
    number, files = form.cleaned_data["number"], request.FILES.getlist("files")
    try:
        appeal = get_case(staff(request), number)
    except AppealNotFound:
        form.add_error("number", _("You see no appeal with this number. It may be a draft."))
        return False
    if not 0 < len(files) <= MAX_APPEAL_FILES:
        form.add_error(None, _("Choose at least one file, and at most 20."))
        return False
    kept = 0
    for file in files:
        try:
            receive_posted_paper(appeal=appeal, file=file, by=staff(request))
            kept += 1
        except AppealError as error:
            form.add_error(None, f"{file.name}: {error.message}")
    if kept:
        text = ngettext(
            "%(count)d paper joined %(reference)s.", "%(count)d papers joined %(reference)s.", kept
        )
        messages.success(request, text % {"count": kept, "reference": number})
    return kept == len(files)


urlpatterns: list[URLPattern] = [path("papers-by-post/", posted, name="posted")]
