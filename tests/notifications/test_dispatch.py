"""What a delivery passes: the claim, the last look, the words, the attempt; and its secret."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.template import TemplateSyntaxError
from django.utils import timezone

from notifications.delivery import batch as batches
from notifications.delivery import check, sweep
from notifications.delivery.begin import Sending, begin
from notifications.delivery.claim import claim
from notifications.kinds import ChannelKind, Lane
from notifications.models import Attempt, Delivery, LocalMessage, Notification, Suppression
from notifications.wording import draft_for as real_draft_for
from tests.notifications.builders import (
    claim_sms,
    create_person,
    lease_runs_out,
    message_for,
    owe,
    owe_sms,
    prefer,
    send,
    sms_provider,
)

pytestmark = pytest.mark.django_db


def refreshed(delivery: Delivery) -> Delivery:
    delivery.refresh_from_db()
    return delivery


# The claim --------------------------------------------------------------------------------


def test_two_workers_never_claim_the_same(django_assert_num_queries):
    owe_sms(7)

    with django_assert_num_queries(1):
        first = claim_sms(limit=5)
    second = claim_sms(limit=5)

    assert (len(first.rows), len(second.rows)) == (5, 2)
    assert not {row.id for row in first.rows} & {row.id for row in second.rows}
    assert Delivery.objects.filter(state="claimed").count() == 7


def test_the_longest_waiting_is_claimed_first():
    late, early = owe_sms(2)
    Delivery.objects.filter(pk=early.pk).update(not_before=timezone.now() - timedelta(hours=1))

    assert [row.id for row in claim_sms(limit=1).rows] == [early.pk]
    assert refreshed(late).state == "ready"


def test_a_claim_takes_its_own_lane_and_channel_only():
    owe(create_person(), lane=Lane.BULK)
    owe(create_person(), lane=Lane.STANDARD)

    rows = claim(Lane.BULK, ChannelKind.EMAIL).rows

    assert len(rows) == 1
    assert Delivery.objects.filter(state="ready").count() == 3


# The last look ----------------------------------------------------------------------------


def test_what_came_too_late_is_not_sent(twilio):
    (delivery,) = owe_sms()
    Notification.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    send("sms")

    assert (refreshed(delivery).state, delivery.reason) == ("cancelled", check.TOO_LATE)
    assert delivery.ended_at is not None
    assert (twilio.calls, Attempt.objects.count()) == (0, 0)


def test_a_stop_that_came_after_the_owing_is_obeyed(twilio):
    (delivery,) = owe_sms()
    Suppression.objects.create(
        channel="sms", address=delivery.address, cause="stop", created_at=timezone.now()
    )

    send("sms")

    assert (refreshed(delivery).state, delivery.reason) == ("cancelled", check.SUPPRESSED)
    assert twilio.calls == 0


def asleep(person):
    """Quiet hours from an hour ago until in two hours, on the person's own clock."""
    now = timezone.now().astimezone(person.zone)
    begin, end = now - timedelta(hours=1), now + timedelta(hours=2)
    prefer(person, quiet_from=begin.time(), quiet_until=end.time())
    return end


def test_phones_stay_silent_in_quiet_hours_and_mailboxes_do_not(twilio, sendgrid):
    person = create_person()
    end = asleep(person)
    notification = owe(person)

    send("sms")
    send("email")

    sms = notification.deliveries.get(channel="sms")
    assert (sms.state, sms.reason, sms.tries) == ("ready", check.QUIET_HOURS, 0)
    assert end <= sms.not_before <= end + timedelta(minutes=15)
    assert (twilio.calls, len(sendgrid.accepted)) == (0, 1)

    prefer(person)
    Delivery.objects.update(not_before=timezone.now())
    send("sms")
    assert (len(twilio.accepted), refreshed(sms).reason) == (1, "")


def test_quiet_hours_yield_to_a_legal_due_date(twilio):
    person = create_person()
    asleep(person)
    owe(person, legal_due_at=timezone.now() + timedelta(hours=1))

    send("sms")

    assert len(twilio.accepted) == 1


@pytest.mark.parametrize("is_on", [True, False])
def test_people_who_chose_nothing_have_the_usual_quiet_hours(twilio, settings, time_machine, is_on):
    settings.QUIET_HOURS = is_on
    time_machine.move_to("2026-11-24T07:00:00Z")  # two in the morning in New York
    (delivery,) = [owe(create_person(email=None, is_awake=False)).deliveries.get()]

    send("sms")

    assert refreshed(delivery).state == ("ready" if is_on else "accepted")


def test_a_code_does_not_wait_for_the_morning(twilio):
    person = create_person()
    asleep(person)
    owe(person, "sign_in_code", only="sms", secret="12345678", context={"minutes": "5"})

    send("sms", "urgent")

    assert len(twilio.accepted) == 1


# Rendering --------------------------------------------------------------------------------


def test_one_broken_text_does_not_hold_up_the_others(twilio, monkeypatch, caplog):
    good, broken, other = owe_sms(3)
    Notification.objects.filter(deliveries=broken).update(path="/broken/")

    def draft_for(channel, matter):
        if matter.path == "/broken/":
            raise TemplateSyntaxError
        return real_draft_for(channel, matter)

    monkeypatch.setattr(batches, "draft_for", draft_for)

    send("sms")

    states = [refreshed(one).state for one in (good, broken, other)]
    assert states == ["accepted", "ready", "accepted"]
    assert (broken.reason, broken.tries) == (check.BROKEN_TEXT, 0)
    assert broken.not_before > timezone.now() + timedelta(minutes=4)
    assert "could not be rendered" in caplog.text


# The attempt ------------------------------------------------------------------------------


def test_the_attempt_is_written_before_the_call(twilio, monkeypatch):
    (delivery,) = owe_sms()
    seen = []

    def begin_and_look(*args):
        begun = begin(*args)
        seen.append((refreshed(delivery).state, Attempt.objects.count(), twilio.calls))
        return begun

    monkeypatch.setattr(batches, "begin", begin_and_look)

    send("sms")

    assert seen == [("sending", 1, 0)]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_inside_a_transaction_that_may_be_undone(twilio):
    owe_sms()

    with pytest.raises(RuntimeError), transaction.atomic():
        send("sms")

    assert twilio.calls == 0
    assert Delivery.objects.get().state == "ready"


def test_a_claim_that_ran_out_is_not_sent_by_its_old_holder():
    owe_sms(2)
    old = claim_sms()
    lease_runs_out()
    assert sweep.free_stale_claims() == 2
    new = claim_sms(limit=1)

    begun = begin(old, [Sending(row, message_for(row)) for row in old.rows], sms_provider())

    assert begun == []
    assert (
        len(begin(new, [Sending(row, message_for(row)) for row in new.rows], sms_provider())) == 1
    )
    assert Attempt.objects.count() == 1


def test_a_stop_that_came_after_the_claim_is_obeyed():
    stopped, other = owe_sms(2)
    held = claim_sms()
    Suppression.objects.create(
        channel="sms", address=stopped.address, cause="stop", created_at=timezone.now()
    )

    begun = begin(held, [Sending(row, message_for(row)) for row in held.rows], sms_provider())

    assert [one.row.id for one in begun] == [other.pk]


# Secrets ----------------------------------------------------------------------------------


def owe_code(**overrides):
    return owe(
        create_person(),
        "sign_in_code",
        secret="12345678",
        context={"minutes": "5"},
        expires_at=timezone.now() + timedelta(minutes=5),
        **overrides,
    )


def secret_of(notification):
    return Notification.objects.get(pk=notification.pk).secret


def test_a_code_is_forgotten_as_soon_as_it_left(twilio):
    notification = owe_code(only="sms")

    send("sms", "urgent")

    assert "12345678" in twilio.accepted[0].content["Body"]
    assert secret_of(notification) == ""


def test_a_code_is_kept_while_another_channel_still_needs_it(twilio, sendgrid):
    notification = owe_code()

    send("sms", "urgent")
    assert secret_of(notification) == "12345678"
    send("email", "urgent")

    assert secret_of(notification) == ""
    assert "12345678" in sendgrid.accepted[0].content["content"][0]["value"]


def test_a_code_that_nobody_could_send_is_forgotten_when_it_runs_out():
    notification = owe_code(only="sms")
    sweep.forget_old_secrets()
    assert secret_of(notification) == "12345678"

    Notification.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert sweep.forget_old_secrets() == 1

    assert secret_of(notification) == ""


# Without a provider -----------------------------------------------------------------------


def test_without_keys_the_message_is_kept_where_staff_can_see_it(closed_channels, settings):
    notification = owe(create_person())

    send("sms")
    send("email")

    assert set(notification.deliveries.values_list("state", flat=True)) == {"delivered"}
    sms = LocalMessage.objects.get(channel="sms")
    mail = LocalMessage.objects.get(channel="email")
    assert sms.to == notification.recipient.phone
    assert settings.PUBLIC_URL in sms.text
    assert (mail.subject, mail.link) == (
        "One of your credit lines has changed",
        f"{settings.PUBLIC_URL}/decisions/LD-1/",
    )
    assert "<html" in mail.html
    assert sms.attempt.outcome == "accepted"
