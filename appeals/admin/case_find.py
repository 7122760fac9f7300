"""Finding words in the documents of a case. They are sent, never put in an address."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appeals.actions.evidence import open_evidence
from appeals.admin.case import case_or_404
from appeals.admin.frame import frame
from appeals.admin.people import desk_view, staff
from appeals.evidence.texts import find
from appeals.models import EvidenceDocument
from appeals.states import EvidenceState

LONGEST = 100


@desk_view
@require_POST
def find_words(request: HttpRequest, reference: str) -> HttpResponse:
    """Show each place with what stands around it: whoever reads that has opened the document."""
    appeal = case_or_404(request, reference)
    words = request.POST.get("words", "")[:LONGEST]
    ready = EvidenceDocument.objects.filter(appeal=appeal, state=EvidenceState.READY)
    places = find(ready, words)
    for document in {place.document.pk: place.document for place in places}.values():
        open_evidence(document=document, by=staff(request))
    context = {
        **frame(),
        "title": _("Found in the documents of %(reference)s") % {"reference": appeal.reference},
        "appeal": appeal,
        "places": places,
    }
    # The script on the case's page wants the list alone.
    template = (
        "appeals/desk/case/found.html"
        if request.headers.get("X-Requested-With") == "fetch"
        else "appeals/desk/case_found.html"
    )
    return TemplateResponse(request, template, context)
