"""Sums of deliveries: always what counting would say, however they are folded."""

import random
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from notifications.counts import EPOCH, fold, happened_by_hour, happened_by_minute, read_counts
from notifications.kinds import DeliveryState
from notifications.models import Delivery, DeliveryCount
from tests.notifications.builders import owe_sms

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def note(at, state="accepted", change=1, entered=1, **more):
    kind = {"lane": "standard", "channel": "sms", "provider": "twilio", **more}
    return DeliveryCount.objects.create(
        minute=at, state=state, change=change, entered=entered, **kind
    )


def sums():
    return {
        (one.lane, one.channel, one.provider, one.campaign_id, one.state): (one.now, one.ever)
        for one in read_counts()
    }


def rows():
    return sorted(DeliveryCount.objects.values_list("minute", "change", "entered"))


def counted():
    return Counter(Delivery.objects.values_list("state", flat=True))


def summed():
    total: Counter[str] = Counter()
    for one in read_counts():
        total[one.state.value] += one.now
    return +total


def test_a_delivery_is_counted_where_it_is_and_where_it_ever_was():
    owe_sms(3)
    Delivery.objects.update(state="claimed")
    Delivery.objects.update(state="ready")

    assert sums() == {
        ("standard", "sms", "", None, "ready"): (3, 6),
        ("standard", "sms", "", None, "claimed"): (0, 3),
    }


def test_all_sums_are_one_query(django_assert_num_queries):
    owe_sms(2)

    with django_assert_num_queries(1):
        read_counts()


def test_a_finished_minute_becomes_one_row_a_kind():
    for _ in range(3):
        note(NOON)
    note(NOON, change=-2, entered=0)
    note(NOON, "failed")
    note(NOON + timedelta(minutes=1))

    fold(NOON + timedelta(minutes=1, seconds=30))

    minute = NOON + timedelta(minutes=1)
    assert rows() == [(NOON, 1, 1), (NOON, 1, 3), (minute, 1, 1)]


def test_the_running_minute_is_left_alone():
    for _ in range(3):
        note(NOON)

    assert fold(NOON + timedelta(seconds=59)) == 0
    assert len(rows()) == 3


def test_hours_follow_minutes_and_one_row_follows_hours():
    for minutes in (0, 1, 59, 60):
        note(NOON + timedelta(minutes=minutes))

    fold(NOON + timedelta(hours=4, minutes=1))
    assert rows() == [(NOON, 3, 3), (NOON + timedelta(hours=1), 1, 1)]
    fold(NOON + timedelta(days=9))
    assert rows() == [(EPOCH, 4, 4)]


def test_a_late_row_joins_what_was_folded_before_it_came():
    note(NOON)
    fold(NOON + timedelta(days=9))
    note(NOON + timedelta(hours=5))
    note(NOON)

    assert fold(NOON + timedelta(days=9)) > 0
    assert rows() == [(EPOCH, 3, 3)]


def test_folding_again_changes_nothing():
    for minutes in range(0, 600, 7):
        note(NOON + timedelta(minutes=minutes))
    now = NOON + timedelta(minutes=600)
    fold(now)
    before = list(DeliveryCount.objects.order_by("pk").values_list())

    assert fold(now) == 0
    assert list(DeliveryCount.objects.order_by("pk").values_list()) == before


def test_campaigns_are_kept_apart_and_none_is_not_a_campaign():
    for campaign in (None, None, 1, 1, 2):
        note(NOON, campaign_id=campaign)
    before = sums()

    fold(NOON + timedelta(hours=1))

    assert sums() == before
    assert len(rows()) == 3
    assert {one.campaign_id for one in read_counts(campaign_id=1)} == {1}


def test_charts_read_steps_of_time_by_channel_and_provider():
    note(NOON)
    note(NOON, change=2)
    note(NOON + timedelta(minutes=1), "failed", provider="other")
    note(NOON, "ready")

    points = happened_by_minute(NOON)
    assert {(one.at, one.provider, one.what.value, one.count) for one in points} == {
        (NOON, "twilio", "sent", 3),
        (NOON + timedelta(minutes=1), "other", "failed", 1),
    }
    assert {(one.at, one.provider) for one in happened_by_hour(NOON)} == {
        (NOON, "twilio"),
        (NOON, "other"),
    }


def test_what_is_sent_counts_once_whichever_states_it_passes_or_skips():
    quick, slow, bounced = owe_sms(3)
    Delivery.objects.filter(pk=quick.pk).update(state="delivered")
    for state in ("accepted", "delivered"):
        Delivery.objects.filter(pk=slow.pk).update(state=state)
    for state in ("unknown", "accepted", "undelivered"):
        Delivery.objects.filter(pk=bounced.pk).update(state=state)

    found: Counter[str] = Counter()
    for point in happened_by_minute(timezone.now() - timedelta(minutes=5)):
        found[point.what.value] += point.count

    assert found == {"sent": 3, "undelivered": 1, "unknown": 1}


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["insert", "move", "fold"]),
        st.sampled_from([state.value for state in DeliveryState]),
        st.integers(0, 20 * 24 * 60),
    ),
    max_size=25,
)


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=MOVES)
def test_folding_at_any_moment_never_changes_a_sum(moves):
    with transaction.atomic():
        for what, state, minutes in moves:
            if what == "insert":
                owe_sms(1)
            elif what == "move":
                some = list(Delivery.objects.order_by("pk")[minutes % 3 :][:3])
                Delivery.objects.filter(pk__in=[one.pk for one in some]).update(state=state)
            else:
                fold(timezone.now() + timedelta(minutes=minutes))
            assert summed() == counted()
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_two_who_fold_while_deliveries_move_lose_nothing():
    owe_sms(40)
    ends = threading.Event()
    faults = []

    def fold_on():
        try:
            while not ends.is_set():
                fold(timezone.now() + timedelta(minutes=random.choice([1, 300, 20_000])))
        except Exception as error:  # noqa: BLE001 - it is the main thread's to report
            faults.append(error)
        finally:
            connection.close()

    folders = [threading.Thread(target=fold_on) for _ in range(2)]
    for folder in folders:
        folder.start()
    ids = list(Delivery.objects.values_list("pk", flat=True))
    for _ in range(80):
        Delivery.objects.filter(pk__in=random.sample(ids, 5)).update(
            state=random.choice(list(DeliveryState))
        )
        assert summed() == counted()
    ends.set()
    for folder in folders:
        folder.join()

    assert faults == []
    fold(timezone.now() + timedelta(days=10))
    assert summed() == counted()
    assert set(DeliveryCount.objects.values_list("minute", flat=True)) == {EPOCH}
