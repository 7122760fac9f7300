"""Staying signed in while somebody is there, and going on where a session ended."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.sign_in import unfinished


@require_POST
@login_required
def stay(request: HttpRequest) -> HttpResponse:
    """Say that somebody is there: the middleware has written it down by now."""
    return HttpResponse(status=204)


@require_safe
@never_cache
@login_required
def go_on(request: HttpRequest) -> HttpResponse:
    """Show what was typed when the session ended, to be sent with one press."""
    form = unfinished.find(request)
    if form is None:
        return redirect(settings.LOGIN_REDIRECT_URL)
    texts = [value for _name, value in form.fields if len(value.split()) > 1]
    return render(request, "portal/go_on.html", {"form": form, "texts": texts})
