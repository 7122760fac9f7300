"""The customers' door: give an address, get a code there, type it."""

from typing import Any

import structlog
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from notifications.api import ChannelKind
from portal.models import Customer
from portal.sign_in import door
from portal.sign_in.addresses import Address
from portal.sign_in.checking import CodeIsOver, WrongCode, was_used
from portal.sign_in.codes import LIFETIME
from portal.sign_in.forms import AddressForm, CodeForm, wait_text
from portal.sign_in.limits import TooMany

logger = structlog.get_logger(__name__)
ASKED = "sign_in"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(safe_next(request) or "portal:home")
    form = AddressForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                return _send(request, form.cleaned_data["address"], safe_next(request))
            except TooMany as refused:
                return too_many(request, "account/sign_in.html", form, refused)
        status = 422
    return render(request, "account/sign_in.html", _context(request, form), status=status)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    asked = request.session.get(ASKED)
    if request.user.is_authenticated:
        return redirect("portal:home")
    if asked is None:
        return redirect("account_login")
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                return _try(request, form, asked)
            except TooMany as refused:
                return too_many(request, "account/code.html", form, refused, asked)
        status = 422
    return render(request, "account/code.html", _code_context(form, asked), status=status)


@never_cache
@require_POST
def send_again(request: HttpRequest) -> HttpResponse:
    asked = request.session.get(ASKED)
    if request.user.is_authenticated or asked is None:
        return redirect("account_login")
    try:
        answer = _send(request, _address(asked), asked["next"])
    except TooMany as refused:
        return too_many(request, "account/code.html", CodeForm(), refused, asked)
    messages.success(request, _("We sent you a new code. Only the newest code works."))
    return answer


def safe_next(request: HttpRequest) -> str:
    """Return where the person wanted to go, if it is on this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if get_adapter(request).is_safe_url(wanted) else ""


def too_many(
    request: HttpRequest,
    template: str,
    form: Any,
    refused: TooMany,
    asked: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show the page again with how long to wait, the same for everybody who is refused."""
    logger.info("sign-in refused", cause="too many")
    context = _code_context(form, asked) if asked else _context(request, form)
    context["refused"] = wait_text(refused)
    answer = render(request, template, context, status=429)
    answer["Retry-After"] = str(refused.seconds)
    return answer


def _context(request: HttpRequest, form: Any) -> dict[str, Any]:
    return {"form": form, "next": safe_next(request)}


def _code_context(form: CodeForm, asked: dict[str, Any]) -> dict[str, Any]:
    minutes = int(LIFETIME[ChannelKind(asked["channel"])].total_seconds() // 60)
    is_sms = asked["channel"] == ChannelKind.SMS
    return {"form": form, "address": asked["address"], "minutes": minutes, "is_sms": is_sms}


def _address(asked: dict[str, Any]) -> Address:
    return Address(ChannelKind(asked["channel"]), asked["address"])


def _send(request: HttpRequest, address: Address, wanted: str) -> HttpResponse:
    sent = door.send_code(request, address)
    # The session that asked is the only one in which this code works.
    request.session[ASKED] = {
        "code": sent.pk,
        "channel": address.channel.value,
        "address": address.value,
        "next": wanted,
    }
    return redirect("sign-in-code")


def _try(request: HttpRequest, form: CodeForm, asked: dict[str, Any]) -> HttpResponse:
    address = _address(asked)
    typed = form.cleaned_data["code"]
    try:
        person = door.try_code(request, code_id=asked["code"], address=address, typed=typed)
    except WrongCode as wrong:
        form.add_error("code", _wrong_text(wrong.tries_left))
    except CodeIsOver:
        if was_used(asked["code"]):
            # A double click: the first of the two has opened the door for this browser.
            return redirect("portal:home")
        form.add_error("code", _("This code no longer works. Please ask for a new one."))
    else:
        return _come_in(request, person, asked)
    logger.info("sign-in refused", cause="code")
    return render(request, "account/code.html", _code_context(form, asked), status=422)


def _wrong_text(tries_left: int) -> str:
    if not tries_left:
        return _("This code is not right, and it cannot be tried again. Please ask for a new one.")
    return ngettext(
        "This code is not right. You can try %(count)d more time.",
        "This code is not right. You can try %(count)d more times.",
        tries_left,
    ) % {"count": tries_left}


def _come_in(request: HttpRequest, person: Customer, asked: dict[str, Any]) -> HttpResponse:
    del request.session[ASKED]
    record_authentication(request, person, "code", channel=asked["channel"], reauthenticated=True)
    # From here on it is allauth's: the second step where the person has one, then the session.
    login = Login(user=person, redirect_url=asked["next"] or None)
    answer: HttpResponse = perform_login(request, login)
    return answer
