"""Consent to electronic notices: where the law asks for it, a letter is the notice without it."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from appeals.actions.ingest import ingest_one
from notifications.delivery.settle import ONLY_ON_PAPER, settle_due
from notifications.kinds import ChannelKind, DeliveryState
from notifications.models import Delivery, Notification
from portal.models import Customer
from tests.appeals.builders import create_customer
from tests.appeals.feeds import as_bytes, feed_line, reason

TUESDAY = datetime(2026, 12, 1, 15, tzinfo=UTC)
YES, NO = {"given": True, "on": "2026-03-01"}, {"given": False, "on": "2026-06-01"}

pytestmark = pytest.mark.django_db


def take(consent=None, **line):
    person = {"esign_consent": consent, **line.pop("customer", {})}
    answer = ingest_one(as_bytes(feed_line(customer=person, **line)), source="test")
    assert answer.status in {"created", "unchanged"}, answer.error
    return answer


def channels():
    return sorted(Delivery.objects.values_list("channel", flat=True))


def test_without_consent_the_letter_begins_at_once_beside_the_alerts():
    take()

    assert Notification.objects.get().needs_letter
    assert channels() == ["email", "sms"]
    settle_due()
    assert channels() == ["email", "letter", "sms"]
    letter = Delivery.objects.get(channel=ChannelKind.LETTER)
    assert (letter.state, letter.reason) == (DeliveryState.READY, ONLY_ON_PAPER)


def test_an_alert_that_arrived_is_not_the_notice():
    take()
    settle_due()
    alerts = Delivery.objects.exclude(channel=ChannelKind.LETTER)
    alerts.update(state=DeliveryState.DELIVERED)
    Notification.objects.update(settle_at=datetime(2026, 1, 1, tzinfo=UTC))

    settle_due()

    told = Notification.objects.get()
    assert (told.settled_at, told.settle_at) == (None, None)
    assert Delivery.objects.get(channel=ChannelKind.LETTER).state == DeliveryState.READY


def test_the_letter_that_is_posted_is_the_notice():
    take()
    settle_due()
    Delivery.objects.filter(channel=ChannelKind.LETTER).update(state=DeliveryState.DELIVERED)
    Notification.objects.update(settle_at=datetime(2026, 1, 1, tzinfo=UTC))

    settle_due()

    assert Notification.objects.get().settled_as == "reached"


@pytest.mark.parametrize(
    ("consent", "line"),
    [
        (YES, {}),
        (None, {"customer": {"jurisdiction": "GB", "region": "GB-ENG"}}),
        (None, {"customer": {"jurisdiction": "CN", "region": "CN-HLJ"}}),
        (None, {"reasons": [reason("ACC-INACTIVE")]}),  # no notice is owed
        (None, {"action": "raise", "new_limit": "5000.00", "reasons": []}),
    ],
)
def test_with_consent_or_where_nobody_asks_for_it_there_is_no_letter(consent, line):
    take(consent, **line)
    settle_due()

    assert "letter" not in channels()


# --- Consent as data -----------------------------------------------------------------------------


def consent_of(reference):
    person = Customer.objects.get(reference=reference)
    return person.esign_consent, person.esign_consent_on


def test_the_feed_says_it_and_the_later_day_holds():
    take(YES, customer={"ref": "C-1"}, line={"ref": "L-1"})
    assert consent_of("C-1") == (True, date(2026, 3, 1))
    take(NO, customer={"ref": "C-1"}, line={"ref": "L-1"})
    assert consent_of("C-1") == (False, date(2026, 6, 1))
    take(YES, customer={"ref": "C-1"}, line={"ref": "L-1"})
    assert consent_of("C-1") == (False, date(2026, 6, 1))


def test_a_line_that_says_nothing_takes_nothing_back():
    take(YES, customer={"ref": "C-1"}, line={"ref": "L-1"})

    take(None, customer={"ref": "C-1", "name": "Olga Moore"}, line={"ref": "L-1"})

    assert consent_of("C-1") == (True, date(2026, 3, 1))
    assert Customer.objects.get(reference="C-1").name == "Olga Moore"


@pytest.mark.parametrize(
    ("consent", "words"),
    [
        (True, "customer.esign_consent must be an object"),
        ({"given": True}, "customer.esign_consent.on is missing"),
        ({"given": "yes", "on": "2026-03-01"}, "given must be true or false"),
        ({"given": True, "on": "soon"}, "it must be a day"),
        ({"given": True, "on": "2999-01-01"}, "lies in the future"),
        ({"given": True, "on": "2026-03-01", "by": "me"}, "is not in the contract"),
    ],
)
def test_what_cannot_be_read_is_refused(consent, words):
    answer = ingest_one(as_bytes(feed_line(customer={"esign_consent": consent})), source="test")

    assert answer.status == "rejected"
    assert words in answer.error


# --- The customer's own choice -------------------------------------------------------------------


def keep(client, **fields):
    usual = {
        "locale": "en",
        "time_zone": "America/New_York",
        "email": "on",
        "quiet_from": "21:00",
        "quiet_until": "08:00",
    }
    return client.post(reverse("portal:settings"), {**usual, **fields})


def test_customers_choose_it_themselves_and_the_feeds_older_word_does_not_undo_it(client):
    olga = create_customer(esign_consent=True, esign_consent_on=date(2026, 1, 5))
    with time_machine.travel(TUESDAY, tick=False):
        client.force_login(olga)
        assert "instead of by letter" in client.get(reverse("portal:settings")).content.decode()
        keep(client)  # the box is not ticked

    assert consent_of(olga.reference) == (False, date(2026, 12, 1))
    take(YES, customer={"ref": olga.reference})
    assert consent_of(olga.reference) == (False, date(2026, 12, 1))
    with time_machine.travel(TUESDAY + timedelta(days=1), tick=False):
        client.force_login(olga)
        keep(client, esign="on")
    assert consent_of(olga.reference) == (True, date(2026, 12, 2))


def test_saving_other_settings_leaves_the_day_of_the_choice(client):
    olga = create_customer(esign_consent=True, esign_consent_on=date(2026, 1, 5))
    client.force_login(olga)

    keep(client, esign="on", quiet_from="22:00")

    assert consent_of(olga.reference) == (True, date(2026, 1, 5))


def test_where_the_law_does_not_ask_nobody_is_asked(client):
    emma = create_customer("Emma Reed", jurisdiction="GB", region="GB-ENG", esign_consent=None)
    client.force_login(emma)

    assert "instead of by letter" not in client.get(reverse("portal:settings")).content.decode()
    keep(client, esign="on")
    emma.refresh_from_db()
    assert emma.esign_consent is None
