"""Twilio's codes: what becomes of the delivery, the number and the rest after each."""

from collections import Counter

import pytest
from django.core.cache import cache
from django.utils import timezone

from notifications.channels.base import Answer
from notifications.channels.sms import TwilioProvider, classed
from notifications.channels.twilio_codes import MEANINGS, meaning_of
from notifications.models import Delivery, Suppression
from tests.doubles.twilio import SERVICE_SID
from tests.notifications.builders import attempt_of, owe_sms, send

pytestmark = pytest.mark.django_db

BAD_NUMBER = "This is not a phone number that can get an SMS."
NO_ROUTE = "The SMS service cannot reach this number."
LANDLINE = "This is a landline, which cannot get an SMS."
STOPPED = "The person answered STOP."
FILTERED = "The phone company held the message back."
REFUSED = "The SMS service refused this message."
OURS = "Our account with the SMS service is not set up right."
TOO_LONG = "Our text is too long for an SMS."
NOT_NOW = "The phone could not be reached for now."
PERMANENT = {
    21211: BAD_NUMBER,
    21214: BAD_NUMBER,
    21217: BAD_NUMBER,
    21268: NO_ROUTE,
    21408: NO_ROUTE,
    21421: BAD_NUMBER,
    21612: NO_ROUTE,
    21614: BAD_NUMBER,
    30004: NO_ROUTE,
    30005: BAD_NUMBER,
    30007: FILTERED,
    30008: NO_ROUTE,
    29999: REFUSED,  # one we do not know
}
DEAD = {
    21610: (STOPPED, "stop"),
    21635: (LANDLINE, "dead_number"),
    30006: (LANDLINE, "dead_number"),
}
MISCONFIGURED = {
    **dict.fromkeys((20003, 20404, 21212, 21603, 21606, 21608, 21609), OURS),
    **dict.fromkeys((21659, 21660, 21701, 21703, 30002, 30024, 30034), OURS),
    21617: TOO_LONG,
}
TOO_FAST = (14107, 20429, 21611, 30001, 30022, 63038)


def refreshed(delivery: Delivery) -> Delivery:
    delivery.refresh_from_db()
    return delivery


def test_no_code_of_the_table_is_left_out_here():
    assert set(MEANINGS) == {*PERMANENT, *DEAD, *MISCONFIGURED, *TOO_FAST, 30003} - {29999}


@pytest.mark.parametrize(("code", "words"), PERMANENT.items())
def test_a_number_that_cannot_get_an_sms_is_not_tried_again(twilio, code, words):
    (delivery,) = owe_sms()
    twilio.play("code", code=code)

    send("sms")
    send("sms")

    attempt = attempt_of(refreshed(delivery))
    assert (delivery.state, delivery.tries, twilio.calls) == ("failed", 1, 1)
    assert delivery.reason == words
    assert delivery.ended_at is not None
    assert (attempt.outcome, attempt.code, attempt.http_status) == ("permanent", str(code), 400)
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(("code", "words", "cause"), [(code, *DEAD[code]) for code in DEAD])
def test_an_address_that_is_gone_for_good_is_never_sent_to_again(twilio, code, words, cause):
    (delivery,) = owe_sms()
    twilio.play("code", code=code)

    send("sms")

    suppression = Suppression.objects.get()
    assert (refreshed(delivery).state, delivery.reason) == ("failed", words)
    assert (suppression.channel, suppression.address) == ("sms", delivery.address)
    assert (suppression.cause, suppression.sender) == (cause, f"twilio:{SERVICE_SID}")


def test_no_phone_number_gets_into_the_reasons(twilio):
    (delivery,) = owe_sms()
    twilio.play("code", code=21211)

    send("sms")

    assert "+1500" not in refreshed(delivery).reason + attempt_of(delivery).detail


@pytest.mark.parametrize(("code", "words"), MISCONFIGURED.items())
def test_our_own_mistake_spends_no_tries(twilio, code, words):
    (delivery,) = owe_sms()
    twilio.play("code", code=code)

    send("sms")

    assert (refreshed(delivery).state, delivery.tries, delivery.reason) == ("ready", 0, words)
    assert delivery.not_before > timezone.now()


def test_one_text_that_is_too_long_holds_only_itself(twilio):
    owe_sms(3)
    twilio.play("code", status=400, code=21617, times=1)

    send("sms")

    states = Counter(Delivery.objects.values_list("state", flat=True))
    assert states == {"accepted": 2, "ready": 1}
    assert Delivery.objects.get(state="ready").tries == 0


@pytest.mark.parametrize(
    ("status", "code"), [(401, 20003), (400, 21606), (403, 20005), (404, 20404)]
)
def test_our_own_mistake_holds_everything(twilio, caplog, status, code):
    owe_sms(600)
    twilio.play("code", status=status, code=code, times=None)

    send("sms")

    # The batch stops at the first answers: the rest is not even called.
    assert twilio.calls <= TwilioProvider.in_flight
    assert Delivery.objects.filter(state="ready", tries=0).count() == 600
    assert any(record.levelname == "ERROR" for record in caplog.records)

    twilio.forgive()
    cache.clear()  # the breaker forgets
    Delivery.objects.update(not_before=timezone.now())
    send("sms")
    assert Delivery.objects.filter(state="accepted", tries=1).count() == 600
    assert twilio.twice() == {}


@pytest.mark.parametrize("code", TOO_FAST)
def test_who_is_too_fast_tries_again_more_slowly(twilio, code):
    (delivery,) = owe_sms()
    twilio.play("code", code=code)

    send("sms")

    assert (refreshed(delivery).state, attempt_of(delivery).outcome) == ("ready", "retry")
    assert is_slowing(classed(code, 400))


def is_slowing(answer: Answer) -> bool:
    return answer.is_throttle and answer.halts and not answer.is_dead


def test_a_phone_that_is_off_may_be_on_later(twilio):
    (delivery,) = owe_sms()
    twilio.play("code", code=30003)

    send("sms")

    assert (refreshed(delivery).state, delivery.reason) == ("ready", NOT_NOW)
    assert not is_slowing(classed(30003, 400))


def test_a_code_of_the_future_refuses_one_message_only():
    assert not classed(99_999, 400).halts
    assert meaning_of(99_999).dead_because is None
