"""What people fill in at the doors."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.models import Customer
from portal.sign_in.addresses import LONGEST, Address, read_address
from portal.sign_in.codes import DIGITS, clean_digits
from portal.sign_in.limits import TooMany

CODE_FIELD = {
    "inputmode": "numeric",
    "autocomplete": "one-time-code",
    "autocapitalize": "off",
    "spellcheck": "false",
    "class": "code-input",
}


def wait_text(refused: TooMany) -> str:
    """Say how long to wait, in words."""
    if refused.seconds <= 60:
        return ngettext(
            "Please wait %(count)d second, then try again.",
            "Please wait %(count)d seconds, then try again.",
            refused.seconds,
        ) % {"count": refused.seconds}
    if refused.minutes <= 90:
        return ngettext(
            "That was too often. Please wait %(count)d minute, then try again.",
            "That was too often. Please wait %(count)d minutes, then try again.",
            refused.minutes,
        ) % {"count": refused.minutes}
    hours = -(-refused.minutes // 60)
    return ngettext(
        "That was too often. Please wait %(count)d hour, then try again, or call us.",
        "That was too often. Please wait %(count)d hours, then try again, or call us.",
        hours,
    ) % {"count": hours}


class AddressForm(forms.Form):
    address = forms.CharField(
        label=_("E-mail address or mobile number"),
        max_length=LONGEST,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "off", "spellcheck": "false"}
        ),
        error_messages={"required": _("Please type your e-mail address or your mobile number.")},
    )

    def clean_address(self) -> Address:
        return read_address(self.cleaned_data["address"])


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(attrs=CODE_FIELD),
        error_messages={"required": _("Please type the code we sent you.")},
    )

    def clean_code(self) -> str:
        code = clean_digits(self.cleaned_data["code"])
        # Not a try: nobody guesses with seven digits.
        if len(code) != DIGITS or not code.isascii() or not code.isdigit():
            raise ValidationError(_("A code has 8 digits. Please look at our message again."))
        return code


class StaffForm(forms.Form):
    login = forms.CharField(
        label=_("E-mail address or reference"),
        max_length=LONGEST,
        error_messages={"required": _("Please type your e-mail address or your reference.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "off", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        error_messages={"required": _("Please type your password.")},
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewPasswordForm(forms.Form):
    password = forms.CharField(
        label=_("New password"),
        help_text=_("At least 12 characters. A sentence that only you would think of is good."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same password again"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        try:
            validate_password(password, self.person)
        except ValidationError as error:
            # One sentence for every fault: Django's own are not all there in Chinese.
            raise ValidationError(
                _("This password is too short or too easy to guess. Take at least 12 characters.")
            ) from error
        return password

    def clean(self) -> dict[str, Any]:
        fields = self.cleaned_data
        if "password" in fields and fields["password"] != fields.get("again"):
            self.add_error("again", _("The two passwords are not the same."))
        return fields
