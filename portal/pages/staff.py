"""The staff's door: password, then always a second factor; and the link that makes a password."""

from typing import Any

import structlog
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from portal.pages.sign_in import safe_next, too_many
from portal.sign_in import door, staff
from portal.sign_in.forms import NewPasswordForm, StaffForm
from portal.sign_in.limits import TooMany

logger = structlog.get_logger(__name__)
PAGE = "account/staff_sign_in.html"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        goes_on = request.user.is_staff
        return redirect((safe_next(request) or "admin:index") if goes_on else "portal:home")
    form = StaffForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                return _try(request, form)
            except TooMany as refused:
                return too_many(request, PAGE, form, refused)
        status = 422
    return render(request, PAGE, {"form": form, "next": safe_next(request)}, status=status)


@require_safe
def admin_door(request: HttpRequest) -> HttpResponse:
    """There is one door for staff: the admin's own would ask for no second factor."""
    query = request.GET.urlencode()
    answer = redirect("portal:staff-sign-in")
    answer["Location"] += f"?{query}" if query else ""
    return answer


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest, who: str, token: str) -> HttpResponse:
    person = staff.person_of_link(who, token)
    if person is None:
        raise Http404
    form = NewPasswordForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        staff.set_password(person=person, password=form.cleaned_data["password"])
        messages.success(request, _("Your password is set. Sign in with it now."))
        return redirect("portal:staff-sign-in")
    status = 422 if request.method == "POST" else 200
    return render(request, "account/staff_set_up.html", {"form": form}, status=status)


def _try(request: HttpRequest, form: StaffForm) -> HttpResponse:
    fields: dict[str, Any] = form.cleaned_data
    person = door.try_password(request, login=fields["login"], password=fields["password"])
    if person is None:
        logger.info("sign-in refused", cause="password")
        form.add_error(None, _("This e-mail address or reference and password do not match."))
        return render(request, PAGE, {"form": form, "next": safe_next(request)}, status=422)
    record_authentication(request, person, "password", reauthenticated=True)
    login = Login(user=person, redirect_url=safe_next(request) or reverse("admin:index"))
    answer: HttpResponse = perform_login(request, login)
    return answer
