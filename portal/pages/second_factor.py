"""Passkeys, authenticator apps and recovery codes: allauth's pages with our rules around them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.reauthentication import (
    get_authentication_records,
    get_reauthentication_flows,
)
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from portal.sign_in import second_factor, sessions

View = Callable[..., HttpResponseBase]


def fresh_sign_in_required(view: View) -> View:
    """Ask a person who has nothing but codes to sign in again before they add something stronger.

    allauth asks people with a password or a second factor itself; the others it lets through.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not is_fresh(request):
            context = {"next": request.get_full_path()}
            return render(request, "account/sign_in_again.html", context)
        return view(request, *args, **kwargs)

    return wrapped


def is_fresh(request: HttpRequest) -> bool:
    """Whether they came in just now; who has more than codes is asked by allauth instead."""
    if get_reauthentication_flows(request.user):
        return True
    times = [record["at"] for record in get_authentication_records(request, request.user)]
    newest = max(times, default=0.0)
    return timezone.now().timestamp() - newest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


class SecurityPage(IndexView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        person = self.request.user
        kinds = context["authenticators"]
        context["has_strong"] = bool(kinds.get("totp") or kinds.get("webauthn"))
        context["must_set_up"] = person.is_staff and not context["has_strong"]
        context["session_count"] = sessions.list_sessions(person).count()
        return context


class SecondStepPage(AuthenticateView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        own = Authenticator.objects.filter(user=self.stage.login.user)
        context["has_app"] = own.filter(type=Authenticator.Type.TOTP).exists()
        return context


class AppPage(ActivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        second_factor.note_set_up(self.request, self.request.user, Authenticator.Type.TOTP)
        return answer


class PasskeyPage(AddWebAuthnView):
    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        second_factor.note_set_up(self.request, self.request.user, Authenticator.Type.WEBAUTHN)
        return answer


class RemovePasskeyPage(RemoveWebAuthnView):
    def form_valid(self, form: Any) -> HttpResponse:
        if not get_adapter().can_delete_authenticator(self.get_object()):
            refusal = get_adapter().error_messages["cannot_delete_authenticator"]
            messages.error(self.request, refusal)
            return redirect("mfa_list_webauthn")
        answer: HttpResponse = super().form_valid(form)
        return answer
