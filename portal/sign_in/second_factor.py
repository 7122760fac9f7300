"""The second step: a code from an app, a recovery code, or a key."""

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import urlencode

from portal.models import Customer
from portal.sign_in.codes import clean_digits
from portal.sign_in.sessions import end_sessions, list_sessions

STRONG = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_one(person: Customer) -> bool:
    return bool(Authenticator.objects.filter(user=person, type__in=STRONG).exists())


def is_done(request: HttpRequest) -> bool:
    """Whether this session has shown a second factor, not merely that the person owns one."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def note_set_up(request: HttpRequest, person: Customer, kind: str) -> None:
    """Setting a factor up proves it as well as using it does; sessions without it end."""
    record_authentication(request, person, "mfa", type=kind, reauthenticated=True)
    end_sessions(list_sessions(person).exclude(session_key=request.session.session_key))


def next_step(request: HttpRequest) -> str:
    """Return where a member of staff goes who has not shown a second factor yet."""
    person = request.user
    types = set(Authenticator.objects.filter(user=person.pk).values_list("type", flat=True))
    if Authenticator.Type.TOTP in types:
        page = reverse("mfa_reauthenticate")
    elif Authenticator.Type.WEBAUTHN in types:
        page = reverse("mfa_reauthenticate_webauthn")
    else:
        return reverse("mfa_index")
    return f"{page}?{urlencode({'next': request.get_full_path()})}"


@transaction.atomic
def use_typed_code(person: Customer, typed: str) -> Authenticator | None:
    """Return the authenticator whose code this is, and let that code never work again."""
    code = clean_digits(typed)
    own = Authenticator.objects.select_for_update().filter(user=person)
    for authenticator in own.exclude(type=Authenticator.Type.WEBAUTHN).order_by("-type"):
        if authenticator.type == Authenticator.Type.TOTP:
            is_code = _use_totp(authenticator, code)
        else:
            is_code = authenticator.wrap().validate_code(code)
        if is_code:
            authenticator.user = person
            return authenticator
    return None


def _use_totp(authenticator: Authenticator, code: str) -> bool:
    # allauth remembers used codes in the cache; a cache that was emptied would let them in again.
    newest_used = authenticator.data.get("newest_used", -1)
    secret = decrypt(authenticator.data["secret"])
    for counter in yield_hotp_counters_from_time():
        expected = format_hotp_value(hotp_value(secret, counter))
        if constant_time_compare(code, expected) and counter > newest_used:
            authenticator.data["newest_used"] = counter
            authenticator.save(update_fields=["data"])
            return True
    return False
