"""A note in the morning, once a day, and only when something waits."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from appeals.actions.digests import send_digests
from appeals.review_periodic import send_reviewer_digests
from appeals.states import AppealState
from notifications.api import Notification
from tests.appeals.builders import create_appeal, create_customer, create_queue, create_reviewer

# A Tuesday, nine in the morning in New York.
MORNING = datetime(2026, 10, 6, 13, 0, tzinfo=UTC)


@pytest.fixture
def queue(db):
    return create_queue("credit_review")


@pytest.fixture
def rosa(queue):
    return create_reviewer("Rosa Vega", queue=queue, time_zone="America/New_York")


def digests():
    return Notification.objects.filter(type="reviewer_digest")


def test_each_member_hears_how_much_waits(queue, rosa):
    other = create_queue("income_verification")
    other.members.add(rosa)
    for place in (queue, queue, other):
        create_appeal(
            state=AppealState.SUBMITTED, queue=place, promised_at=MORNING + timedelta(days=9)
        )
    create_appeal(state=AppealState.SUBMITTED, queue=queue, promised_at=MORNING - timedelta(days=1))
    create_appeal(state=AppealState.DECIDED, queue=queue)

    assert send_digests(MORNING) == 1

    told = digests().get()
    assert told.recipient == rosa
    assert told.context == {"waiting": "4", "due": "1"}


def test_once_a_day(queue, rosa):
    create_appeal(state=AppealState.SUBMITTED, queue=queue)

    with time_machine.travel(MORNING, tick=False):
        send_reviewer_digests()
        send_reviewer_digests()
    with time_machine.travel(MORNING + timedelta(days=1), tick=False):
        send_reviewer_digests()

    assert digests().count() == 2


@pytest.mark.parametrize(
    "moment",
    [
        MORNING - timedelta(hours=4),  # five in the morning
        MORNING + timedelta(hours=6),  # three in the afternoon
        datetime(2026, 10, 10, 13, 0, tzinfo=UTC),  # a Saturday
        datetime(2026, 11, 26, 14, 0, tzinfo=UTC),  # Thanksgiving
    ],
)
def test_nobody_is_told_out_of_hours(queue, rosa, moment):
    create_appeal(state=AppealState.SUBMITTED, queue=queue)

    assert send_digests(moment) == 0


def test_it_is_morning_where_the_reviewer_is(queue):
    create_reviewer("Li Na", queue=queue, time_zone="Asia/Shanghai", jurisdiction="CN")
    create_appeal(state=AppealState.SUBMITTED, queue=queue)

    assert send_digests(datetime(2026, 10, 13, 1, 0, tzinfo=UTC)) == 1


def test_nothing_is_said_when_nothing_waits(queue, rosa):
    create_appeal(state=AppealState.SUBMITTED, queue=create_queue("fraud_identity"))

    assert send_digests(MORNING) == 0


def test_whoever_left_is_not_told(queue):
    create_reviewer("Gone Girl", queue=queue, is_active=False)
    queue.members.add(create_customer("No Staff"))
    create_appeal(state=AppealState.SUBMITTED, queue=queue)

    assert send_digests(MORNING) == 0
