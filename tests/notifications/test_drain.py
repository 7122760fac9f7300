"""`manage.py drain` sends what waits and says what became of it."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from notifications.models import Delivery
from tests.notifications.builders import create_person, owe, owe_sms

pytestmark = pytest.mark.django_db


def drain() -> str:
    out = StringIO()
    call_command("drain", stdout=out)
    return out.getvalue()


def test_everything_that_is_ready_goes(closed_channels):
    owe_sms(3)
    owe(create_person(), lane="bulk")

    printed = drain()

    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}
    assert "standard" in printed
    assert "bulk" in printed
    assert "3 accepted" in printed


def test_what_still_waits_is_listed_with_its_reason(twilio):
    owe_sms()
    twilio.play("throttle", retry_after="60")

    printed = drain()

    assert "1 retry" in printed
    assert "The provider asked us to slow down." in printed
    assert f"{timezone.now():%Y-%m-%d}" in printed
