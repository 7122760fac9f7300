"""How far each message got, as its customer reads it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications import retention
from notifications.delivery import check
from notifications.ids import delivery_id
from notifications.kinds import ChannelKind
from notifications.models import Delivery, Notification
from notifications.receipts.words import BOUNCED
from notifications.rendering import title_of
from notifications.types import TYPES
from tests.notifications.builders import create_person, owe, send

pytestmark = pytest.mark.django_db


def message_page(client, message):
    return client.get(reverse("notifications:message", args=[message.public_id])).content.decode()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("ready", "Waiting to be printed"),
        ("accepted", "Printed"),
        ("delivered", "Posted"),
        ("cancelled", "Not posted"),
    ],
)
def test_a_letter_says_how_far_it_is(client, state, words):
    alice = create_person(phone=None, email=None)
    message = owe(alice)
    Delivery.objects.create(
        id=delivery_id(message.created_at, message.pk, ChannelKind.LETTER),
        notification=message, channel="letter", lane="standard", state=state,
        not_before=message.created_at, created_at=message.created_at,
    )  # fmt: skip
    client.force_login(alice)

    for text in (message_page(client, message), client.get("/messages/").content.decode()):
        assert "Letter" in text
        assert f">{words}</span>" in text


@pytest.mark.parametrize(
    ("state", "reason", "shown"),
    [
        (
            "unknown",
            "Our worker stopped before it heard the provider's answer.",
            "Sent, not confirmed",
        ),
        ("cancelled", check.TOO_LATE, "no longer of use when it could have been sent"),
        ("cancelled", check.SUPPRESSED, "You told us not to write there"),
        ("cancelled", "The decision was changed.", "The decision was changed."),
        ("undelivered", BOUNCED, "The mailbox sent it back."),
    ],
)
def test_every_state_is_said_with_its_cause_in_plain_words(client, state, reason, shown):
    alice = create_person()
    message = owe(alice)
    Delivery.objects.update(state=state, reason=reason, ended_at=message.created_at)
    client.force_login(alice)

    text = message_page(client, message)

    assert shown in text
    assert "worker" not in text


def test_our_own_troubles_are_not_the_customers(client):
    alice = create_person()
    message = owe(alice)
    Delivery.objects.update(
        state="failed", reason="Our account with the SMS service is not set up right."
    )
    client.force_login(alice)

    text = message_page(client, message)
    assert "Could not be sent" in text
    assert "account with" not in text


def test_a_message_that_was_sent_again_says_so_on_both_pages(client):
    alice = create_person()
    first, copy = owe(alice), owe(alice)
    Notification.objects.filter(public_id=copy.public_id).update(
        resends=first, resent_because="Staff only.", resent_by=create_person("Sam", is_staff=True)
    )
    client.force_login(alice)

    address = reverse("notifications:message", args=[copy.public_id])
    assert f'href="{address}">We sent this message again on' in message_page(client, first)
    again = message_page(client, copy)
    assert "Sent again: it repeats our message of" in again
    assert "Staff only." not in again
    assert "Sent again: it repeats our message of" in client.get("/messages/").content.decode()


def test_an_old_message_says_that_its_text_is_not_kept(client):
    alice = create_person()
    message = owe(alice, "appeal_decided", context={"reference": "AP-7K3M-92QX"})
    send("email")
    assert "AP-7K3M-92QX" in _signed_in(client, alice, message)
    Notification.objects.filter(public_id=message.public_id).update(
        created_at=timezone.now() - timedelta(days=401)
    )
    retention.drop_old_texts()

    text = message_page(client, message)

    assert "We keep the text of a message for 400 days." in text
    assert "AP-7K3M-92QX" not in text
    assert "Delivered" in text


def test_what_is_older_than_its_months_says_so(client):
    alice = create_person(phone=None, email=None)
    message = owe(alice)
    assert "Shown on this page only" in _signed_in(client, alice, message)
    Notification.objects.filter(public_id=message.public_id).update(
        created_at=timezone.now() - timedelta(days=1_000)
    )

    assert "How it was sent is no longer kept." in message_page(client, message)


@pytest.mark.parametrize("name", sorted(TYPES))
def test_every_message_has_a_title_even_without_its_details(name):
    message = owe(create_person(), name, context={})
    assert title_of(message) or name == "announcement"


def _signed_in(client, person, message):
    client.force_login(person)
    return message_page(client, message)
