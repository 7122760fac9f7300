"""Browser notifications through the real client, read by a browser that has the key."""

import base64
import json
import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from notifications.channels import calls, push
from notifications.channels.base import Message
from notifications.ids import attempt_id
from notifications.models import Delivery, PushSubscription
from portal.models import Customer
from tests.notifications.builders import attempt_of, create_person, owe, send, subscribe

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(push_service):
    return push_service.new_browser()


@pytest.fixture
def delivery(browser):
    person = create_person()
    subscribe(person, browser)
    return owe(person).deliveries.get(channel="push")


def refreshed(delivery: Delivery) -> Delivery:
    delivery.refresh_from_db()
    return delivery


def test_the_browser_can_read_what_came_and_nobody_learns_more(push_service, delivery, settings):
    send("push")

    (taken,) = push_service.accepted
    assert refreshed(delivery).state == "accepted"
    assert taken.content == {
        "title": "One of your credit lines has changed",
        "body": "Sign in to see what changed and why.",
        "url": f"{settings.PUBLIC_URL}/decisions/LD-1/",
    }
    assert 86_000 < int(taken.headers["ttl"]) <= 86_400
    assert taken.headers["urgency"] == "normal"


def test_a_repetition_takes_the_place_of_what_still_waits(push_service, delivery):
    send("push")
    owe(delivery.notification.recipient)
    send("push")

    first, second = [one.headers["topic"] for one in push_service.accepted]
    again = push._topic(Message(attempt_id(delivery.pk, 2), "", ""))
    assert first == again != second
    assert re.fullmatch(r"[\w-]{32}", first)


def test_what_is_urgent_says_so(push_service, delivery):
    Delivery.objects.update(lane="urgent")

    send("push", "urgent")

    assert [one.headers["urgency"] for one in push_service.accepted] == ["high"]


def test_one_signature_serves_many_messages_for_some_hours(push_service, settings, monkeypatch):
    settings.VAPID_SUBJECT = "mailto:push@lender.example"
    for _ in range(5):
        subscribe(create_person(), push_service.new_browser())
    for person in Customer.objects.all():
        owe(person)

    send("push")

    (signature,) = {one.headers["authorization"] for one in push_service.accepted}
    claims = claims_of(signature)
    assert len(push_service.accepted) == 5
    assert claims["aud"] == push_service.url
    assert claims["sub"] == "mailto:push@lender.example"
    assert 11 * 3600 < claims["exp"] - time.time() <= 12 * 3600

    # Half of its time later it is made anew.
    hours_later = time.time() + 7 * 3600
    monkeypatch.setattr("notifications.channels.push.time.time", lambda: hours_later)
    owe(person)
    send("push")
    assert push_service.accepted[-1].headers["authorization"] != signature


def claims_of(signature: str) -> dict[str, Any]:
    token = signature.removeprefix("vapid t=").partition(",")[0]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return claims


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_remembered_as_gone(push_service, delivery, status):
    push_service.play("status", status=status)

    send("push")

    assert (refreshed(delivery).state, attempt_of(delivery).outcome) == ("failed", "permanent")
    assert PushSubscription.objects.get().gone_at is not None
    again = owe(delivery.notification.recipient)
    assert not again.deliveries.filter(channel="push").exists()


@pytest.mark.parametrize(
    ("fault", "details", "state", "outcome"),
    [
        ("throttle", {"retry_after": "60"}, "ready", "retry"),
        ("status", {"status": 413}, "failed", "permanent"),
        ("status", {"status": 400}, "failed", "permanent"),
        ("status", {"status": 401}, "ready", "misconfigured"),
        ("status", {"status": 403}, "ready", "misconfigured"),
        ("status", {"status": 500}, "unknown", "unknown"),
        ("status", {"status": 302}, "unknown", "unknown"),
        ("accept_then_cut", {}, "unknown", "unknown"),
        ("accept_then_half", {}, "unknown", "unknown"),
        ("cut", {}, "unknown", "unknown"),
    ],
)
def test_each_answer_has_one_meaning(push_service, delivery, fault, details, state, outcome):
    push_service.play(fault, **details)

    send("push")

    assert (refreshed(delivery).state, attempt_of(delivery).outcome) == (state, outcome)
    assert delivery.reason
    assert PushSubscription.objects.get().gone_at is None


def test_one_browser_with_an_old_key_does_not_stop_the_others(push_service):
    person = create_person()
    browsers = [push_service.new_browser() for _ in range(40)]
    for browser in browsers:
        subscribe(person, browser)
    owe(person)
    push_service.play("status", status=403, to=browsers[7].endpoint, times=None)

    send("push")

    assert len(push_service.accepted) == 39


def test_a_push_service_out_of_reach_ends_soon_and_with_a_reason(push_service, delivery):
    push_service.refuse_connections()

    for _ in range(3):
        Delivery.objects.update(not_before=timezone.now())
        send("push")

    assert (refreshed(delivery).state, delivery.tries) == ("failed", 3)
    assert delivery.reason == calls.UNREACHABLE


def test_a_push_service_that_hangs_is_not_waited_for(push_service, delivery, monkeypatch):
    monkeypatch.setattr("notifications.channels.calls.READ_SECONDS", 0.3)
    push_service.play("hang")

    send("push")

    assert refreshed(delivery).state == "unknown"


def test_keys_that_are_none_fail_at_once(push_service):
    person = create_person()
    browser = push_service.new_browser()
    PushSubscription.objects.create(
        person=person,
        endpoint=browser.endpoint,
        p256dh="bm90LWEta2V5",
        auth="eA",
        created_at=timezone.now(),
    )
    owe(person)

    send("push")

    assert Delivery.objects.get(channel="push").state == "failed"
    assert push_service.calls == 0


def test_we_post_to_push_services_only(push_service, delivery, settings):
    settings.PUSH_SERVICES = ["fcm.googleapis.com"]

    send("push")

    assert refreshed(delivery).state == "failed"
    assert push_service.calls == 0


def test_a_message_of_the_day_before_yesterday_is_not_pushed(push_service, delivery):
    notification = delivery.notification
    notification.created_at = timezone.now() - timedelta(days=2)
    notification.save(update_fields=["created_at"])

    send("push")

    assert (refreshed(delivery).state, push_service.calls) == ("cancelled", 0)


def test_a_browser_that_was_switched_off_meanwhile_is_left_in_peace(push_service, delivery):
    PushSubscription.objects.update(gone_at=timezone.now())

    send("push")

    assert (refreshed(delivery).state, push_service.calls) == ("cancelled", 0)


def test_nothing_personal_is_in_the_payload(push_service):
    person = create_person("Zenobia Quill")
    subscribe(person, push_service.new_browser())
    owe(person, context={"reference": "LD-1"})

    send("push")

    assert "Zenobia" not in json.dumps(push_service.accepted[0].content)
