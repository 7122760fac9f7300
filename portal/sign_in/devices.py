"""Devices that have signed in before: a stranger's tries must not lock their owner out.

A device that has once signed in to an account carries a signed cookie with a number of its own and
the (hashed) names it is known for. Its tries and codes are counted by that number, in a bucket that
no stranger can fill. The cookie opens nothing: whoever steals it has won ten tries an hour.
"""

import secrets
from collections.abc import Iterable

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

SALT = "portal.sign_in.device"
LIFETIME_SECONDS = 180 * 24 * 3600
# A family's tablet knows a few accounts; the cookie must not grow for ever.
MOST_NAMES = 12


def known_as(request: HttpRequest, name: str) -> str:
    """Return the number of the device if it has signed in under this name before, else nothing."""
    number, names = _read(request)
    return number if name in names else ""


def remember(request: HttpRequest, response: HttpResponseBase, names: Iterable[str]) -> None:
    """Let the device be known for these names from now on."""
    number, known = _read(request)
    merged = list(dict.fromkeys([*names, *known]))[:MOST_NAMES]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps([number or secrets.token_hex(16), merged], salt=SALT),
        max_age=LIFETIME_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    cookie = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    try:
        number, names = signing.loads(cookie, salt=SALT, max_age=LIFETIME_SECONDS)
    except signing.BadSignature:
        return "", []
    return number, names
