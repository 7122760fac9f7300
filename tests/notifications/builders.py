"""Plain builders of people and messages for the tests of this app."""

import itertools
from typing import Any

from django.db import connection
from django.utils import timezone

from notifications.api import Notification, NotificationRequest, notify, notify_many
from notifications.channels import providers_of
from notifications.channels.base import Message, Provider
from notifications.delivery.claim import Batch, Claimed, claim
from notifications.ids import attempt_id
from notifications.kinds import ChannelKind, Lane
from notifications.models import Attempt, Delivery, Preference, PushSubscription
from notifications.tasks import dispatch
from portal.models import Customer
from tests.doubles import Browser

_numbers = itertools.count(1)


def create_person(name: str = "Alice Moore", **overrides: Any) -> Customer:
    """A customer with a phone and an e-mail address, awake at any hour."""
    number = next(_numbers)
    is_awake = overrides.pop("is_awake", True)
    fields: dict[str, Any] = {
        "reference": f"P-{number}",
        "name": name,
        "email": f"p{number}@example.org",
        "phone": f"+1202555{number % 10_000:04d}",
        "time_zone": "America/New_York",
    }
    person = Customer.objects.create_user(**{**fields, **overrides})
    if is_awake:
        prefer(person)
    return person


def prefer(person: Customer, **choices: Any) -> Preference:
    never = {"quiet_from": "08:00", "quiet_until": "08:00"}
    preference, _is_new = Preference.objects.update_or_create(
        person=person, defaults={**never, **choices}
    )
    return preference


def owe(person: Customer, type: str = "line_changed", **overrides: Any) -> Notification:
    fields: dict[str, Any] = {"dedupe_key": f"test:{next(_numbers)}", "path": "/decisions/LD-1/"}
    return notify(recipient=person, type=type, **{**fields, **overrides})


def subscribe(person: Customer, browser: Browser) -> PushSubscription:
    return PushSubscription.objects.create(
        person=person,
        endpoint=browser.endpoint,
        p256dh=browser.p256dh,
        auth=browser.auth,
        created_at=timezone.now(),
    )


def owe_sms(count: int = 1) -> list[Delivery]:
    return _owe_many(count, ChannelKind.SMS)


def owe_email(count: int = 1) -> list[Delivery]:
    return _owe_many(count, ChannelKind.EMAIL)


def _owe_many(count: int, channel: ChannelKind) -> list[Delivery]:
    """Owe each of many new people, who can be reached by one channel only, a message."""
    people = Customer.objects.bulk_create(_person_with(channel) for _ in range(count))
    Preference.objects.bulk_create(
        Preference(person=person, quiet_from="08:00", quiet_until="08:00") for person in people
    )
    notify_many(
        NotificationRequest(
            recipient_id=person.pk, type="line_changed", dedupe_key=f"test:{next(_numbers)}"
        )
        for person in people
    )
    return list(Delivery.objects.filter(notification__recipient__in=people).order_by("pk"))


def _person_with(channel: ChannelKind) -> Customer:
    number = next(_numbers)
    return Customer(
        reference=f"P-{number}",
        name="Alice Moore",
        email=f"p{number}@example.org" if channel == ChannelKind.EMAIL else None,
        phone=f"+1202555{number % 10_000:04d}" if channel == ChannelKind.SMS else None,
    )


def send(channel: ChannelKind | str, lane: str = "standard") -> None:
    """Do what a worker does when the doorbell rings."""
    dispatch(lane, str(channel))


def attempt_of(delivery: Delivery) -> Attempt:
    return delivery.attempts.latest("number")


def claim_sms(**options: Any) -> Batch:
    return claim(Lane.STANDARD, ChannelKind.SMS, **options)


def message_for(row: Claimed) -> Message:
    return Message(attempt_id=attempt_id(row.id, row.calls + 1), to=row.address, text="Hello")


def sms_provider() -> Provider:
    return providers_of(ChannelKind.SMS)[0]


def lease_runs_out() -> None:
    """Let the time of every lease be over, on the clock that counts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_delivery SET lease_until = now() - interval '1 second'"
            " WHERE lease_until IS NOT NULL"
        )
