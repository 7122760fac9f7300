"""What a provider says later: once, forward only, whatever the order."""

import itertools
import uuid

import pytest

from notifications.models import Delivery, Receipt, Suppression
from notifications.receipts import Word, apply_receipt
from tests.notifications.builders import attempt_of, owe_email, owe_sms, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def sms(twilio):
    (delivery,) = owe_sms()
    send("sms")
    return delivery


@pytest.fixture
def email(sendgrid):
    (delivery,) = owe_email()
    send("email")
    return delivery


def hear(delivery, word, *, event_id="", provider="twilio", **details):
    return apply_receipt(
        Word(
            provider=provider,
            event_id=event_id or f"{delivery.pk}:{word}",
            word=word,
            body_sha256="0" * 64,
            **{"attempt_id": attempt_of(delivery).pk, **details},
        )
    )


def state_of(delivery):
    return Delivery.objects.get(pk=delivery.pk).state


def test_a_message_moves_to_delivered(sms):
    assert hear(sms, "sent")
    assert state_of(sms) == "accepted"
    assert hear(sms, "delivered")

    delivery = Delivery.objects.get(pk=sms.pk)
    assert (delivery.state, delivery.reason) == ("delivered", "")
    assert delivery.ended_at is not None


def test_a_repeated_word_counts_once(sms):
    assert hear(sms, "delivered")
    before = Delivery.objects.get(pk=sms.pk).ended_at

    assert not hear(sms, "delivered")

    assert Receipt.objects.count() == 1
    assert Delivery.objects.get(pk=sms.pk).ended_at == before


@pytest.mark.parametrize(
    "order", list(itertools.permutations(["queued", "sent", "delivered"])), ids="-".join
)
def test_the_order_of_arrival_does_not_matter(sms, order):
    for word in order:
        hear(sms, word)

    assert state_of(sms) == "delivered"
    assert Receipt.objects.count() == 3


def test_a_bounce_may_follow_delivered_and_then_stands(email):
    hear(email, "delivered", provider="sendgrid")
    hear(email, "bounce", provider="sendgrid", code="bounce")
    hear(email, "delivered", provider="sendgrid", event_id="late")

    delivery = Delivery.objects.get(pk=email.pk)
    assert (delivery.state, delivery.reason) == ("undelivered", "The mailbox sent it back.")


@pytest.mark.parametrize("word", ["queued", "sent", "delivered", "undelivered"])
def test_unknown_is_resolved_by_any_word(twilio, word):
    (delivery,) = owe_sms()
    twilio.play("accept_then_cut")
    send("sms")
    assert state_of(delivery) == "unknown"

    hear(delivery, word, provider_ref="SM9")

    found = Delivery.objects.get(pk=delivery.pk)
    expected = {"delivered": "delivered", "undelivered": "undelivered"}
    assert found.state == expected.get(word, "accepted")
    assert found.provider_ref == "SM9"


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_what_has_ended_here_is_not_revived(sms, state):
    Delivery.objects.filter(pk=sms.pk).update(state=state)

    hear(sms, "delivered")

    assert state_of(sms) == state


@pytest.mark.parametrize(
    ("code", "reason", "is_suppressed"),
    [
        ("30003", "The phone could not be reached for now.", False),
        ("30006", "This is a landline, which cannot get an SMS.", True),
        ("21610", "The person answered STOP.", True),
        ("30008", "The SMS service cannot reach this number.", False),
        ("", "The provider says that it did not arrive.", False),
        ("what", "The provider says that it did not arrive.", False),
    ],
)
def test_an_sms_that_did_not_arrive_says_why(sms, code, reason, is_suppressed):
    hear(sms, "undelivered", code=code)

    assert Delivery.objects.get(pk=sms.pk).reason == reason
    assert Suppression.objects.filter(channel="sms", address=sms.address).exists() == is_suppressed


@pytest.mark.parametrize(
    ("word", "code", "state", "is_suppressed"),
    [
        ("bounce", "bounce", "undelivered", True),
        ("bounce", "blocked", "undelivered", False),
        ("dropped", "", "undelivered", False),
        ("spamreport", "", "delivered", True),
        ("unsubscribe", "", "delivered", True),
        ("deferred", "", "accepted", False),
        ("open", "", "delivered", False),
    ],
)
def test_words_about_emails(email, word, code, state, is_suppressed):
    hear(email, word, code=code, provider="sendgrid")

    assert state_of(email) == state
    assert Suppression.objects.exists() == is_suppressed


def test_a_word_we_do_not_know_is_kept_and_moves_nothing(sms, caplog):
    assert hear(sms, "teleported")

    assert state_of(sms) == "accepted"
    assert Receipt.objects.get().word == "teleported"
    assert "new word" in caplog.text


def test_a_message_is_found_by_the_providers_id_too(sms, twilio):
    hear(sms, "delivered", attempt_id=None, provider_ref=twilio.accepted[0].ref)

    assert state_of(sms) == "delivered"


def test_a_word_about_nothing_we_sent_is_kept_without_an_attempt(sms):
    assert hear(sms, "delivered", attempt_id=uuid.uuid4())
    assert hear(sms, "delivered", event_id="other", attempt_id=None, provider_ref="SM-none")

    assert state_of(sms) == "accepted"
    assert Receipt.objects.filter(attempt=None).count() == 2
