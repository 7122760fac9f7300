"""Forms of the second step: allauth's, counted in PostgreSQL and proof against rubbish."""

from typing import Any

from allauth.account.forms import ReauthenticateForm as PasswordAgainForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.models import Customer
from portal.sign_in import buckets
from portal.sign_in.forms import CODE_FIELD, wait_text
from portal.sign_in.limits import TooMany, give_back, take
from portal.sign_in.passwords import check_password
from portal.sign_in.people import account_name
from portal.sign_in.second_factor import use_typed_code


class _CountedCode(forms.Form):
    """Count each typed code in PostgreSQL; allauth would count in the cache."""

    user: Customer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs = {**CODE_FIELD, "maxlength": 20}
        self.fields["code"].label = _("Code")

    def clean_code(self) -> str:
        typed: str = self.cleaned_data["code"]
        taken = _take_for(self.user)
        authenticator = use_typed_code(self.user, typed)
        if authenticator is None:
            raise get_adapter().validation_error("incorrect_code")
        give_back(taken)
        self.authenticator: Authenticator = authenticator
        return typed


class SecondStepForm(_CountedCode, AuthenticateForm):
    pass


class SecondStepAgainForm(_CountedCode, ReauthenticateForm):
    pass


class AppForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs = {**CODE_FIELD, "maxlength": 20}
        self.fields["code"].label = _("Code from your app")


class CredentialField(forms.JSONField):
    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class _Credential(forms.Form):
    """Take what a browser's authenticator says, and survive what a stranger makes up."""

    credential = CredentialField(widget=forms.HiddenInput)


class PasskeyForm(_Credential, AddWebAuthnForm):
    name = forms.CharField(
        label=_("Name, so that you know it again"), max_length=60, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True
        if self.user.is_staff:
            # Staff always give their password first.
            del self.fields["passwordless"]


class PasskeySecondStepForm(_Credential, AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(_Credential, ReauthenticateWebAuthnForm):
    pass


class PasskeySignInForm(_Credential, LoginWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        authenticator = super().clean_credential()
        if authenticator.user.is_staff or not authenticator.user.is_active:
            raise get_adapter().validation_error("incorrect_code")
        return authenticator


class ConfirmPasswordForm(PasswordAgainForm):
    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        taken = _take_for(self.user)
        if not check_password(self.user, password):
            raise ValidationError(_("This is not your password."))
        give_back(taken)
        return password


def _take_for(person: Customer) -> list[int]:
    try:
        return take(buckets.for_trying(context.request, account_name(person.pk)))
    except TooMany as refused:
        raise ValidationError(wait_text(refused)) from refused
