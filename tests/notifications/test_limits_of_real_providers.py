"""Twilio and SendGrid as they really answer: too fast, a wrong key, down."""

import pytest

from notifications.limits import health
from notifications.limits.breakers import BreakerState
from notifications.models import Delivery
from tests.doubles.fixtures import carry, provider
from tests.notifications.builders import owe_email, owe_sms, send

pytestmark = pytest.mark.django_db


def health_of(channel):
    return next(one for one in health.snapshot() if one.channel == channel)


def test_twilio_is_not_called_before_the_time_it_names(twilio, bells):
    twilio.play("throttle", retry_after="30")
    owe_sms(1)
    send("sms")
    assert health_of("sms").factor == pytest.approx(0.5, abs=0.05)
    owe_sms(5)

    send("sms")
    send("sms", "urgent")

    assert (twilio.calls, Delivery.objects.filter(state="ready").count()) == (1, 6)
    assert health_of("sms").breaker == BreakerState.CLOSED


def test_a_wrong_key_at_sendgrid_hands_its_mail_to_the_spare(settings, sendgrid, bells):
    settings.SENDGRID_API_KEY = "wrong"
    mail = [
        provider("sendgrid", sender=settings.EMAIL_FROM),
        {"name": "local", "backend": "notifications.channels.local.LocalProvider", "weight": 0},
    ]
    carry(settings, "email", *mail)
    owe_email(3)
    send("email")
    assert health_of("email").breaker == BreakerState.OPEN
    late = owe_email(2)

    send("email")

    held = Delivery.objects.exclude(pk__in=[one.pk for one in late])
    assert set(held.values_list("state", "tries")) == {("ready", 0)}
    assert Delivery.objects.filter(state="delivered", provider="local").count() == 2
    assert sendgrid.accepted == []


def test_a_twilio_that_is_down_is_left_alone(twilio, bells):
    twilio.play("status", times=None, status=503)
    owe_sms(25)
    send("sms")
    owe_sms(5)

    send("sms")

    assert twilio.calls == 25
    assert health_of("sms").breaker == BreakerState.OPEN
    assert Delivery.objects.filter(state="ready").count() == 5
