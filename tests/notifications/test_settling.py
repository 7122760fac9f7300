"""What is owed goes from channel to channel until it arrived, and ends in a letter."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.delivery.settle import ARRIVED_ANOTHER_WAY, ENDED_ANOTHER_WAY, settle_due
from notifications.models import Delivery, Notification, Suppression
from notifications.periodic import settle
from notifications.types import WAIT_FOR_RECEIPT
from tests.notifications.builders import create_person, owe, prefer

pytestmark = pytest.mark.django_db
NOW = timezone.now


def states_of(notification):
    return dict(notification.deliveries.values_list("channel", "state"))


def become(notification, channel, state, **changes):
    """Let a delivery end, and the notification be looked at again."""
    changes = {"state": state, "sent_at": NOW(), **changes}
    notification.deliveries.filter(channel=channel).update(**changes)
    Notification.objects.filter(pk=notification.pk, settle_at__isnull=False).update(settle_at=NOW())


def settled(notification):
    settle_due(NOW() + timedelta(seconds=1))
    notification.refresh_from_db()
    return notification


def let_pass(notification, time):
    """Move a notification and its deliveries into the past."""
    notification.deliveries.update(created_at=NOW() - time, sent_at=NOW() - time)
    Notification.objects.filter(pk=notification.pk).update(settle_at=NOW())


def test_what_arrived_is_settled_and_never_looked_at_again():
    owed = owe(create_person(), is_mandatory=True)
    become(owed, "email", "delivered")

    assert (settled(owed).settled_as, owed.settle_at) == ("reached", None)
    assert settle_due(NOW() + timedelta(days=400)) == (0, set())


def test_when_every_channel_failed_a_letter_waits_for_printing():
    owed = owe(create_person(), is_mandatory=True)
    become(owed, "sms", "failed")
    become(owed, "email", "undelivered")

    settled(owed)

    assert states_of(owed) == {"sms": "failed", "email": "undelivered", "letter": "ready"}
    assert owed.deliveries.get(channel="letter").reason == ENDED_ANOTHER_WAY
    assert (owed.settled_as, owed.settle_at) == ("", None)


def test_one_failure_is_no_reason_while_another_channel_may_still_arrive():
    owed = owe(create_person(), is_mandatory=True)
    become(owed, "sms", "failed")
    become(owed, "email", "accepted")

    settled(owed)

    assert "letter" not in states_of(owed)
    assert owed.settle_at is not None


def test_without_a_receipt_in_time_the_next_channel_follows():
    owed = owe(create_person(), is_mandatory=True)
    become(owed, "sms", "accepted")
    become(owed, "email", "accepted")
    settled(owed)
    assert "letter" not in states_of(owed)

    let_pass(owed, WAIT_FOR_RECEIPT + timedelta(minutes=1))
    settled(owed)

    assert states_of(owed)["letter"] == "ready"


def test_a_legal_due_date_that_draws_near_does_not_wait_for_receipts():
    soon = NOW() + timedelta(days=9)
    owed = owe(create_person(), is_mandatory=True, legal_due_at=soon)
    become(owed, "email", "accepted")

    settled(owed)

    assert states_of(owed)["letter"] == "ready"


def test_what_is_not_owed_by_law_never_becomes_a_letter():
    courtesy = owe(create_person())
    become(courtesy, "sms", "failed")
    become(courtesy, "email", "failed")

    settled(courtesy)

    assert "letter" not in states_of(courtesy)


def test_a_lost_answer_that_cannot_be_found_moves_on_and_is_not_sent_again():
    owed = owe(create_person(phone=None), is_mandatory=True)
    become(owed, "email", "unknown", ask_at=NOW() + timedelta(minutes=2))
    settled(owed)
    assert "letter" not in states_of(owed)

    become(owed, "email", "unknown", ask_at=None)
    settled(owed)

    assert states_of(owed) == {"email": "unknown", "letter": "ready"}


def test_push_neither_proves_anything_nor_keeps_a_letter_waiting():
    owed = owe(create_person(phone=None, email=None), is_mandatory=True)
    assert owed.settle_at is not None  # no first channel: the next follows at once

    settled(owed)

    assert states_of(owed) == {"letter": "ready"}


def test_an_apology_goes_by_sms_only_where_the_mail_did_not_come_through():
    late = owe(create_person(), "promise_overdue", context={"promised_on": "2026-11-01"})
    assert states_of(late) == {"email": "ready"}

    become(late, "email", "undelivered")
    looked_at, bells = settle_due(NOW() + timedelta(seconds=1))

    assert states_of(late) == {"email": "undelivered", "sms": "ready"}
    assert (looked_at, bells) == (1, {"standard sms"})


@pytest.mark.parametrize("cause", ["stopped", "switched off", "no phone"])
def test_a_later_channel_is_never_a_way_around_a_stop_or_a_wish(cause):
    person = create_person(phone=None) if cause == "no phone" else create_person()
    late = owe(person, "promise_overdue", context={"promised_on": "2026-11-01"})
    if cause == "stopped":
        Suppression.objects.create(
            channel="sms", address=person.phone or "", cause="stop", created_at=NOW()
        )
    if cause == "switched off":
        prefer(person, sms=False)
    become(late, "email", "failed")

    settled(late)

    assert states_of(late) == {"email": "failed"}
    assert late.settle_at is None


def test_a_letter_is_not_printed_for_what_arrived_meanwhile():
    owed = owe(create_person(), is_mandatory=True)
    become(owed, "sms", "failed")
    become(owed, "email", "failed")
    settled(owed)
    owed.deliveries.filter(channel="email").update(state="delivered")
    Notification.objects.filter(pk=owed.pk).update(settle_at=NOW())

    settled(owed)

    letter = owed.deliveries.get(channel="letter")
    assert (letter.state, letter.reason) == ("cancelled", ARRIVED_ANOTHER_WAY)
    assert owed.settled_as == "reached"


def test_looking_twice_makes_one_letter():
    owed = owe(create_person(email=None, phone=None), is_mandatory=True)
    settled(owed)
    Notification.objects.filter(pk=owed.pk).update(settle_at=NOW())

    settled(owed)

    assert Delivery.objects.filter(channel="letter").count() == 1


def test_many_are_looked_at_in_few_statements(django_assert_max_num_queries):
    for _ in range(20):
        owe(create_person(email=None, phone=None), is_mandatory=True)
    Notification.objects.update(settle_at=NOW())

    with django_assert_max_num_queries(12):
        settle()

    assert Delivery.objects.filter(channel="letter", state="ready").count() == 20
