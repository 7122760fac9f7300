"""Download your data: ask for a copy, see it being made, and take it."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from appeals.access import get_own_copy, list_own_copies
from appeals.actions.data_copies import take_copy
from appeals.actions.request_checks import Asked
from appeals.catalogue.packs import pack_of
from appeals.evidence.passes import is_good
from appeals.forms.rights import CopyForm
from appeals.models import RequestKind
from appeals.request_rules import COPY_AGAIN_AFTER
from appeals.views.drafts import posted
from appeals.views.requests import SignedInRequest
from appeals.views.rights import helpers
from appeals.views.rights_asking import sent

SHOWN = 10
WAITING = "waiting"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def show_copies(request: SignedInRequest) -> HttpResponse:
    """Say what is in it and which copies there are; a POST asks for one."""
    form = CopyForm(posted(request))
    if form.is_valid():
        asked = Asked(RequestKind.DATA_COPY, form.key())
        if answer := sent(request, form, asked, None):
            return answer
    now = timezone.now()
    pack = pack_of(request.user, now)
    right = pack.rights.get(RequestKind.DATA_COPY)
    copies = list(list_own_copies(request.user)[:SHOWN])
    newest = copies[0] if copies else None
    is_soon = newest is not None and newest.request.received_at > now - COPY_AGAIN_AFTER
    context = {
        "form": form,
        "copies": copies,
        "can_ask": right is not None and not is_soon and WAITING not in {c.state for c in copies},
        "is_soon": is_soon,
        "helpers": helpers([pack.bodies[key] for key in right.bodies] if right else []),
    }
    return render(request, "appeals/rights/data.html", context, status=422 if form.errors else 200)


@require_GET
@never_cache
@login_required
def download(request: SignedInRequest, reference: str) -> HttpResponseBase:
    """Hand out the ZIP; the site asks for a fresh sign-in before it calls this."""
    copy = get_own_copy(request.user, reference)
    if not is_good(request.GET.get("pass", ""), copy.file_key, request.user.pk):
        return redirect("appeals:data_copies")  # An old link: the page has a new one.
    file = take_copy(copy=copy, by=request.user)
    name = f"recourse-{copy.request.reference}.zip"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
