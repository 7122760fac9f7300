"""Clocks that jump, and the nights in which they are put forward or back."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from notifications.delivery import check, sweep
from notifications.delivery.claim import claim
from notifications.kinds import ChannelKind, Lane
from notifications.models import Delivery
from tests.notifications.builders import create_person, lease_runs_out, owe, owe_sms, send

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("jump", [timedelta(hours=-3), timedelta(hours=3)])
def test_a_workers_clock_that_jumps_neither_frees_nor_keeps_a_lease(time_machine, jump):
    owe_sms(3)
    time_machine.move_to(timezone.now() + max(jump, timedelta(0)), tick=True)
    assert len(claim(Lane.STANDARD, ChannelKind.SMS).rows) == 3

    time_machine.shift(jump)
    assert sweep.free_stale_claims() == 0
    assert claim(Lane.STANDARD, ChannelKind.SMS).rows == []

    lease_runs_out()
    assert sweep.free_stale_claims() == 3


def test_what_was_put_off_by_a_clock_that_was_wrong_goes_when_it_is_right_again(
    time_machine, twilio
):
    owe_sms(2)
    time_machine.move_to(timezone.now() - timedelta(hours=1), tick=True)
    send("sms")
    assert len(twilio.accepted) == 0  # not before its time, on this clock

    time_machine.shift(timedelta(hours=1))
    send("sms")

    assert len(twilio.accepted) == 2


@pytest.mark.parametrize(
    ("night", "silent_until"),
    [
        # Berlin: eight in the morning is seven hours after midnight UTC in winter, six in summer.
        ("2027-03-27T23:30:00+00:00", "2027-03-28T06:00:00+00:00"),
        ("2026-10-24T23:30:00+00:00", "2026-10-25T07:00:00+00:00"),
    ],
)
def test_in_the_night_of_the_clock_change_phones_are_silent_until_eight_on_the_persons_clock(
    time_machine, twilio, settings, night, silent_until
):
    settings.QUIET_HOURS = True
    time_machine.move_to(datetime.fromisoformat(night), tick=False)
    owe(create_person(email=None, time_zone="Europe/Berlin", is_awake=False))
    morning = datetime.fromisoformat(silent_until)

    send("sms")

    waiting = Delivery.objects.get()
    assert (waiting.state, waiting.reason) == ("ready", check.QUIET_HOURS)
    assert morning <= waiting.not_before <= morning + check.SPREAD_AFTER_QUIET

    time_machine.move_to(waiting.not_before, tick=False)
    send("sms")
    assert len(twilio.accepted) == 1
