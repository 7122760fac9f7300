"""A try at a door: counted first, then made, and given back if it was right."""

from django.http import HttpRequest

from portal.models import Customer, SignInCode
from portal.sign_in import buckets
from portal.sign_in.addresses import Address
from portal.sign_in.asking import ask_for_code
from portal.sign_in.checking import owner_of, use_code
from portal.sign_in.limits import Bucket, TooMany, give_back, take
from portal.sign_in.passwords import check_password
from portal.sign_in.people import find_staff, login_name


def send_code(request: HttpRequest, address: Address) -> SignInCode:
    """Have a code sent, or raise TooMany."""
    take(buckets.for_sending(request, address.key))
    return ask_for_code(address)


def try_code(request: HttpRequest, *, code_id: int, address: Address, typed: str) -> Customer:
    """Return whom the code lets in, or raise TooMany, CodeIsOver or WrongCode."""
    taken = take(buckets.for_trying(request, address.key))
    of_account = _take_quietly(buckets.for_account(request, address.key, owner_of(code_id)))
    person = use_code(code_id, typed, is_blocked=of_account is None)
    give_back([*taken, *(of_account or [])])
    return person


def try_password(request: HttpRequest, *, login: str, password: str) -> Customer | None:
    """Return the member of staff whose password this is, or raise TooMany."""
    name = login_name(login)
    taken = take(buckets.for_trying(request, name))
    person = find_staff(login)
    of_account = _take_quietly(buckets.for_account(request, name, person.pk if person else None))
    if not check_password(person, password) or of_account is None:
        return None
    give_back([*taken, *of_account])
    return person


def _take_quietly(wanted: list[Bucket]) -> list[int] | None:
    """Count, or return nothing when the account is full: only the typed name may say so."""
    try:
        return take(wanted)
    except TooMany:
        return None
