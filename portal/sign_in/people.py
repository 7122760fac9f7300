"""Who may come in by which door."""

from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from notifications.api import ChannelKind
from portal.models import Customer
from portal.sign_in.addresses import Address, keyed


def find_customer(address: Address) -> Customer | None:
    """Return the one customer this address proves; a shared address proves nobody."""
    if address.channel == ChannelKind.EMAIL:
        has_address: Q | Exact[Any] = Exact(Lower("email"), address.value)
    else:
        has_address = Q(phone=address.value)
    # A member of staff with the same address has a door of their own.
    people = Customer.objects.filter(has_address, is_staff=False).order_by("only_helps")
    owners = list(people[:2])
    if len(owners) == 2 and owners[1].only_helps:
        # Who only helps others gives way: nobody loses their own account by being named.
        owners.pop()
    return owners[0] if len(owners) == 1 and owners[0].is_active else None


def find_staff(login: str) -> Customer | None:
    """Return the one active member of staff with this e-mail address or reference."""
    is_named = Q(reference=login) | Q(Exact(Lower("email"), login.lower()))
    people = list(Customer.objects.filter(is_named, is_staff=True)[:2])
    return people[0] if len(people) == 1 and people[0].is_active else None


def address_of(person: Customer, channel: ChannelKind) -> str:
    """Return the address we hold, which may be spelled unlike the one that was typed."""
    return (person.email if channel == ChannelKind.EMAIL else person.phone) or ""


def account_name(person_id: int) -> str:
    """Return what an account is called in limits and in known devices."""
    return keyed(f"account:{person_id}")


def login_name(login: str) -> str:
    """Return what a staff login is called there, whoever it may be."""
    return keyed(f"staff:{login.lower()}")


def names_of(person: Customer) -> list[str]:
    """Return every name under which this person may come to a door."""
    names = [account_name(person.pk)]
    if person.is_staff:
        logins = filter(None, (person.reference, person.email))
        return [*names, *(login_name(login) for login in logins)]
    for channel in (ChannelKind.EMAIL, ChannelKind.SMS):
        value = address_of(person, channel)
        if value:
            names.append(Address(channel, value.lower()).key)
    return names
