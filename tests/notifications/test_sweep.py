"""The sweep that repairs what died in the middle, the bells, and answers that come late."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from notifications import tasks
from notifications.channels.base import Answer
from notifications.delivery import batch as batches
from notifications.delivery import record as recording
from notifications.delivery import sweep
from notifications.delivery.begin import Sending, begin
from notifications.delivery.record import record
from notifications.kinds import AttemptOutcome, Lane
from notifications.models import Attempt, Delivery
from notifications.periodic import sweep as sweep_task
from tests.notifications.builders import (
    claim_sms,
    create_person,
    lease_runs_out,
    message_for,
    owe,
    owe_sms,
    send,
    sms_provider,
)

pytestmark = pytest.mark.django_db


def begun_sms():
    owe_sms()
    held = claim_sms()
    (sending,) = begin(held, [Sending(row, message_for(row)) for row in held.rows], sms_provider())
    return held, sending


def test_what_a_dead_worker_was_sending_is_unknown_for_good(twilio):
    begun_sms()
    assert sweep.mark_lost_sends() == 0
    lease_runs_out()

    assert sweep.mark_lost_sends() == 1
    send("sms")

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.reason) == ("unknown", sweep.WORKER_DIED)
    assert (Attempt.objects.get().outcome, twilio.calls) == ("unknown", 0)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Answer.accepted("SM1", 201), "accepted"),
        (Answer(AttemptOutcome.RETRY, detail="refused"), "ready"),
        (Answer(AttemptOutcome.PERMANENT, detail="no"), "failed"),
    ],
)
def test_an_answer_that_comes_late_is_better_than_unknown(answer, state):
    held, sending = begun_sms()
    lease_runs_out()
    sweep.mark_lost_sends()

    record(held, [(sending, answer)], sms_provider())

    assert Delivery.objects.get().state == state
    assert Attempt.objects.get().outcome == "unknown"  # it ended once


def test_a_receipt_that_was_faster_than_the_answer_stands():
    held, sending = begun_sms()
    Delivery.objects.update(state="delivered")

    record(held, [(sending, Answer.accepted("SM1", 201))], sms_provider())

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.provider_ref) == ("delivered", "SM1")


def test_an_answer_for_another_lease_changes_nothing():
    held, sending = begun_sms()
    Delivery.objects.update(lease_token=None)

    record(held, [(sending, Answer.accepted("SM1", 201))], sms_provider())

    assert Delivery.objects.get().state == "sending"


@pytest.fixture
def rung(monkeypatch):
    bells = []
    monkeypatch.setattr(
        tasks.dispatch, "apply_async", lambda args, **options: bells.append(tuple(args))
    )
    return bells


def test_the_sweep_rings_where_work_waits(rung, django_assert_max_num_queries):
    owe_sms(3)
    owe(create_person(), lane=Lane.BULK)
    Delivery.objects.filter(channel="email").update(not_before=timezone.now() + timedelta(hours=1))

    with django_assert_max_num_queries(4):
        sweep_task()

    assert sorted(rung) == [("bulk", "sms"), ("standard", "sms")]


def test_the_sweep_rings_no_more_than_the_workers_can_carry(rung, settings):
    settings.DISPATCH_PARALLEL = 2
    owe_sms(3)
    claim_sms(limit=1)
    sweep_task()
    assert rung == [("standard", "sms")]

    claim_sms(limit=1)
    sweep_task()
    assert rung == [("standard", "sms")]


def test_a_full_batch_rings_for_the_next_and_a_small_one_does_not(rung, monkeypatch):
    owe_sms(3)
    monkeypatch.setattr(tasks, "BATCH_SIZE", 3)

    send("sms")
    assert rung == [("standard", "sms")]

    owe_sms(2)
    send("sms")
    assert len(rung) == 1


def test_a_batch_that_takes_too_long_gives_the_rest_back(twilio, monkeypatch):
    monkeypatch.setattr(batches, "BATCH_SECONDS", -1.0)
    owe_sms(25)

    send("sms")

    assert (twilio.calls, Attempt.objects.count()) == (0, 0)
    assert Delivery.objects.filter(state="ready", tries=0, lease_token=None).count() == 25


def test_answers_outlive_a_moment_without_a_database(twilio, monkeypatch):
    (delivery,) = owe_sms()
    failures = [OperationalError("gone"), OperationalError("still gone")]
    real = recording.record

    def flaky(*args):
        if failures:
            raise failures.pop()
        real(*args)

    monkeypatch.setattr(recording, "record", flaky)
    monkeypatch.setattr(recording, "WAITS_FOR_DATABASE", (0, 0, 0))
    monkeypatch.setattr(connection, "close", lambda: None)

    send("sms")

    assert Delivery.objects.get(pk=delivery.pk).state == "accepted"
