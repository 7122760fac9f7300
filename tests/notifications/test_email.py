"""SendGrid's answers, and what becomes of a delivery after each; the real client."""

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.channels import calls
from notifications.models import Delivery
from tests.doubles.fixtures import carry, provider
from tests.notifications.builders import attempt_of, create_person, owe, owe_email, send

pytestmark = pytest.mark.django_db


def refreshed(delivery: Delivery) -> Delivery:
    delivery.refresh_from_db()
    return delivery


def test_an_email_is_accepted_and_carries_our_attempts_id(sendgrid, settings):
    carry(settings, "email", provider("sendgrid", sender="A Lender <notices@lender.example>"))
    (delivery,) = owe_email()

    send("email")

    (taken,) = sendgrid.accepted
    refreshed(delivery)
    attempt = attempt_of(delivery)
    assert (delivery.state, delivery.provider_ref) == ("accepted", taken.ref)
    assert taken.attempt_id == str(attempt.pk)
    assert taken.content["from"] == {"email": "notices@lender.example", "name": "A Lender"}
    assert taken.content["tracking_settings"]["open_tracking"] == {"enable": False}
    text, html = (part["value"] for part in taken.content["content"])
    words = "\0".join((taken.content["subject"], text, html))
    assert hashlib.sha256(words.encode()).hexdigest() == delivery.content_sha256
    assert f"{settings.PUBLIC_URL}/" in text
    assert f'href="{settings.PUBLIC_URL}/"' in html


def test_connections_are_kept_between_calls(sendgrid):
    for _ in range(3):
        owe_email(20)
        send("email")

    assert (len(sendgrid.accepted), sendgrid.calls, sendgrid.connections) == (60, 3, 1)


@pytest.mark.parametrize(
    ("fault", "details", "state", "outcome"),
    [
        ("code", {"code": "personalizations.0.to.0.email"}, "failed", "permanent"),
        ("code", {"code": "", "status": 413}, "failed", "permanent"),
        ("code", {"code": "from.email", "status": 403}, "ready", "misconfigured"),
        ("code", {"code": "from.email"}, "ready", "misconfigured"),
        ("code", {"code": "subject"}, "ready", "misconfigured"),
        ("code", {"code": "content"}, "ready", "misconfigured"),
        ("code", {"code": "", "status": 401}, "ready", "misconfigured"),
        ("code", {"code": "", "status": 404}, "ready", "misconfigured"),
        ("code", {"code": "", "status": 405}, "ready", "misconfigured"),
        ("code", {"code": "", "status": 415}, "ready", "misconfigured"),
        ("throttle", {"retry_after": "30"}, "ready", "retry"),
        ("status", {"status": 500}, "unknown", "unknown"),
        ("status", {"status": 503}, "unknown", "unknown"),
        ("accept_then_status", {"status": 500}, "unknown", "unknown"),
        ("accept_then_cut", {}, "unknown", "unknown"),
        ("accept_then_half", {}, "unknown", "unknown"),
        ("status", {"status": 307}, "unknown", "unknown"),
        ("cut", {}, "unknown", "unknown"),
        ("rubbish", {}, "unknown", "unknown"),
    ],
)
def test_each_answer_has_one_meaning(sendgrid, fault, details, state, outcome):
    (delivery,) = owe_email()
    sendgrid.play(fault, **details)

    send("email")

    refreshed(delivery)
    attempt = attempt_of(delivery)
    assert (delivery.state, attempt.outcome) == (state, outcome)
    assert delivery.reason == attempt.detail != ""
    assert delivery.tries == (0 if outcome == "misconfigured" else 1)


def test_what_is_unknown_is_never_sent_again(sendgrid, settings):
    settings.EMAIL_CALL_SIZE = 10
    deliveries = owe_email(20)
    sendgrid.play("accept_then_cut")

    for _ in range(3):
        Delivery.objects.update(not_before=timezone.now())
        send("email")

    states = sorted(refreshed(one).state for one in deliveries)
    assert states == ["accepted"] * 10 + ["unknown"] * 10
    assert len(sendgrid.accepted) == 20
    assert sendgrid.twice() == {}


def test_a_refused_connection_is_tried_again(sendgrid):
    (delivery,) = owe_email()
    sendgrid.refuse_connections()

    send("email")
    assert (refreshed(delivery).state, delivery.reason) == ("ready", calls.UNREACHABLE)

    sendgrid.listen()
    Delivery.objects.update(not_before=timezone.now())
    send("email")
    assert (refreshed(delivery).state, delivery.tries) == ("accepted", 2)


def test_a_rate_limit_lasts_until_its_reset(sendgrid):
    (delivery,) = owe_email()
    sendgrid.play("throttle", retry_after="900")

    send("email")

    wait = refreshed(delivery).not_before - timezone.now()
    assert timedelta(seconds=890) < wait <= timedelta(seconds=901)


def test_a_provider_that_hangs_is_unknown(sendgrid, settings, monkeypatch):
    monkeypatch.setattr("notifications.channels.calls.READ_SECONDS", 0.3)
    settings.EMAIL_CALL_SIZE = 1
    first, second = owe_email(2)
    sendgrid.play("hang", to=first.address)

    send("email")

    assert (refreshed(first).state, refreshed(second).state) == ("unknown", "accepted")


def test_an_email_speaks_the_persons_language(sendgrid):
    person = create_person(phone=None, locale="zh-hans")
    owe(person)

    send("email")

    (taken,) = sendgrid.accepted
    assert 'lang="zh-Hans"' in taken.content["content"][1]["value"]
