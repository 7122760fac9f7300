"""What the customer asked us: the list, each with its answer, and the receipt right after."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from appeals.access import get_own_request, list_own_requests
from appeals.catalogue.packs import pack_of
from appeals.models import CustomerRequest, RequestKind
from appeals.states import RequestState
from appeals.views.requests import SignedInRequest
from appeals.views.rights import Helper, helpers
from appeals.views.rights_words import PAGES

REQUESTS_A_PAGE = 20


@require_safe
@never_cache
@login_required
def show_requests(request: SignedInRequest) -> HttpResponse:
    page = Paginator(list_own_requests(request.user), REQUESTS_A_PAGE)
    context = {"page": page.get_page(request.GET.get("page")), "now": timezone.now()}
    return render(request, "appeals/rights/requests.html", context)


@require_safe
@never_cache
@login_required
def show_request(request: SignedInRequest, reference: str) -> HttpResponse:
    asked = get_own_request(request.user, reference)
    context = {
        "asked": asked,
        "words": PAGES[asked.kind],
        "helpers": _helpers(request, asked),
        "now": timezone.now(),
    }
    return render(request, "appeals/rights/request.html", context)


@require_safe
@never_cache
@login_required
def received(request: SignedInRequest, reference: str) -> HttpResponse:
    """The receipt: its number, the promised day, and what happens next."""
    asked = get_own_request(request.user, reference)
    if asked.state == RequestState.ANSWERED:
        return redirect("appeals:request", asked.reference)
    context = {
        "asked": asked,
        "words": PAGES[asked.kind],
        "helpers": _helpers(request, asked),
        "wants_paper": asked.kind == RequestKind.CORRECT_FACT,
    }
    return render(request, "appeals/rights/received.html", context)


def _helpers(request: SignedInRequest, asked: CustomerRequest) -> list[Helper]:
    """Who outside helps with it, by the rules of where the customer lives today."""
    pack = pack_of(request.user, timezone.now())
    right = pack.rights.get(asked.kind)
    return helpers([pack.bodies[key] for key in right.bodies] if right else [])
