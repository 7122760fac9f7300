"""Mail that had arrived and comes back after all: what is owed goes on as if it never arrived."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.delivery.settle import settle_due
from notifications.models import Delivery
from notifications.receipts import Word, apply_receipts
from tests.notifications.builders import attempt_of, create_person, owe
from tests.notifications.sent import sent_email, sent_sms

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def hear(delivery, said, provider="sendgrid"):
    word = Word(provider, f"{delivery.pk}:{said}", said, "", attempt_id=attempt_of(delivery).pk)
    assert apply_receipts([word]) == 1


def settled(owed, time=timedelta(seconds=1)):
    settle_due(timezone.now() + time)
    owed.refresh_from_db()
    return owed.settled_as


def states_of(owed):
    return dict(owed.deliveries.values_list("channel", "state"))


def owe_mail(**person):
    owed = owe(create_person(**person), is_mandatory=True)
    (mail,) = sent_email(only=list(owed.deliveries.filter(channel="email")))
    return owed, mail


def test_what_was_settled_goes_on_to_a_letter():
    owed, mail = owe_mail(phone=None)
    hear(mail, "delivered")
    assert settled(owed) == "reached"

    hear(mail, "bounce")

    assert settled(owed) == ""
    assert owed.settled_at is None
    assert states_of(owed) == {"email": "undelivered", "letter": "ready"}


def test_a_letter_that_was_called_off_is_printed_after_all():
    owed, mail = owe_mail(phone=None)
    Delivery.objects.filter(pk=mail.pk).update(sent_at=timezone.now() - 9 * DAY)
    settled(owed, 9 * DAY)
    hear(mail, "delivered")
    assert settled(owed, 10 * DAY) == "reached"
    assert states_of(owed) == {"email": "delivered", "letter": "cancelled"}

    hear(mail, "bounce")

    letter = owed.deliveries.get(channel="letter")
    assert (letter.state, letter.ended_at) == ("ready", None)
    assert settled(owed, 11 * DAY) == ""
    assert states_of(owed) == {"email": "undelivered", "letter": "ready"}


def test_while_an_sms_has_arrived_a_bounce_changes_nothing():
    owed, mail = owe_mail()
    (sms,) = sent_sms(only=list(owed.deliveries.filter(channel="sms")))
    hear(sms, "delivered", provider="twilio")
    hear(mail, "delivered")
    assert settled(owed) == "reached"

    hear(mail, "bounce")

    owed.refresh_from_db()
    assert owed.settled_as == "reached"
    assert states_of(owed) == {"sms": "delivered", "email": "undelivered"}


def test_what_was_overtaken_stays_at_rest():
    owed, mail = owe_mail(phone=None)
    type(owed).objects.filter(pk=owed.pk).update(
        settled_as="no_longer_true", settled_at=timezone.now(), settle_at=None
    )

    hear(mail, "bounce")

    assert settled(owed) == "no_longer_true"
    assert states_of(owed) == {"email": "undelivered"}
