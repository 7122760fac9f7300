"""`manage.py deliveries`: the state of the engine for a person at a terminal, and for programs."""

import io
import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from notifications import watching
from notifications.kinds import ChannelKind
from notifications.limits.breakers import BreakerState
from notifications.limits.health import ProviderHealth
from notifications.models import Delivery
from tests.notifications.builders import owe_email, owe_sms, send
from tests.notifications.test_metrics import TEN_DAYS, create_campaign, owe_letter

pytestmark = pytest.mark.django_db


def run(*options):
    out = io.StringIO()
    call_command("deliveries", *options, stdout=out)
    return out.getvalue()


def lane(channel="sms", name="standard"):
    numbers = json.loads(run("--json"))["lanes"]
    return next(one for one in numbers if (one["lane"], one["channel"]) == (name, channel))


def line_with(*words):
    return next(line for line in run().splitlines() if all(word in line for word in words))


@pytest.fixture
def open_breaker(monkeypatch):
    until = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
    health = ProviderHealth(
        "twilio", "twilio", ChannelKind.SMS, 1, 100.0, 0.25,
        breaker=BreakerState.OPEN, until=until, cause="20003",
    )  # fmt: skip
    monkeypatch.setattr(watching, "snapshot", lambda: [health])
    return health


def test_an_idle_engine_shows_every_lane_and_channel():
    text = run()

    for word in ("urgent", "standard", "bulk", "sms", "email", "push", "letter"):
        assert word in text
    assert "Letters: 0 to print; 0 printed, to post." in text
    assert "Campaigns" not in text


def test_what_waits_what_is_sent_and_what_went_wrong_is_told_by_lane():
    owe_sms(3)
    Delivery.objects.update(not_before=timezone.now() - timedelta(minutes=10))
    owe_email(4)
    send("email")
    Delivery.objects.filter(
        pk__in=Delivery.objects.filter(channel="email").values("pk")[:1]
    ).update(state="undelivered")
    assert (lane()["waiting"], lane()["wrong_share"]) == (3, None)
    assert 600 <= lane()["oldest_seconds"] < 660

    mail = lane("email")
    assert (mail["waiting"], mail["sent_a_minute"], mail["wrong_share"]) == (0, 0.4, 0.25)
    assert "25.0%" in line_with("standard", "email")
    assert "10 min" in line_with("standard", "sms")


def test_a_provider_that_is_shut_says_why_and_until_when(open_breaker):
    line = line_with("twilio")

    assert "open until" in line
    assert "(20003)" in line
    assert "25 (25%)" in line
    (told,) = json.loads(run("--json"))["providers"]
    assert (told["breaker"], told["rate"], told["cause"]) == ("open", 25.0, "20003")


def test_campaigns_that_go_out_show_how_far_they_are():
    campaign = create_campaign(recipients=2, audience_size=1_000)
    create_campaign("paused")
    owe_email(2)
    Delivery.objects.update(campaign_id=campaign.pk, lane="bulk")
    send("email", "bulk")

    (told,) = json.loads(run("--json"))["campaigns"]
    assert (told["reference"], told["sent"], told["waiting"]) == (campaign.reference, 2, 0)
    assert "2 of 1,000" in line_with(campaign.reference)


def test_letters_and_what_is_overdue_are_told():
    owe_letter(TEN_DAYS)
    owe_letter(-TEN_DAYS)
    text = run()

    first = timezone.now() - TEN_DAYS
    assert f"Letters: 2 to print, the first is due by law on {first:%Y-%m-%d}" in text
    assert "Owed by law and past its due date: 1" in text


def test_watching_shows_it_anew_until_ctrl_c(monkeypatch):
    waits = []

    def wait(_event, seconds):
        waits.append(seconds)
        if len(waits) > 1:
            raise KeyboardInterrupt
        owe_sms(7)
        return False

    monkeypatch.setattr(threading.Event, "wait", wait)

    assert "7" in run("--watch")
    assert len(waits) == 2


def test_a_program_does_not_watch():
    with pytest.raises(CommandError, match="not both"):
        run("--json", "--watch")


def test_the_price_does_not_grow(django_assert_num_queries):
    owe_sms(1)
    with django_assert_num_queries(5):
        run()
    owe_sms(40)
    owe_email(40)
    with django_assert_num_queries(5):
        run("--json")
