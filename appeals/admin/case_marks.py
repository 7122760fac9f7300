"""Marking documents of a case: asked for by the open page, answered with the mark's own line."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appeals.access import get_case_evidence
from appeals.actions.marks import Place, place_mark, remove_mark
from appeals.admin.case import case_or_404
from appeals.admin.case_parts import MarkLine
from appeals.admin.people import desk_view, staff
from appeals.errors import AppealError, AppealNotFound, BadInput
from appeals.models import Appeal, EvidenceDocument, EvidenceMark, Ground

BAD_REQUEST, CONFLICT, CREATED, NO_CONTENT = 400, 409, 201, 204


class MarkForm(forms.Form):
    """A rectangle on a page, the ground it answers and a note."""

    document = forms.UUIDField()
    page = forms.IntegerField(min_value=1)
    left = forms.DecimalField(min_value=0, max_value=1)
    top = forms.DecimalField(min_value=0, max_value=1)
    width = forms.DecimalField(min_value=0, max_value=1)
    height = forms.DecimalField(min_value=0, max_value=1)
    ground = forms.ModelChoiceField(queryset=Ground.objects.none(), required=False)
    note = forms.CharField(required=False)

    def __init__(self, appeal: Appeal, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].queryset = Ground.objects.filter(appeal=appeal)  # type: ignore[attr-defined]

    def place(self) -> Place:
        said = self.cleaned_data
        return Place(**{side: said[side] for side in ("page", "left", "top", "width", "height")})


@desk_view
@require_POST
def place(request: HttpRequest, reference: str) -> HttpResponse:
    """Place a mark, and give back the line that lists it."""
    appeal = case_or_404(request, reference)
    form = MarkForm(appeal, request.POST)
    if not form.is_valid():
        return _refusal(BadInput(_("The mark could not be read. Please draw it again.")))
    try:
        mark = place_mark(
            document=_document(request, appeal, form.cleaned_data["document"]),
            by=staff(request),
            place=form.place(),
            ground=form.cleaned_data["ground"],
            note=form.cleaned_data["note"],
        )
    except AppealError as error:
        return _refusal(error)
    line = MarkLine(mark, can_remove=True)
    html = render_to_string(
        "appeals/desk/case/mark.html", {"line": line, "appeal": appeal}, request=request
    )
    said = {"html": html, "mark": mark.pk, "ground": mark.ground_id or 0}
    return JsonResponse(said, status=CREATED)


@desk_view
@require_POST
def remove(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Remove one's own mark; a second time changes nothing."""
    appeal = case_or_404(request, reference)
    rows = EvidenceMark.objects.filter(document__appeal=appeal).select_related("document")
    mark = rows.filter(pk=key).first()
    if mark is None:
        raise Http404
    try:
        remove_mark(mark=mark, by=staff(request))
    except AppealError as error:
        return _refusal(error)
    return HttpResponse(status=NO_CONTENT)


def _document(request: HttpRequest, appeal: Appeal, public_id: UUID) -> EvidenceDocument:
    try:
        document = get_case_evidence(staff(request), public_id)
    except AppealNotFound as error:
        raise Http404 from error
    if document.appeal_id != appeal.pk:
        raise Http404
    return document


def _refusal(error: AppealError) -> JsonResponse:
    status = BAD_REQUEST if isinstance(error, BadInput) else CONFLICT
    return JsonResponse({"error": error.message}, status=status)
