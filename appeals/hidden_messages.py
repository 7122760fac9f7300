"""Messages about restricted cases stand in no list of the uncleared."""

from django.db.models import Exists, Func, OuterRef, Q, TextField, Value

from appeals.access import clearance_of
from appeals.models import Appeal
from notifications.api import check_before_showing
from portal.models import Customer

A_REFERENCE = "AP-[0-9A-Z]{4}-[0-9A-Z]{4}"


def hide() -> None:
    """Have the messages about restricted cases shown to cleared staff only."""
    check_before_showing(is_visible)


def is_visible(person: Customer, path: str) -> Q:
    """By the page a message leads to: it names the appeal, whoever is told and whatever of it."""
    named = Func(OuterRef(path), Value(A_REFERENCE), function="substring", output_field=TextField())
    restricted = Q(is_restricted=True) | Q(queue__is_restricted=True)
    hidden = Exists(Appeal.objects.filter(restricted, reference=named))
    return ~hidden | Q(clearance_of(person))
