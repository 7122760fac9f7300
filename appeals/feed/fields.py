"""Reads the values of a line one by one; each complaint names the place and what to do.

What belongs to a person (name, address, phone) is never repeated in a complaint.
"""

import re
import zoneinfo
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from appeals.catalogue.facts import MONEY, UNPRINTABLE, is_day, is_region
from appeals.feed.decoding import Unusable
from portal.lib.money import is_known_currency

RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
E_164 = re.compile(r"\+[1-9]\d{4,14}", re.ASCII)
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
FIRST_YEAR = 2000
# Aliases for the machine's own clock are no place on earth.
NOT_ZONES = {"localtime", "Factory", "posixrules"}


def take(
    tree: Any, place: str, keys: Collection[str], optional: Collection[str] = ()
) -> dict[str, Any]:
    """The object at this place, with exactly these keys and perhaps the optional ones."""
    if not isinstance(tree, dict):
        raise Unusable(f"{place} must be an object in braces.")
    for key in keys:
        if key not in tree:
            raise Unusable(
                f"{_join(place, key)} is missing. Send every part of the contract; "
                "write null where the contract allows that there is none."
            )
    for key in tree:
        if key not in keys and key not in optional:
            raise Unusable(f"{_join(place, _shown(key))} is not in the contract. Leave it out.")
    return tree


def text(value: Any, place: str, *, longest: int) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Unusable(f"{place} must be a text in quotes, and not empty.")
    if len(value) > longest:
        raise Unusable(f"{place} is longer than {longest} characters.")
    if UNPRINTABLE.search(value):
        raise Unusable(f"{place} holds a control character or half a character. Take it out.")
    return value


def choice(value: Any, place: str, choices: Collection[str]) -> str:
    if not isinstance(value, str) or value not in choices:
        raise Unusable(f"{place} is {_shown(value)}; it must be one of {', '.join(choices)}.")
    return value


def truth(value: Any, place: str) -> bool:
    if not isinstance(value, bool):
        raise Unusable(f"{place} must be true or false.")
    return value


def whole_number(value: Any, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 10**9:
        raise Unusable(f"{place} must be a whole number.")
    return value


def money(value: Any, place: str) -> Decimal:
    """An amount that is not negative, with at most 12 digits and two decimals."""
    if not isinstance(value, str):
        raise Unusable(f'{place} must be a decimal in quotes, such as "250.00".')
    if value.startswith("-"):
        raise Unusable(f"{place} is negative. Send 0.00 or more.")
    if not MONEY.fullmatch(value):
        raise Unusable(
            f"{place} is {_shown(value)}; it must be a decimal such as 250.00, "
            "with at most 12 digits before the point and two after it."
        )
    return Decimal(value)


def moment(value: Any, place: str) -> datetime:
    """A point in time with its offset, as RFC 3339 writes it."""
    if not isinstance(value, str) or not RFC_3339.fullmatch(value):
        raise Unusable(
            f"{place} is {_shown(value)}; it must be a date and time with its offset, "
            "such as 2026-09-30T12:00:00Z."
        )
    try:
        read = datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unusable(f"{place} is {_shown(value)}: there is no such date or time.") from None
    if read.year < FIRST_YEAR:
        raise Unusable(f"{place} is before the year {FIRST_YEAR}.")
    return read


def day(value: Any, place: str) -> date:
    if not is_day(value):
        raise Unusable(f"{place} is {_shown(value)}; it must be a day such as 2026-09-30.")
    return date.fromisoformat(value)


def region(value: Any, place: str) -> str:
    if not is_region(value):
        raise Unusable(f"{place} is {_shown(value)}; it must be an ISO 3166-2 code such as US-FL.")
    return str(value)


def currency(value: Any, place: str) -> str:
    if not isinstance(value, str) or not CURRENCY.fullmatch(value) or not _is_currency(value):
        raise Unusable(f"{place} is {_shown(value)}; it must be an ISO 4217 code such as USD.")
    return value


def time_zone(value: Any, place: str) -> str:
    if not isinstance(value, str) or value not in _zones():
        raise Unusable(
            f"{place} is {_shown(value)}; it must be an IANA name such as America/New_York."
        )
    return value


def email(value: Any, place: str) -> str | None:
    if value is None:
        return None
    try:
        validate_email(text(value, place, longest=254))
    except ValidationError:
        raise Unusable(f"{place} is not an e-mail address. Mend it, or send null.") from None
    return str(value)


def phone(value: Any, place: str) -> str | None:
    """A number that is possible in libphonenumber's sense; fiction has possible, invalid ones."""
    if value is None:
        return None
    if isinstance(value, str) and E_164.fullmatch(value) and _is_possible(value):
        return value
    raise Unusable(
        f"{place} is not a possible phone number. Send it as E.164, such as +12025550123, or null."
    )


def _is_possible(value: str) -> bool:
    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return False
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return bool(phonenumbers.is_possible_number(number)) and written == value


@lru_cache(maxsize=512)
def _is_currency(code: str) -> bool:
    return is_known_currency(code)


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones() - NOT_ZONES)


def _join(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _shown(value: Any) -> str:
    """The value as the complaint may quote it: short, and safe to store."""
    if isinstance(value, Mapping | list):
        return "an object" if isinstance(value, Mapping) else "a list"
    if value is None:
        return "null"
    quoted = ascii(value)
    return quoted if len(quoted) <= 60 else f"{quoted[:57]}..."
