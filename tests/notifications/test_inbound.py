"""What people answer to an SMS: STOP is law, START takes it back, HELP gets help."""

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone
from twilio.request_validator import RequestValidator

from notifications.delivery.settle import settle_due
from notifications.kinds import ChannelKind, SuppressionCause
from notifications.models import Receipt, Suppression
from notifications.preferences import Stop, suppress
from tests.notifications.builders import create_person, owe
from tests.notifications.sent import sent_email, sent_sms

pytestmark = pytest.mark.django_db
PATH = "/webhooks/twilio/inbound/"
NUMBER = "+12025550177"
numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def token(settings):
    settings.TWILIO_AUTH_TOKEN = "our-token"
    settings.HELP_PHONE = "+1 202 555 0111"


@pytest.fixture
def text(client, settings):
    def text(body, *, number=NUMBER, sid="", token="our-token", **more):
        form = {
            "MessageSid": sid or f"SM{next(numbers)}",
            "From": number,
            "To": "+12025550100",
            "Body": body,
            "MessagingServiceSid": "MG1",
            **more,
        }
        signature = RequestValidator(token).compute_signature(settings.PUBLIC_URL + PATH, form)
        return client.post(PATH, form, headers={"X-Twilio-Signature": signature})

    return text


def standing():
    rows = Suppression.objects.filter(lifted_at=None)
    return [(row.channel, row.address, row.cause, row.sender) for row in rows]


STOPPED = [("sms", NUMBER, "stop", "twilio:MG1")]


@pytest.mark.parametrize(
    "body",
    ["STOP", "stop", " Stop. ", "'STOPALL'", "Stop all", "unsubscribe", "Cancel", "END", "quit",
     "revoke", "Opt-Out", "退订", "td", "T", "ＳＴＯＰ"],
)  # fmt: skip
def test_stop_in_any_form_stops_sms(text, body):
    answer = text(body)

    assert answer.status_code == 200
    assert standing() == STOPPED


@pytest.mark.parametrize("body", ["please do not stop", "stopwatch", "", "!?", "Thanks", "endless"])
def test_another_text_stops_nothing(text, body):
    text(body)

    assert standing() == []
    assert Receipt.objects.get().word == "inbound:other"


@pytest.mark.parametrize("body", ["START", "unstop", "Yes!", "订阅"])
def test_start_takes_stop_back(text, body):
    text("STOP")
    assert b"again" in text(body).content

    assert standing() == []
    lifted = Suppression.objects.get()
    assert lifted.lifted_because == "The person answered START."


@pytest.mark.parametrize("cause", [SuppressionCause.DEAD_NUMBER, SuppressionCause.STAFF])
def test_start_takes_nothing_else_back(text, cause):
    suppress(ChannelKind.SMS, {NUMBER: Stop(cause)}, timezone.now())

    text("START")

    assert [row[2] for row in standing()] == [cause]


def test_stop_stands_above_a_cause_that_staff_may_lift(text):
    stop = Stop(SuppressionCause.DEAD_NUMBER)
    suppress(ChannelKind.SMS, {NUMBER: stop}, timezone.now())

    text("STOP")

    assert standing() == STOPPED


def test_a_message_told_twice_counts_once(text):
    text("STOP", sid="SM-a")
    text("START", sid="SM-b")
    text("STOP", sid="SM-a")

    assert standing() == []
    assert Receipt.objects.count() == 2


def test_what_is_not_signed_by_twilio_is_refused(text, client):
    assert text("STOP", token="another").status_code == 403
    assert client.post(PATH, {"From": NUMBER, "Body": "STOP"}).status_code == 403
    assert client.get(PATH).status_code == 405
    assert standing() == []


def test_help_is_answered_in_the_language_of_the_person(text, settings):
    create_person(phone=NUMBER, locale="zh-hans")

    in_chinese = text("help").content.decode()
    assert settings.HELP_PHONE in in_chinese
    assert settings.PUBLIC_URL in in_chinese
    assert in_chinese.count(settings.PUBLIC_URL) == 1

    create_person(phone=NUMBER, locale="en")
    in_both = text("帮助").content.decode()
    assert in_both.count(settings.PUBLIC_URL) == 2


@pytest.mark.parametrize("kind", ["STOP", "START", "HELP"])
def test_where_twilio_answers_itself_we_keep_silent(text, kind):
    answer = text("anything", OptOutType=kind)

    assert answer.content.decode().endswith("<Response></Response>")
    assert Receipt.objects.get().word == f"inbound:{kind.lower()}"
    assert standing() == (STOPPED if kind == "STOP" else [])


def test_another_text_is_answered_once_a_day(text):
    first, second = text("Why?"), text("Hello?")
    other = text("Why?", number="+12025550178")

    assert b"Nobody reads" in first.content
    assert b"<Message>" not in second.content
    assert b"Nobody reads" in other.content


def test_without_redis_another_text_is_only_kept(text, settings):
    nowhere = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {**settings.CACHES, "default": nowhere}

    assert b"<Message>" not in text("Why?").content
    assert Receipt.objects.count() == 1


def test_what_people_write_is_not_kept(text, caplog):
    text("my account is 4111 and I am ill")

    row = Receipt.objects.values().get()
    assert "4111" not in str(row) + caplog.text
    assert NUMBER not in str(row) + caplog.text


@pytest.mark.parametrize("number", ["", "whatsapp:+1202", "+1" * 100, "<b>"])
def test_a_sender_that_is_no_number_changes_nothing(text, number):
    assert text("STOP", number=number).status_code == 200
    assert standing() == []


def test_stop_while_an_sms_waits_cancels_it_and_what_is_owed_goes_on(text):
    owed = owe(create_person(phone=NUMBER, email=None), is_mandatory=True)
    assert owed.deliveries.get().state == "ready"

    text("STOP")
    sent_sms(only=list(owed.deliveries.all()))
    settle_due(timezone.now() + timedelta(seconds=1))

    sms = owed.deliveries.get(channel="sms")
    assert (sms.state, sms.reason) == (
        "cancelled",
        "We must not send to this address any more.",
    )
    assert not sms.attempts.exists()
    assert owed.deliveries.get(channel="letter").state == "ready"


def test_stop_does_not_touch_email(text):
    owed = owe(create_person(phone=NUMBER), is_mandatory=True)

    text("STOP")
    mails = sent_email(only=list(owed.deliveries.filter(channel="email")))

    assert [mail.state for mail in mails] == ["accepted"]
