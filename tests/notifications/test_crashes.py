"""Killed workers and a wiped Redis, in the middle of it: nothing lost, nothing sent twice."""

from uuid import UUID

import pytest
from django.db.models import Count

from notifications.api import Lane, NotificationRequest, notify_many
from notifications.lanes import STRIDE
from notifications.models import Attempt, Delivery, Notification, Preference
from portal.models import Customer
from tests.doubles import SendGridDouble, TwilioDouble
from tests.doubles import sendgrid as sendgrid_double
from tests.doubles import twilio as twilio_double
from tests.notifications.processes import Workers, own_redis, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PEOPLE = 1_000
DELIVERIES = 2 * PEOPLE
OPEN_STATES = ("ready", "claimed", "sending")


def owe_everybody() -> None:
    people = Customer.objects.bulk_create(
        Customer(
            reference=f"crash-{n}",
            name="C",
            email=f"crash{n}@example.org",
            phone=f"+1202{n:07d}",
            locale="zh-hans" if n % 3 == 0 else "en",
        )
        for n in range(PEOPLE)
    )
    Preference.objects.bulk_create(
        Preference(person=person, quiet_from="08:00", quiet_until="08:00") for person in people
    )
    made = notify_many(
        NotificationRequest(
            recipient_id=person.pk,
            type="line_changed",
            dedupe_key=f"crash:{person.pk}",
            lane=Lane.BULK,
            path="/decisions/LD-1/",
            is_mandatory=True,
        )
        for person in people
    )
    assert made == PEOPLE


@pytest.fixture
def doubles():
    with TwilioDouble(latency=0.05) as twilio, SendGridDouble(latency=0.05) as sendgrid:
        yield twilio, sendgrid


@pytest.fixture
def workers(tmp_path, doubles):
    twilio, sendgrid = doubles
    with (
        own_redis() as redis_url,
        Workers(
            tmp_path,
            redis_url,
            TWILIO_API_URL=twilio.url,
            TWILIO_ACCOUNT_SID=twilio_double.ACCOUNT_SID,
            TWILIO_AUTH_TOKEN=twilio_double.AUTH_TOKEN,
            TWILIO_MESSAGING_SERVICE_SID=twilio_double.SERVICE_SID,
            SENDGRID_API_URL=sendgrid.url,
            SENDGRID_API_KEY=sendgrid_double.API_KEY,
            PUBLIC_URL="https://portal.lender.example",
        ) as started,
    ):
        yield started


def test_killed_workers_and_a_wiped_broker_lose_nothing_and_send_nothing_twice(workers, doubles):
    twilio, sendgrid = doubles

    def taken() -> int:
        return len(twilio.accepted) + len(sendgrid.accepted)

    def until(count: int) -> None:
        try:
            wait_until(lambda: taken() >= count, seconds=120, what=f"{count} were taken")
        except AssertionError as error:
            raise AssertionError(f"{error}, but {taken()} were\n{workers.said()}") from None

    owe_everybody()
    workers.start_beat()
    workers.start_worker("periodic", processes=1)
    worker = workers.start_worker("bulk")

    until(DELIVERIES // 5)
    workers.kill_one_child(worker)
    until(DELIVERIES // 5 * 2)
    workers.kill(worker)
    workers.wipe_redis()
    worker = workers.start_worker("bulk")
    until(DELIVERIES // 5 * 3)
    workers.wipe_redis()
    wait_until(
        lambda: not Delivery.objects.filter(state__in=OPEN_STATES).exists(),
        seconds=120,
        what="no delivery was open any more",
    )
    assert workers.stop(worker) == 0, workers.said()

    _assert_the_count_is_exact(twilio, sendgrid)


def _assert_the_count_is_exact(twilio: TwilioDouble, sendgrid: SendGridDouble) -> None:
    accepted = [*twilio.accepted, *sendgrid.accepted]
    states = dict(
        Delivery.objects.values_list("state").annotate(count=Count("pk")).order_by("state")
    )
    unknown = states.get("unknown", 0)
    assert twilio.twice() == {}
    assert sendgrid.twice() == {}
    assert Notification.objects.count() == PEOPLE
    assert sum(states.values()) == DELIVERIES
    assert set(states) <= {"accepted", "unknown"}
    # Three processes died (one child, then two), each with no more than a stride in the air.
    assert unknown <= 3 * STRIDE
    assert not Delivery.objects.filter(state="unknown", reason="").exists()
    # What the doubles took came from an attempt we had written down, one for each delivery.
    attempts = dict(Attempt.objects.values_list("pk", "delivery"))
    taken = [attempts[UUID(one.attempt_id)] for one in accepted]
    assert len(taken) == len(set(taken))
    sent = Delivery.objects.filter(state="accepted").values_list("pk", flat=True)
    assert set(sent) <= set(taken)
    assert DELIVERIES - unknown <= len(accepted) <= DELIVERIES
