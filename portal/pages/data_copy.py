"""The copy of one's data leaves only with somebody who has just shown who they are."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from appeals.views import data_copies
from portal.pages.second_factor import is_fresh

# Asks people with a password or a second factor for one of them; lets the others through.
_with_factor = reauthentication_required(data_copies.download)


@require_GET
@never_cache
@login_required
def download(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Ask for a fresh code, a passkey or whatever the person has; then hand it out."""
    if not is_fresh(request):
        # Back to the page, which has a link of its own: this one may have ended meanwhile.
        context: dict[str, Any] = {"next": reverse("appeals:data_copies"), "is_for_copy": True}
        return render(request, "account/sign_in_again.html", context)
    answer: HttpResponseBase = _with_factor(request, reference)
    return answer
