"""What a person may choose about themselves."""

from dataclasses import dataclass
from datetime import time

from django.db import transaction
from django.utils import timezone

from notifications.api import Preference
from portal.models import Customer


@dataclass(frozen=True)
class Choices:
    locale: str
    time_zone: str
    sms: bool
    email: bool
    push: bool
    quiet_from: time
    quiet_until: time
    # None where the law does not ask for it.
    esign: bool | None = None


@transaction.atomic
def choose(*, person: Customer, choices: Choices) -> None:
    """Keep a person's language, time zone, channels and quiet hours."""
    person.locale = choices.locale
    person.time_zone = choices.time_zone
    if choices.esign is not None and choices.esign is not (person.esign_consent is True):
        person.esign_consent = choices.esign
        person.esign_consent_on = timezone.now().astimezone(person.zone).date()
    person.save(update_fields=["locale", "time_zone", "esign_consent", "esign_consent_on"])
    Preference.objects.update_or_create(
        person=person,
        defaults={
            "sms": choices.sms,
            "email": choices.email,
            "push": choices.push,
            "quiet_from": choices.quiet_from,
            "quiet_until": choices.quiet_until,
        },
    )


def choose_language(*, person: Customer, locale: str) -> None:
    person.locale = locale
    person.save(update_fields=["locale"])
