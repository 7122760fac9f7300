"""Several Twilio accounts, and what Twilio knows of a message whose answer was lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from notifications.channels import provider_named, wire
from notifications.channels.base import Answer, Message, Sent, fingerprint
from notifications.ids import attempt_id, delivery_id
from notifications.kinds import ChannelKind
from tests.doubles import TwilioDouble
from tests.doubles.fixtures import carry, provider
from tests.doubles.twilio import ACCOUNT_SID, AUTH_TOKEN, SERVICE_SID
from tests.notifications.builders import attempt_of, owe_sms, send

pytestmark = pytest.mark.django_db
OTHER_SERVICE = "MG" + "1" * 32
TO = "+12025550188"


def test_a_second_account_is_a_matter_of_configuration(settings, closed_channels):
    settings.TWILIO_AUTH_TOKEN = "another"
    with TwilioDouble() as double:
        options = {
            "account_sid": ACCOUNT_SID,
            "auth_token": AUTH_TOKEN,
            "api_url": double.url,
            "messaging_service_sid": OTHER_SERVICE,
        }
        spare = {**provider("twilio", options=options), "name": "twilio_spare"}
        carry(settings, "sms", spare)
        (delivery,) = owe_sms()

        send("sms")

        (taken,) = double.accepted
        delivery.refresh_from_db()
        assert (delivery.state, delivery.provider) == ("accepted", "twilio_spare")
        assert taken.content["MessagingServiceSid"] == OTHER_SERVICE
        assert attempt_of(delivery).provider == "twilio_spare"


def test_an_account_may_send_from_a_number_of_its_own(twilio, settings):
    carry(settings, "sms", provider("twilio", sender="+12025550100"))
    owe_sms()

    send("sms")

    (taken,) = twilio.accepted
    assert taken.content["From"] == "+12025550100"
    assert "MessagingServiceSid" not in taken.content


class Once:
    """Twilio as one provider among ours, to send by and to ask."""

    def __init__(self) -> None:
        found = provider_named(ChannelKind.SMS, "twilio")
        assert found is not None
        self.provider: Any = found
        self.number = 0

    def send(self, text: str, to: str = TO) -> Answer:
        self.number += 1
        delivery = delivery_id(timezone.now(), self.number, ChannelKind.SMS)
        answer: Answer = self.run(self.provider.send(Message(attempt_id(delivery, 1), to, text)))
        return answer

    def find(self, text: str, to: str = TO, **ago: int) -> list[Answer]:
        sha256 = fingerprint("", text, "")
        delivery = delivery_id(timezone.now(), 99, ChannelKind.SMS)
        sent = Sent(attempt_id(delivery, 1), to, sha256, timezone.now() - timedelta(**ago))
        answers: list[Answer] = self.run(self.provider.find(sent))
        return answers

    def run(self, work: Any) -> Any:
        return wire().run(work, seconds=10)


@pytest.mark.parametrize(
    ("status", "error_code", "outcome", "is_delivered", "is_dead"),
    [
        ("accepted", None, "accepted", False, False),
        ("queued", None, "accepted", False, False),
        ("sending", None, "accepted", False, False),
        ("sent", None, "accepted", False, False),
        ("delivered", None, "accepted", True, False),
        ("read", None, "accepted", True, False),
        ("undelivered", 30003, "permanent", False, False),
        ("undelivered", 30006, "permanent", False, True),
        ("failed", 30001, "permanent", False, False),
        ("failed", 21610, "permanent", False, True),
        ("failed", None, "permanent", False, False),
        ("canceled", None, "permanent", False, False),
    ],
)
def test_twilio_is_asked_what_became_of_a_message(
    twilio, status, error_code, outcome, is_delivered, is_dead
):
    once = Once()
    sent = once.send("Sign in to see it.")
    twilio.become(TO, status, error_code)

    (found,) = once.find("Sign in to see it.", minutes=1)

    assert (found.outcome, found.provider_ref) == (outcome, sent.provider_ref)
    assert (found.is_delivered, found.is_dead, found.halts) == (is_delivered, is_dead, False)
    assert bool(found.detail) == (outcome == "permanent")


def test_what_twilio_never_had_is_not_found(twilio):
    once = Once()
    once.send("Sign in to see it.", to="+12025550199")
    once.send("Other words.")

    assert once.find("Sign in to see it.", minutes=1) == []


def test_the_same_words_of_another_day_are_not_taken_for_ours(twilio):
    once = Once()
    once.send("Sign in to see it.")
    twilio.become(TO, "delivered")

    assert once.find("Sign in to see it.", minutes=-10) == []


def test_the_message_is_found_among_many(twilio):
    once = Once()
    refs = [once.send(f"Number {number}").provider_ref for number in range(70)]

    (found,) = once.find("Number 3", minutes=1)

    assert found.provider_ref == refs[3]


def test_all_messages_with_the_same_words_are_named(twilio):
    once = Once()
    refs = [once.send("Sign in to see it.").provider_ref for _ in range(3)]

    found = once.find("Sign in to see it.", minutes=1)

    # In Twilio's list a second is the smallest unit: of one second the order does not count.
    assert sorted(answer.provider_ref for answer in found) == sorted(refs)


def test_an_sms_is_counted_in_its_parts(twilio):
    provider = Once().provider

    assert [provider.cost(text) for text in ("a" * 160, "a" * 161, "您" * 71)] == [1, 2, 2]
    assert provider.key == f"twilio:{SERVICE_SID}"
