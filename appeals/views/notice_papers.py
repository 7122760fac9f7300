"""A notice as a PDF, for whom it was written."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from appeals.access import get_decision
from appeals.actions.notice_documents import pdf_of
from appeals.errors import AppealNotFound
from appeals.views.requests import SignedInRequest


@require_safe
@never_cache
@login_required
def download(request: SignedInRequest, reference: str, language: str) -> HttpResponse:
    """Hand out the PDF in one of the notice's languages; made at once if it is not there yet."""
    decision = get_decision(request.user, reference)
    notice = decision.notice
    if language not in notice.content:
        raise AppealNotFound(_("We could not find this page."))
    notice.decision = decision
    decision.customer = request.user
    response = HttpResponse(
        pdf_of(notice=notice, language=language), content_type="application/pdf"
    )
    name = f"{notice.reference}-{language}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
