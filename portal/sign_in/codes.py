"""The one-time code: eight digits, known in clear only to the person it is sent to."""

import re
import secrets
import unicodedata
from datetime import timedelta

from django.utils.crypto import constant_time_compare, salted_hmac

from notifications.api import ChannelKind

DIGITS = 8
MOST_TRIES = 5
LIFETIME = {ChannelKind.EMAIL: timedelta(minutes=10), ChannelKind.SMS: timedelta(minutes=5)}
# Longer than any code lives: what was asked before that is over, whatever became of it.
LONGEST_WAIT = timedelta(minutes=15)


def new_code() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def code_hash(code_id: int, code: str) -> str:
    """Return what is stored instead of the code; without our secret key it cannot be guessed."""
    salt = "portal.sign_in.code"
    return salted_hmac(salt, f"{code_id}:{code}", algorithm="sha256").hexdigest()


def is_right(code_id: int, typed: str, stored_hash: str) -> bool:
    return constant_time_compare(code_hash(code_id, typed), stored_hash)


def clean_digits(text: str) -> str:
    """Return what was typed without the spaces and dashes people put into long numbers."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
