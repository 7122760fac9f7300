"""What the clock does for the engine: months come and go, texts go, proofs stay."""

import gzip
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from structlog.testing import capture_logs

from notifications import partitions, upkeep
from notifications.models import Attempt, Delivery, Notification
from notifications.periodic import fold_counts, keep_months
from tests.notifications.builders import create_person, owe, owe_sms, send

pytestmark = pytest.mark.django_db
MUCH_LATER = timedelta(days=31 * 31)


def months():
    return {name for table in partitions.TABLES for name in partitions._partitions(table)}


def this_month():
    return {f"{table}_{timezone.now():%Y_%m}" for table in partitions.TABLES}


def test_old_months_go_from_all_three_tables_when_everything_came_to_rest(settings, tmp_path):
    settings.DELIVERY_ARCHIVE = str(tmp_path)
    owe_sms(2)
    send("sms")

    upkeep.keep_months(timezone.now() + MUCH_LATER)

    assert not months() & this_month()
    assert {file.name.removesuffix(".csv.gz") for file in tmp_path.glob("*.gz")} >= this_month()
    assert not Delivery.objects.exists()
    assert not Attempt.objects.exists()


def test_a_month_that_must_be_kept_is_kept():
    owe_sms()
    send("sms")

    upkeep.keep_months(timezone.now() + timedelta(days=29 * 30))

    assert this_month() <= months()
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    "still", [{"state": "ready"}, {"state": "claimed"}, {"state": "sending"}, {"state": "unknown"}]
)
def test_a_month_with_an_open_delivery_is_kept(still):
    owe_sms()
    send("sms")
    ask_at = timezone.now() if still["state"] == "unknown" else None
    Delivery.objects.update(**still, ask_at=ask_at)

    with capture_logs() as logs:
        upkeep.keep_months(timezone.now() + MUCH_LATER)

    assert this_month() <= months()
    assert "an old month is kept: something in it is not settled" in [log["event"] for log in logs]


def test_a_month_is_kept_until_what_is_owed_by_law_is_settled():
    notification = owe(create_person(), is_mandatory=True)
    Delivery.objects.update(state="delivered")
    Notification.objects.update(settle_at=None)
    upkeep.keep_months(timezone.now() + MUCH_LATER)
    assert this_month() <= months()

    Notification.objects.filter(public_id=notification.public_id).update(settled_at=timezone.now())
    upkeep.keep_months(timezone.now() + MUCH_LATER)

    assert not this_month() & months()


def test_a_month_whose_archive_cannot_be_written_waits_aside_and_loses_nothing(settings, tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    settings.DELIVERY_ARCHIVE = str(in_the_way)
    owe_sms()
    send("sms")
    later = timezone.now() + MUCH_LATER

    with capture_logs() as logs:
        upkeep.keep_months(later)
    assert "an old month could not go now" in [log["event"] for log in logs]
    assert set(partitions.list_aside()) >= this_month()

    in_the_way.unlink()
    upkeep.keep_months(later)
    assert partitions.list_aside() == []
    kept = in_the_way / f"notifications_delivery_{timezone.now():%Y_%m}.csv.gz"
    assert len(gzip.decompress(kept.read_bytes()).splitlines()) == 2


def test_rows_outside_all_months_are_an_error_in_the_log(monkeypatch):
    monkeypatch.setattr(partitions, "rows_astray", lambda: {"notifications_delivery": True})

    with capture_logs() as logs:
        keep_months()

    assert [log["log_level"] for log in logs if "outside" in log["event"]] == ["error"]


@pytest.fixture
def far_away():
    """A time whose months nobody made; what a test makes there goes again."""
    far = timezone.now() + timedelta(days=700)
    yield far
    for name in months():
        if name[-7:] >= f"{far:%Y_%m}" and not name.endswith("rest"):
            partitions.take_away(name)


@pytest.mark.django_db(transaction=True)
def test_months_wait_for_another_hour_when_the_table_is_in_use(monkeypatch, far_away):
    monkeypatch.setattr(partitions, "LOCK_PATIENCE", "50ms")
    holds, may_go = threading.Event(), threading.Event()

    def read_for_long():
        with transaction.atomic():
            Delivery.objects.exists()
            holds.set()
            may_go.wait(20)
        connection.close()

    reader = threading.Thread(target=read_for_long)
    reader.start()
    holds.wait(20)
    partitions_before = months()
    with capture_logs() as logs:
        upkeep.keep_months(far_away)
    may_go.set()
    reader.join()

    assert "months could not be made now" in [log["event"] for log in logs]
    assert months() == partitions_before
    partitions.make_ahead(far_away)
    assert f"notifications_delivery_{far_away:%Y_%m}" in months()


def test_sums_are_folded_by_the_clock(monkeypatch):
    folded = []
    monkeypatch.setattr("notifications.counts.fold", lambda: folded.append(True))

    fold_counts()

    assert folded == [True]


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_write_into_one_archive(tmp_path):
    far = timezone.now() + timedelta(days=700)
    name = next(one for one in partitions.make_ahead(far, since=far) if "_delivery_" in one)
    with transaction.atomic():
        partitions.set_aside([name])
    refused = []

    def archive_too():
        try:
            partitions.take_away(name, tmp_path)
        except partitions.BeingArchived:
            refused.append(name)
        connection.close()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [partitions.ARCHIVING_LOCK])
        other = threading.Thread(target=archive_too)
        other.start()
        other.join(20)
    assert refused == [name]
    assert partitions.list_aside() == [name]

    for one in [*partitions.list_aside(), *months()]:
        if one[-7:] >= f"{far:%Y_%m}" and not one.endswith("rest"):
            partitions.take_away(one)
