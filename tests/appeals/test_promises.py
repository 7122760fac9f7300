"""Saying so when we are late."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.utils import timezone

from appeals.actions.promises import tell_of_late_promises
from appeals.deadlines import end_of_day
from appeals.models import Appeal, EventKind
from appeals.periodic import tell_those_we_keep_waiting
from appeals.states import AppealState
from notifications.api import messages_for
from tests.appeals.builders import create_appeal, create_customer, create_decision

OPEN_STATES = [AppealState.SUBMITTED, AppealState.IN_REVIEW, AppealState.APPROVAL]


def missed(decision, state=AppealState.IN_REVIEW) -> Appeal:
    return create_appeal(decision, state=state, promised_at=timezone.now() - timedelta(minutes=1))


@pytest.mark.parametrize("state", OPEN_STATES)
def test_a_missed_promise_is_told_once(alice, decision, state):
    appeal = missed(decision, state)

    tell_those_we_keep_waiting()
    tell_those_we_keep_waiting()

    [message] = messages_for(alice)
    assert message.type == "promise_overdue"
    assert message.context["reference"] == appeal.reference
    [event] = appeal.events.all()
    assert (event.kind, event.is_visible, event.by) == (EventKind.LATE, True, None)
    appeal.refresh_from_db()
    assert appeal.lateness_told_at is not None
    assert appeal.state == state


@pytest.mark.parametrize(
    "state",
    [AppealState.WAITING, AppealState.DECIDED, AppealState.WITHDRAWN],
)
def test_whom_we_do_not_keep_waiting_is_not_told(alice, decision, state):
    missed(decision, state)

    tell_those_we_keep_waiting()

    assert not messages_for(alice).exists()


def test_the_promised_day_has_to_be_over_where_the_customer_lives(db):
    keola = create_customer("Keola Kai", time_zone="Pacific/Honolulu")
    create_appeal(
        create_decision(keola),
        state=AppealState.SUBMITTED,
        promised_at=end_of_day(date(2026, 11, 20), keola.zone),
    )

    with time_machine.travel(datetime(2026, 11, 21, 9, 59, tzinfo=UTC), tick=False):
        tell_those_we_keep_waiting()
    assert not messages_for(keola).exists()

    with time_machine.travel(datetime(2026, 11, 21, 10, 0, 1, tzinfo=UTC), tick=False):
        tell_those_we_keep_waiting()
    [message] = messages_for(keola)
    assert message.context["promised_on"] == "2026-11-20"


def test_the_oldest_promises_come_first_and_no_more_than_a_batch(alice, decision):
    older = create_appeal(
        create_decision(alice),
        state=AppealState.SUBMITTED,
        promised_at=timezone.now() - timedelta(days=3),
    )
    missed(decision)

    assert tell_of_late_promises(limit=1) == 1

    assert Appeal.objects.get(lateness_told_at__isnull=False) == older


def test_the_clock_rings_for_it():
    tasks = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert tell_those_we_keep_waiting.name in tasks


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_it_once_between_them():
    alice = create_customer()
    appeal = missed(create_decision(alice))

    def work(_):
        try:
            return tell_of_late_promises()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        told = sum(pool.map(work, range(3)))

    assert told == 1
    assert appeal.events.count() == 1
