"""The customers the feed speaks of: made when they are new, kept up to date afterwards."""

import secrets
from collections.abc import Collection
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import DateTimeField, OuterRef, Subquery

from appeals.actions.copying import copy_in, take_keys, update_rows
from appeals.feed import FeedConsent, FeedDecision
from appeals.models import LineDecision
from portal.models import Customer

# What the lender knows best. Language and zone are the customer's own choice once they are here.
FROM_FEED = ("name", "email", "phone", "jurisdiction", "region")
# The customer says it here too: of the feed's word and theirs the later one holds.
CONSENT = ("esign_consent", "esign_consent_on")


class KnownCustomers:
    """The customers of one batch, locked in one order so that two batches never stand still."""

    def __init__(self, references: Collection[str]) -> None:
        newest = LineDecision.objects.filter(customer=OuterRef("pk")).order_by("-decided_at")
        rows = (
            Customer.objects.filter(reference__any_of=references)
            .order_by("reference")
            .select_for_update(no_key=True, of=("self",))
            .annotate(
                newest=Subquery(newest.values("decided_at")[:1], output_field=DateTimeField())
            )
        )
        self._people: dict[str, Customer] = {person.reference: person for person in rows}
        self._newest = {
            reference: person.newest  # type: ignore[attr-defined]
            for reference, person in self._people.items()
        }
        self._told: dict[str, FeedDecision] = {}

    def complaint(self, decision: FeedDecision) -> str:
        """Why this decision may not speak of its customer, if so."""
        person = self._people.get(decision.customer.reference)
        if person and person.is_staff:
            return "customer.ref belongs to a member of staff. Give the customer another one."
        return ""

    def admit(self, decision: FeedDecision) -> None:
        """Remember what the newest decision says about each customer."""
        reference = decision.customer.reference
        told = self._told.get(reference)
        if told is None or told.decided_at <= decision.decided_at:
            self._told[reference] = decision

    def save(self) -> None:
        """Make the new ones; bring the others up to date where the feed is newer than we are."""
        new = sorted(self._told.keys() - self._people.keys())
        for key, reference in zip(take_keys(Customer, len(new)), new, strict=True):
            self._people[reference] = _new_customer(key, self._told[reference])
        copy_in([self._people[reference] for reference in new])
        changed = [
            self._people[reference]
            for reference in sorted(self._told.keys() - set(new))
            if self._bring_up_to_date(reference)
        ]
        update_rows(changed, (*FROM_FEED, *CONSENT))

    def get(self, reference: str) -> Customer:
        return self._people[reference]

    def _bring_up_to_date(self, reference: str) -> bool:
        person, decision = self._people[reference], self._told[reference]
        newest = self._newest[reference]
        if newest and newest > decision.decided_at:
            return False
        fresh = {name: getattr(decision.customer, name) for name in FROM_FEED}
        fresh |= _newer_consent(person, decision.customer.esign_consent)
        if all(getattr(person, name) == value for name, value in fresh.items()):
            return False
        for name, value in fresh.items():
            setattr(person, name, value)
        return True


def _newer_consent(person: Customer, told: FeedConsent | None) -> dict[str, Any]:
    if told is None or (person.esign_consent_on and person.esign_consent_on >= told.on):
        return {}
    return {"esign_consent": told.given, "esign_consent_on": told.on}


def _new_customer(key: int, decision: FeedDecision) -> Customer:
    told = decision.customer
    return Customer(
        pk=key,
        # What make_password(None) gives, from one read of the random source and not from forty.
        password=f"{UNUSABLE_PASSWORD_PREFIX}{secrets.token_hex(20)}",
        reference=told.reference,
        locale=told.locale,
        time_zone=told.time_zone,
        esign_consent=told.esign_consent.given if told.esign_consent else None,
        esign_consent_on=told.esign_consent.on if told.esign_consent else None,
        **{name: getattr(told, name) for name in FROM_FEED},
    )
