"""What somebody types to say who they are, brought into one form."""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from notifications.api import ChannelKind

LONGEST = 254
_PHONE_LIKE = re.compile(r"[-+0-9().\s/]+")


@dataclass(frozen=True)
class Address:
    """An e-mail address in lower case, or a phone number as E.164."""

    channel: ChannelKind
    value: str

    @property
    def key(self) -> str:
        return keyed(f"{self.channel.value}:{self.value}")


def keyed(text: str) -> str:
    """Return a hash that cannot be turned back without our secret key, to count and compare by."""
    return salted_hmac("portal.sign_in", text, algorithm="sha256").hexdigest()[:32]


def read_address(text: str) -> Address:
    """Return the address in `text`; ValidationError says in plain words what is missing."""
    # A Chinese keyboard types ＠ and １３８ as readily as @ and 138.
    plain = unicodedata.normalize("NFKC", text).strip()
    return _read_email(plain) if "@" in plain else _read_phone(plain)


def _read_email(text: str) -> Address:
    try:
        validate_email(text)
    except ValidationError:
        raise ValidationError(
            _("This e-mail address is not complete. It looks like name@example.org.")
        ) from None
    return Address(ChannelKind.EMAIL, text.lower())


def _read_phone(text: str) -> Address:
    number = _parse_phone(text)
    if number is None:
        raise ValidationError(
            _(
                "This is not an e-mail address or a whole phone number. "
                "Start a phone number with + and the country code, like +1 202 555 0123."
            )
        )
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Address(ChannelKind.SMS, e164)


def _parse_phone(text: str) -> phonenumbers.PhoneNumber | None:
    # phonenumbers would read words as the letters on the keys.
    if not _PHONE_LIKE.fullmatch(text):
        return None
    try:
        number = phonenumbers.parse(text, settings.DEFAULT_PHONE_REGION)
    except phonenumbers.NumberParseException:
        return None
    # Possible, not valid: ranges reserved for fiction are not valid.
    return number if phonenumbers.is_possible_number(number) else None
