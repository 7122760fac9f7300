"""The receipt of a paper, for whoever sent it."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from appeals.access import get_evidence_to_read
from appeals.evidence.receipts import receipt_of
from appeals.views.requests import SignedInRequest

# Enough of the fingerprint to tell two of them apart in a folder of downloads.
SHORT_HASH = 8


@require_safe
@never_cache
@login_required
def receipt(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Hand out the receipt as a PDF; what was not kept has none."""
    document = get_evidence_to_read(request.user, public_id)
    response = HttpResponse(receipt_of(document), content_type="application/pdf")
    name = f"{document.appeal.reference}-{document.sha256[:SHORT_HASH]}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
