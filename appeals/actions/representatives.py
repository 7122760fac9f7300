"""Somebody on the customer's behalf: named by the customer, for one appeal, and ended by either."""

import secrets
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.actions.events import record
from appeals.actions.evidence import hold_appeal
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import Appeal, Authority, EventKind, Representative
from appeals.states import AppealState
from notifications.api import notify
from portal.models import Customer

MOST_EVER = 5
NO_HELP = frozenset({AppealState.WITHDRAWN, AppealState.DUPLICATE})


@dataclass(frozen=True)
class Helper:
    """Who is named, as it was typed."""

    name: str
    email: str
    authority: Authority


@transaction.atomic
def name_representative(
    *, appeal: Appeal, helper: Helper, words: str, by: Customer
) -> Representative:
    """Let this person read the appeal, send papers and answer in it; both are told.

    In a draft they may write too. Only the customer sends it.
    """
    if appeal.customer_id != by.pk:
        raise NotAllowed(_("Only the person whose appeal it is can name somebody to help."))
    locked = hold_appeal(appeal)
    if AppealState(locked.state) in NO_HELP:
        raise WrongState(_("In this appeal nobody can be named to help."))
    if locked.representatives.standing().exists():
        raise WrongState(_("Somebody helps you already. End that first."))
    if locked.representatives.count() >= MOST_EVER:
        raise WrongState(_("You have named many people in this appeal. Please call us."))
    person = _person(helper, by)
    row = Representative.objects.create(
        appeal=locked,
        person=person,
        name=helper.name,
        authority=helper.authority,
        words=words,
        given_at=timezone.now(),
    )
    record(locked, EventKind.HELPER_NAMED, by, authority=helper.authority.value)
    _tell(row, locked, person, "helper_named")
    _tell(row, locked, by, "helper_changed", change="named")
    return row


def _person(helper: Helper, by: Customer) -> Customer:
    """Whoever signs in with this address; made if nobody does.

    An address of two people proves neither, so nobody can come in by it.
    """
    email = helper.email.strip().lower()
    if email == (by.email or "").lower():
        raise BadInput(_("This is your own address. Enter theirs."), field="email")
    found = list(Customer.objects.filter(Exact(Lower("email"), email))[:2])
    if len(found) > 1 or any(one.is_staff or not one.is_active for one in found):
        raise BadInput(
            _("We cannot let this address help you here. Please call us."), field="email"
        )
    return found[0] if found else _new_person(helper.name, email, by)


def _new_person(name: str, email: str, by: Customer) -> Customer:
    """Somebody without a line; of two made at once for one address the first one stays."""
    try:
        with transaction.atomic():
            return Customer.objects.create_user(
                f"H-{secrets.token_hex(8)}",
                name=name,
                email=email,
                locale=by.locale,
                time_zone=by.time_zone,
                jurisdiction=by.jurisdiction,
                only_helps=True,
            )
    except IntegrityError:
        return Customer.objects.get(Exact(Lower("email"), email), only_helps=True)


@transaction.atomic
def end_representation(*, representative: Representative, by: Customer) -> None:
    """End it at once: by the customer, or by who was named. The other one is told."""
    appeal = hold_appeal(representative.appeal)
    if by.pk not in {appeal.customer_id, representative.person_id}:
        raise NotAllowed(_("Only the two of you can end this."))
    standing = Representative.objects.standing().filter(pk=representative.pk)
    if not standing.update(ended_at=timezone.now(), ended_by=by):
        raise WrongState(_("This was ended before."))
    record(appeal, EventKind.HELPER_ENDED, by)
    for person in (appeal.customer, representative.person):
        _tell(representative, appeal, person, "helper_changed", change="ended")


def _tell(row: Representative, appeal: Appeal, person: Customer, kind: str, **context: str) -> None:
    is_own = person.pk == appeal.customer_id
    notify(
        recipient=person,
        type=kind,
        dedupe_key=f"helper:{row.pk}:{kind}:{context.get('change', '')}:{person.pk}",
        context={"reference": appeal.reference, **context},
        path=f"/appeals/{appeal.reference}/" if is_own else "/appeals/",
    )
