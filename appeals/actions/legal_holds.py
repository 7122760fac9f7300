"""Legal holds: what they are about is not erased while they stand.

A supervisor places one, another one lifts it, both say why, and all of that stays written down.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import is_supervisor, list_cases
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import Appeal, LegalHold
from portal.models import Customer

MOST_CHARACTERS = 300


def hold_back(customer_id: int) -> None:
    """Hold the customer's row: a hold and an erasure of their papers happen one after the other."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer_id)


@transaction.atomic
def place_hold(*, about: Customer | Appeal, because: str, by: Customer) -> LegalHold:
    """Keep all of a customer, or of one appeal, until the hold is lifted."""
    if not is_supervisor(by):
        raise NotAllowed(_("Only a supervisor can place a legal hold."))
    words = _checked(because)
    if isinstance(about, Appeal):
        if not list_cases(by).filter(pk=about.pk).exists():
            raise NotAllowed(_("Only a cleared supervisor can place a hold on this appeal."))
        hold_back(about.customer_id)
        thing: dict[str, Any] = {"appeal": about}
    else:
        if about.is_staff:
            raise BadInput(_("Choose a customer."), field="customer_reference")
        hold_back(about.pk)
        thing = {"customer": about}
    return LegalHold.objects.create(**thing, because=words, placed_at=timezone.now(), placed_by=by)


@transaction.atomic
def lift_hold(*, hold: LegalHold, because: str, by: Customer) -> None:
    """Another supervisor says that the hold is needed no more, and why."""
    if not is_supervisor(by):
        raise NotAllowed(_("Only a supervisor can lift a legal hold."))
    if hold.placed_by_id == by.pk:
        raise NotAllowed(_("Somebody else has to lift the hold you placed."))
    words = _checked(because)
    standing = LegalHold.objects.standing().filter(pk=hold.pk)
    if not standing.update(lifted_at=timezone.now(), lifted_by=by, lifted_because=words):
        raise WrongState(_("This hold was lifted before."))


def _checked(because: str) -> str:
    words = because.strip()
    if not words:
        raise BadInput(_("Say why, in a few words."), field="because")
    if len(words) > MOST_CHARACTERS:
        raise BadInput(
            _("Say why in at most %(most)d characters.") % {"most": MOST_CHARACTERS},
            field="because",
        )
    return words
