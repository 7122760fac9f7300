"""Channel health in the admin: what waits, what goes wrong, and what to do."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from notifications import watching
from notifications.admin.charts import HEIGHT, Span, charts_of
from notifications.counts import Happening, Point
from notifications.kinds import ChannelKind
from notifications.limits.breakers import BreakerState
from notifications.limits.health import ProviderHealth
from notifications.models import Delivery
from tests.notifications.builders import create_person, owe_email, owe_sms, send
from tests.notifications.test_metrics import TEN_DAYS, owe_letter

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:notifications_health")
NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def desk(client):
    staff = create_person("Sam Staff", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename="view_delivery"))
    client.force_login(staff)
    return client


@pytest.fixture
def twilio_is(monkeypatch):
    def say(**health):
        one = ProviderHealth("twilio", "twilio", ChannelKind.SMS, 1, 100.0, **health)
        monkeypatch.setattr(watching, "snapshot", lambda: [one])

    return say


def read(desk, address=PAGE):
    return " ".join(desk.get(address).content.decode().split())


def test_it_shows_what_waits_what_was_sent_and_what_went_wrong(desk):
    owe_sms(3)
    Delivery.objects.update(not_before=timezone.now() - timedelta(hours=3))
    owe_email(4)
    send("email")
    one = Delivery.objects.filter(channel="email")[0]
    Delivery.objects.filter(pk=one.pk).update(state="undelivered")

    text = read(desk)

    assert "3 h" in text
    assert 'data-tone="late"' in text
    assert "25.0 %" in text
    assert "Sent 4 · could not be sent 0 · not confirmed 0 · did not arrive 1" in text
    assert text.count("The same as a table") == 2
    assert 'role="img"' in text


@pytest.mark.parametrize(
    ("health", "words"),
    [
        ({"breaker": BreakerState.OPEN, "cause": "20003", "is_ours": True}, "not set up right"),
        ({"breaker": BreakerState.OPEN, "cause": "no answer"}, "cannot be reached"),
        ({"breaker": BreakerState.OPEN, "cause": "503"}, "has a fault"),
        ({"breaker": BreakerState.UNSEEN}, "Start Redis again"),
        ({"breaker": BreakerState.CLOSED, "shut_until": NOON}, "asked us to wait"),
    ],
)
def test_what_to_do_is_said_in_plain_words(desk, twilio_is, health, words):
    twilio_is(**health)

    text = read(desk)

    assert "What to do:" in text
    assert words in text
    assert health.get("cause", "") in text


def test_a_provider_that_works_needs_no_advice(desk, twilio_is):
    twilio_is(breaker=BreakerState.CLOSED, factor=0.5)
    text = read(desk)

    assert "What to do" not in text
    assert "50/s" in text
    assert "of 100" in text


def test_letters_and_what_is_overdue_stand_out(desk):
    owe_letter(-TEN_DAYS)
    text = read(desk)

    assert "1 message owed by law has not arrived by its due date." in text
    assert "Letters: 1 wait to be printed" in text


def test_the_part_that_renews_itself_is_only_that_part(desk):
    text = read(desk, f"{PAGE}?part=now")

    assert text.startswith('<div id="health-now"')
    assert 'hx-trigger="every 10s"' in text
    assert "<svg" not in text
    assert "<html" not in text


def test_the_price_does_not_grow(desk):
    def cost(address):
        desk.get(address)
        with CaptureQueriesContext(connection) as queries:
            desk.get(address)
        return len(queries)

    owe_sms(1)
    before = cost(PAGE), cost(f"{PAGE}?part=now")
    owe_sms(30)
    owe_email(30)
    assert (cost(PAGE), cost(f"{PAGE}?part=now")) == before
    assert before[1] <= 12


def test_only_staff_who_may_see_deliveries_see_it(client):
    for who, status in ((create_person(), {302, 404}), (create_person(is_staff=True), {403})):
        client.force_login(who)
        assert client.get(PAGE).status_code in status
    client.logout()
    assert client.get(PAGE).status_code == 302


def test_steps_end_with_the_one_that_runs_now():
    span = Span.until(NOON + timedelta(minutes=7), timedelta(minutes=5), 36)

    assert span.times()[-1] == NOON + timedelta(minutes=5)
    assert span.begin == NOON - timedelta(hours=2, minutes=50)


def test_bars_hold_all_numbers_and_stay_in_their_frame():
    span = Span(NOON, timedelta(minutes=5), 3)
    points = [
        Point(NOON, "standard", "sms", "twilio", Happening.SENT, 90),
        Point(NOON + timedelta(minutes=4), "bulk", "sms", "twilio", Happening.FAILED, 10),
        Point(NOON + timedelta(minutes=5), "bulk", "sms", "twilio", Happening.UNDELIVERED, 2),
        Point(NOON + timedelta(hours=1), "bulk", "sms", "twilio", Happening.SENT, 5),
    ]

    idle, chart = charts_of(points, span, [("email", "sendgrid")])

    assert (idle.channel, idle.most) == ("email", 0)
    assert chart.most == 100
    assert sum(bar.height for bar in chart.bars) == HEIGHT
    assert min(bar.top for bar in chart.bars) >= 0
    assert [mark.count for mark in chart.marks] == [2]
    assert [step.sent for step in chart.steps] == [90, 0, 0]
