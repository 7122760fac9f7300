"""Months of deliveries: there in time, complete when they come late, gone only when kept."""

import gzip
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from notifications import partitions
from notifications.counts import EPOCH, read_counts
from notifications.ids import MOST_PLACES, attempt_id, delivery_id, receipt_id, time_of
from notifications.kinds import ChannelKind
from notifications.models import Attempt, Delivery, Receipt
from notifications.partitions import TABLES, make_ahead, older_than, rows_astray, take_away
from tests.notifications.builders import create_person, owe

pytestmark = pytest.mark.django_db
NEW_YEAR = datetime(2030, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)


def months(table=TABLES[0]):
    return [name.removeprefix(f"{table}_") for name in partitions._partitions(table)]


def lie_in(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT tableoid::regclass::text FROM {table}")
        return {name.removeprefix(f"{table}_") for (name,) in cursor.fetchall()}


def sent_at(moment):
    """A delivery with an attempt and a receipt, as if its notification was made then."""
    notification = owe(create_person())
    delivery = Delivery.objects.create(
        id=delivery_id(moment, notification.pk, ChannelKind.SMS),
        notification=notification,
        channel="sms",
        lane="standard",
        address="+12025550100",
        state="delivered",
        not_before=moment,
        created_at=moment,
    )
    attempt = Attempt.objects.create(
        id=attempt_id(delivery.pk, 1), delivery=delivery, number=1, started_at=moment
    )
    Receipt.objects.create(
        id=receipt_id(attempt.pk, "twilio", f"SM{moment}"),
        provider="twilio",
        event_id=f"SM{moment}",
        attempt=attempt,
        word="delivered",
        received_at=moment,
        body_sha256="0" * 64,
    )
    return delivery


def test_making_ahead_twice_makes_nothing_new():
    now = timezone.now()
    make_ahead(now)
    before = months()

    assert make_ahead(now) == []
    assert months() == before


def test_months_are_made_over_new_year():
    made = make_ahead(datetime(2030, 11, 15, tzinfo=UTC))

    assert [name for name in made if name.startswith(TABLES[0])] == [
        f"{TABLES[0]}_{month}" for month in ("2030_11", "2030_12", "2031_01", "2031_02")
    ]


def test_midnight_of_new_year_divides_two_months():
    make_ahead(NEW_YEAR)
    old, new = sent_at(NEW_YEAR), sent_at(NEW_YEAR + timedelta(milliseconds=1))

    for table in TABLES:
        assert {"2030_12", "2031_01"} <= lie_in(table)
        assert "rest" not in lie_in(table)
    assert (old.pk.int >> 80) + 1 == new.pk.int >> 80


def test_what_came_while_nobody_made_months_moves_in_and_counts_once():
    late = NEW_YEAR + timedelta(days=1)
    delivery = sent_at(late)
    assert rows_astray() == dict.fromkeys(TABLES, True)
    before = sorted(read_counts(), key=str)

    make_ahead(late)

    assert rows_astray() == dict.fromkeys(TABLES, False)
    assert all("2031_01" in lie_in(table) for table in TABLES)
    assert Delivery.objects.get(pk=delivery.pk).attempts.get().receipts.count() == 1
    assert sorted(read_counts(), key=str) == before


def test_moved_rows_are_still_counted_and_protected():
    late = NEW_YEAR + timedelta(days=1)
    delivery = sent_at(late)
    make_ahead(late)

    Delivery.objects.filter(pk=delivery.pk).update(state="undelivered")

    assert {one.state: one.now for one in read_counts(state="undelivered")} == {"undelivered": 1}
    with pytest.raises(Exception, match="Cannot delete"):
        Attempt.objects.filter(delivery=delivery).delete()


def test_only_whole_old_months_are_old():
    make_ahead(NEW_YEAR)

    assert f"{TABLES[0]}_2030_12" in older_than(datetime(2033, 7, 1, tzinfo=UTC), 30)
    assert f"{TABLES[0]}_2030_12" not in older_than(datetime(2033, 6, 30, tzinfo=UTC), 30)
    assert not any(name.endswith("rest") for name in older_than(NEW_YEAR.replace(year=2099), 1))


def test_a_month_goes_without_a_trace():
    make_ahead(NEW_YEAR)
    delivery = sent_at(NEW_YEAR)

    assert take_away(f"{TABLES[0]}_2030_12") is None

    assert "2030_12" not in months()
    assert not Delivery.objects.filter(pk=delivery.pk).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"{TABLES[0]}_2030_12"])
        assert cursor.fetchone() == (None,)


def test_an_archived_month_can_be_read_and_checked(tmp_path):
    make_ahead(NEW_YEAR)
    delivery = sent_at(NEW_YEAR)

    kept = take_away(f"{TABLES[0]}_2030_12", tmp_path / "archive")

    assert kept is not None
    header, row = gzip.decompress(kept.read_bytes()).decode().splitlines()
    assert dict(zip(header.split(","), row.split(","), strict=True))["id"] == str(delivery.pk)
    told = kept.with_name(f"{kept.name}.sha256").read_text().split()
    assert told == [hashlib.sha256(kept.read_bytes()).hexdigest(), kept.name]
    assert kept.stat().st_mode & 0o077 == 0
    assert kept.parent.stat().st_mode & 0o077 == 0
    assert not list(kept.parent.glob("*.part"))


def test_a_month_that_could_not_be_archived_waits_for_another_try(tmp_path):
    make_ahead(NEW_YEAR)
    in_the_way = tmp_path / "archive"
    in_the_way.write_text("a file, not a folder")

    name = f"{TABLES[0]}_2030_12"

    with pytest.raises(FileExistsError):
        take_away(name, in_the_way)

    assert partitions.list_aside() == [name]
    assert take_away(name, tmp_path / "elsewhere") is not None
    assert partitions.list_aside() == []


@hypothesis_settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    milliseconds=st.integers(0, 2**43),
    microseconds=st.integers(0, 999),
    notification=st.integers(0, 2**54 - 1),
    channel=st.sampled_from(list(ChannelKind)),
    place=st.integers(0, MOST_PLACES),
)
def test_an_id_is_the_same_in_sql_and_here(
    milliseconds, microseconds, notification, channel, place
):
    moment = EPOCH + timedelta(milliseconds=milliseconds, microseconds=microseconds)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT notifications_delivery_id(%s, %s, %s, %s)",
            [moment, notification, channel.value, place],
        )
        (in_sql,) = cursor.fetchone()

    ours = delivery_id(moment, notification, channel, place)
    assert in_sql == ours
    assert timedelta(0) <= moment - time_of(ours) < timedelta(milliseconds=1)


@pytest.mark.parametrize("model", [Delivery, Attempt, Receipt])
def test_looking_up_an_id_touches_one_month(model):
    make_ahead(NEW_YEAR)
    delivery = sent_at(NEW_YEAR)
    key = {Delivery: delivery.pk, Attempt: attempt_id(delivery.pk, 1)}.get(
        model, Receipt.objects.get().pk
    )

    plan = model.objects.filter(pk=key).explain()

    assert plan.count(" on notifications_") == 1
    assert "2030_12" in plan
