"""Twilio's answers, and what becomes of a delivery after each; the real client, a local Twilio."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.channels import calls, sms
from notifications.channels.sms import TwilioProvider
from notifications.models import Attempt, Delivery
from tests.notifications.builders import attempt_of, create_person, owe, owe_sms, send

pytestmark = pytest.mark.django_db


def refreshed(delivery: Delivery) -> Delivery:
    delivery.refresh_from_db()
    return delivery


def test_an_sms_is_accepted_with_the_way_back_for_its_receipt(twilio, settings):
    settings.PUBLIC_URL = "https://portal.lender.example"
    (delivery,) = owe_sms()

    send("sms")

    (taken,) = twilio.accepted
    refreshed(delivery)
    attempt = attempt_of(delivery)
    assert (delivery.state, delivery.provider, delivery.provider_ref) == (
        "accepted",
        "twilio",
        taken.ref,
    )
    assert (delivery.tries, delivery.reason, delivery.lease_token) == (1, "", None)
    assert delivery.sent_at is not None
    assert len(delivery.content_sha256) == 64
    assert (attempt.number, attempt.outcome, attempt.http_status) == (1, "accepted", 201)
    assert taken.to == delivery.address
    assert taken.attempt_id == str(attempt.pk)
    assert taken.content["StatusCallback"].startswith(
        f"https://portal.lender.example/webhooks/twilio/{attempt.pk}/"
    )
    assert taken.content["MessagingServiceSid"] == settings.TWILIO_MESSAGING_SERVICE_SID
    assert "Sign in" in taken.content["Body"]


def test_connections_are_kept_and_no_answers_are_mixed_up(twilio):
    owe_sms(60)
    send("sms")
    deliveries = owe_sms(60)

    send("sms")

    assert twilio.calls == 120
    assert twilio.connections <= 60
    refs = {one.to: one.ref for one in twilio.accepted}
    for delivery in deliveries:
        assert refreshed(delivery).provider_ref == refs[delivery.address]


def test_a_wrong_password_is_our_own_mistake(twilio, settings):
    settings.TWILIO_AUTH_TOKEN = "wrong"
    (delivery,) = owe_sms()

    send("sms")

    assert (refreshed(delivery).state, delivery.tries) == ("ready", 0)
    assert attempt_of(delivery).outcome == "misconfigured"


def test_a_text_arrives_letter_by_letter(twilio, monkeypatch):
    text = "a&b=c+d;e%20 #1\r\n\"'<>[]{}|\\^~ €ß 您的额度 😀"
    form = sms._form
    monkeypatch.setattr(
        "notifications.channels.sms._form",
        lambda message, sender: {**form(message, sender), "Body": text},
    )
    owe_sms()

    send("sms")

    assert [one.content["Body"] for one in twilio.accepted] == [text]


def test_a_refused_connection_is_tried_again_later_and_later(twilio):
    (delivery,) = owe_sms()
    twilio.refuse_connections()
    waits = []

    for _ in range(3):
        Delivery.objects.update(not_before=timezone.now())
        send("sms")
        waits.append(refreshed(delivery).not_before - timezone.now())

    assert (delivery.state, delivery.tries) == ("ready", 3)
    assert delivery.reason == calls.UNREACHABLE
    assert waits[0] < waits[1] < waits[2]
    assert [one.outcome for one in delivery.attempts.order_by("number")] == ["retry"] * 3

    send("sms")
    assert refreshed(delivery).tries == 3  # not before its time

    twilio.listen()
    Delivery.objects.update(not_before=timezone.now())
    send("sms")
    assert (refreshed(delivery).state, delivery.reason) == ("accepted", "")


def test_after_the_last_try_it_has_failed_with_a_reason(twilio):
    (delivery,) = owe_sms()
    twilio.refuse_connections()

    for _ in range(13):
        Delivery.objects.update(not_before=timezone.now())
        send("sms")

    assert (refreshed(delivery).state, delivery.tries) == ("failed", 12)
    assert delivery.reason == calls.UNREACHABLE


def test_too_many_requests_waits_as_long_as_twilio_says(twilio):
    (delivery,) = owe_sms()
    twilio.play("throttle", retry_after="600")

    send("sms")

    wait = refreshed(delivery).not_before - timezone.now()
    assert delivery.state == "ready"
    assert timedelta(seconds=590) < wait <= timedelta(seconds=601)
    assert attempt_of(delivery).http_status == 429
    assert twilio.accepted == []


def test_too_many_requests_stops_the_batch_and_spares_the_rest(twilio):
    owe_sms(600)
    twilio.play("throttle", retry_after="5", times=None)

    send("sms")

    assert twilio.calls <= TwilioProvider.in_flight
    assert Delivery.objects.filter(state="ready", tries=0).count() >= 600 - twilio.calls
    assert Attempt.objects.count() <= TwilioProvider.most_in_air


@pytest.mark.parametrize(
    "fault", ["accept_then_cut", "accept_then_half", "cut", "accept_then_status", "rubbish"]
)
def test_a_lost_answer_is_unknown_and_never_sent_again(twilio, fault):
    (delivery,) = owe_sms()
    twilio.play(fault)

    send("sms")
    Delivery.objects.update(not_before=timezone.now())
    send("sms")

    refreshed(delivery)
    assert (delivery.state, twilio.calls) == ("unknown", 1)
    assert delivery.reason
    assert attempt_of(delivery).outcome == "unknown"
    assert twilio.twice() == {}


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_fault_of_twilios_own_is_unknown(twilio, status):
    (delivery,) = owe_sms()
    twilio.play("status", status=status)

    send("sms")

    assert refreshed(delivery).state == "unknown"
    assert attempt_of(delivery).http_status == status


def test_a_provider_that_hangs_is_unknown_and_blocks_nobody_else(twilio, monkeypatch):
    monkeypatch.setattr("notifications.channels.calls.READ_SECONDS", 0.3)
    deliveries = owe_sms(5)
    twilio.play("hang", to=deliveries[2].address)

    send("sms")

    states = [refreshed(one).state for one in deliveries]
    assert states == ["accepted", "accepted", "unknown", "accepted", "accepted"]
    assert deliveries[2].reason == calls.NO_ANSWER


def test_an_answer_that_never_gets_to_its_end_is_not_waited_for(twilio, monkeypatch):
    monkeypatch.setattr("notifications.channels.calls.CONNECT_SECONDS", 0.2)
    monkeypatch.setattr("notifications.channels.calls.READ_SECONDS", 0.3)
    (delivery,) = owe_sms()
    # A byte comes long before a single read would be given up.
    twilio.play("drip", seconds=60.0)

    send("sms")

    assert (refreshed(delivery).state, delivery.reason) == ("unknown", calls.NO_ANSWER)


def test_a_slow_provider_is_waited_for(twilio):
    (delivery,) = owe_sms()
    twilio.play("slow", seconds=0.3)

    send("sms")

    assert refreshed(delivery).state == "accepted"


def test_a_code_is_worth_nothing_after_its_time(twilio):
    person = create_person()
    owe(
        person,
        "sign_in_code",
        only="sms",
        secret="12345678",
        context={"minutes": "5"},
        expires_at=timezone.now() + timedelta(minutes=5),
    )

    send("sms", "urgent")

    (taken,) = twilio.accepted
    assert "12345678" in taken.content["Body"]
    assert 290 <= int(taken.content["ValidityPeriod"]) <= 300


def test_a_mistake_of_our_own_is_unknown_too_and_says_nothing_personal(twilio, monkeypatch, caplog):
    first, second = owe_sms(2)

    form = sms._form

    def broken(message, sender):
        if message.to == first.address:
            raise KeyError(message.to)
        return form(message, sender)

    monkeypatch.setattr("notifications.channels.sms._form", broken)

    send("sms")

    assert refreshed(first).state == "unknown"
    assert refreshed(second).state == "accepted"
    assert first.address not in caplog.text + first.reason
    assert "KeyError" in caplog.text
