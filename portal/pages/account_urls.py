"""Addresses of sign-in: ours, and those of django-allauth's pages that we use, one by one.

What is not listed does not exist here: signing up, passwords for customers, changing an address.
"""

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_safe
from django.views.generic import RedirectView

from portal.pages import second_factor, sessions, settings, sign_in
from portal.pages.second_factor import View, fresh_sign_in_required


def _page(route: str, view: Any, name: str) -> URLPattern:
    """Allow what a browser sends: allauth's views would take PUT for POST."""
    guarded: View = require_http_methods(["GET", "HEAD", "POST"])(view)
    return path(route, guarded, name=name)


_old_door = RedirectView.as_view(pattern_name="account_login", query_string=True)

urlpatterns = [
    path("language/", settings.set_language, name="set_language"),
    path("account/sign-in/", sign_in.sign_in, name="account_login"),
    path("account/sign-in/code/", sign_in.code, name="sign-in-code"),
    path("account/sign-in/again/", sign_in.send_again, name="sign-in-again"),
    path("account/login/", require_safe(_old_door)),
    _page("account/sign-out/", account.logout, "account_logout"),
    _page("account/confirm/", account.reauthenticate, "account_reauthenticate"),
    path("account/sessions/", sessions.list_own, name="usersessions_list"),
    path("account/sessions/end/", sessions.end_others, name="end-other-sessions"),
    path("account/sessions/<int:pk>/end/", sessions.end_one, name="end-session"),
    path("account/security/", require_safe(second_factor.SecurityPage.as_view()), name="mfa_index"),
    _page("account/second-step/", second_factor.SecondStepPage.as_view(), "mfa_authenticate"),
    _page("account/second-step/confirm/", mfa.reauthenticate, "mfa_reauthenticate"),
    _page(
        "account/security/app/",
        fresh_sign_in_required(second_factor.AppPage.as_view()),
        "mfa_activate_totp",
    ),
    _page("account/security/app/remove/", totp.deactivate_totp, "mfa_deactivate_totp"),
    _page("account/security/codes/", recovery.view_recovery_codes, "mfa_view_recovery_codes"),
    _page(
        "account/security/codes/new/",
        recovery.generate_recovery_codes,
        "mfa_generate_recovery_codes",
    ),
    _page(
        "account/security/codes/download/",
        recovery.download_recovery_codes,
        "mfa_download_recovery_codes",
    ),
    _page("account/security/passkeys/", webauthn.list_webauthn, "mfa_list_webauthn"),
    _page(
        "account/security/passkeys/add/",
        fresh_sign_in_required(second_factor.PasskeyPage.as_view()),
        "mfa_add_webauthn",
    ),
    _page(
        "account/security/passkeys/<int:pk>/remove/",
        second_factor.RemovePasskeyPage.as_view(),
        "mfa_remove_webauthn",
    ),
    _page("account/security/passkeys/<int:pk>/name/", webauthn.edit_webauthn, "mfa_edit_webauthn"),
    _page("account/passkey/", webauthn.login_webauthn, "mfa_login_webauthn"),
    _page(
        "account/passkey/confirm/", webauthn.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"
    ),
]
