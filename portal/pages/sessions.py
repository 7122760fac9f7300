"""Where a person is signed in, and how to end that."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.lib.browsers import describe_browser
from portal.pages.requests import SignedInRequest
from portal.sign_in.sessions import end_sessions, list_sessions


@require_safe
@never_cache
@login_required
def list_own(request: SignedInRequest) -> HttpResponse:
    own_key = request.session.session_key
    rows = [
        {
            "pk": row.pk,
            "browser": describe_browser(row.user_agent),
            "ip": row.ip,
            "begun_at": row.created_at,
            "seen_at": row.last_seen_at,
            "is_this": row.session_key == own_key,
        }
        for row in list_sessions(request.user)
    ]
    rows.sort(key=lambda row: not row["is_this"])
    return render(request, "usersessions/usersession_list.html", {"sessions": rows})


@require_POST
@login_required
def end_one(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = list_sessions(request.user).filter(pk=pk)
    if not end_sessions(rows.exclude(session_key=request.session.session_key)):
        raise Http404
    messages.success(request, _("That device is signed out."))
    return redirect("usersessions_list")


@require_POST
@login_required
def end_others(request: SignedInRequest) -> HttpResponse:
    end_sessions(list_sessions(request.user).exclude(session_key=request.session.session_key))
    messages.success(request, _("You are signed out everywhere but here."))
    return redirect("usersessions_list")
