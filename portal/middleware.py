"""What holds for every page: who is there, for how long, in which language and time zone."""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from appeals.errors import AppealError, AppealNotFound
from appeals.kept_settings import look_again
from portal.models import Customer
from portal.pages.errors import page_not_found
from portal.sign_in import clock, second_factor, sessions, unfinished

GetResponse = Callable[[HttpRequest], HttpResponse]
READING = {"GET", "HEAD", "OPTIONS"}
# What a member of staff may do before the second factor: set the first one up, or show it.
ALWAYS_OPEN = {"account_logout", "account_reauthenticate", "set_language"}
SETTING_UP = {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn"}
SHOWING = {"mfa_reauthenticate", "mfa_reauthenticate_webauthn"}


class SessionLifetimeMiddleware:
    """End a session that was idle or lasted too long, and say so where people sign in again."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        if clock.is_over(request, is_staff=request.user.is_staff):
            return self._sign_out(request)
        if not _is_by_itself(request):
            sessions.note_seen(request)
        return _keep_private(self.get_response(request))

    def _sign_out(self, request: HttpRequest) -> HttpResponse:
        person = cast(Customer, request.user)
        door = "portal:staff-sign-in" if person.is_staff else "account_login"
        form = None if request.method in READING else unfinished.read(request)
        logout(request)
        messages.info(
            request,
            _("You were away for a while, so we signed you out. What you had saved is still here."),
        )
        if "Tus-Resumable" in request.headers:  # a script sends a file, and knows what to say
            return HttpResponse(status=401)
        if "HX-Request" in request.headers:
            back = _path_of(request.headers.get("HX-Current-URL", ""))
            return HttpResponse(headers={"HX-Redirect": _with_next(reverse(door), back)})
        if request.method in READING:
            return self.get_response(request)
        if form is not None:
            unfinished.keep(request, form, person.pk)
            return HttpResponseRedirect(_with_next(reverse(door), reverse("portal:go-on")))
        # Where the form was, not where it was sent to: that may not be a page.
        back = _path_of(request.headers.get("Referer", ""))
        return HttpResponseRedirect(_with_next(reverse(door), back))


def _is_by_itself(request: HttpRequest) -> bool:
    """Whether an open page asks on its own: that is not a person who is there."""
    if request.headers.get("X-Recourse-By") == "page":
        return True
    return "HX-Request" in request.headers and request.method in READING


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _with_next(url: str, back: str) -> str:
    return f"{url}?{urlencode({'next': back})}" if back else url


def _keep_private(response: HttpResponse) -> HttpResponse:
    """No cache on the way keeps a page that was made for one person."""
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ["Cookie"])
    return response


class PersonalSettingsMiddleware:
    """Speak the language and tell the time of whoever is signed in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            timezone.deactivate()
            return self.get_response(request)
        translation.activate(request.user.locale)
        request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(request.user.zone):
            return self.get_response(request)


class StaffSecondFactorMiddleware:
    """Let a member of staff do nothing before their second factor was shown in this session."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        if not (request.user.is_authenticated and request.user.is_staff):
            return None
        if second_factor.is_done(request) or _is_open(request, request.user):
            return None
        return HttpResponseRedirect(second_factor.next_step(request))


def _is_open(request: HttpRequest, person: Customer) -> bool:
    match = request.resolver_match
    name = match.url_name if match and not match.namespaces else ""
    # The API knows no sessions, only tokens.
    if name in ALWAYS_OPEN or request.path.startswith("/api/"):
        return True
    return name in (SHOWING if second_factor.has_one(person) else SETTING_UP)


class KeptSettingsMiddleware:
    """Begin each page with the catalogue and the calendars that are in force."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        look_again()
        return self.get_response(request)


class AppealErrorMiddleware:
    """Turn what we refuse into a page that says why; what is not theirs does not exist."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, AppealNotFound):
            return page_not_found(request, exception)
        if isinstance(exception, AppealError):
            context = {"message": exception.message, "back": _way_back(request)}
            return render(request, "portal/refused.html", context, status=409)
        return None


def _way_back(request: HttpRequest) -> str:
    came_from = urlsplit(request.headers.get("Referer", ""))
    is_ours = came_from.netloc == request.get_host()
    return _path_of(came_from.geturl()) if is_ours else settings.LOGIN_REDIRECT_URL
