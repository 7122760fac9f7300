"""What the clock does for the engine: months come and go, texts go, proofs stay."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from structlog.testing import capture_logs

from notifications import partitions, retention, upkeep
from notifications.models import (
    Attempt,
    Delivery,
    LocalMessage,
    Notification,
    RetentionMark,
    Wording,
)
from notifications.periodic import drop_old_texts, fold_counts, keep_months
from tests.notifications.builders import create_person, owe, owe_sms, send

pytestmark = pytest.mark.django_db
MUCH_LATER = timedelta(days=31 * 31)


def months():
    return {name for table in partitions.TABLES for name in partitions._partitions(table)}


def this_month():
    return {f"{table}_{timezone.now():%Y_%m}" for table in partitions.TABLES}


def make_old(notification, days=401):
    Notification.objects.filter(dedupe_key=notification.dedupe_key).update(
        created_at=timezone.now() - timedelta(days=days)
    )


def context_of(notification):
    return Notification.objects.get(public_id=notification.public_id).context


def owe_appeal(**more):
    return owe(create_person(), "appeal_decided", context={"reference": "AP-1"}, **more)


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


def test_an_archive_that_cannot_be_written_keeps_the_month(settings, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    settings.DELIVERY_ARCHIVE = str(tmp_path / "file")
    owe_sms()
    send("sms")

    with capture_logs() as logs:
        upkeep.keep_months(timezone.now() + MUCH_LATER)

    assert this_month() <= months()
    assert Delivery.objects.count() == 1
    assert "an old month could not be taken away now" in [log["event"] for log in logs]


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


def test_old_texts_go_and_their_proof_stays():
    old, new = owe_appeal(), owe_appeal()
    send("email")
    make_old(old)
    LocalMessage.objects.filter(attempt__delivery__notification=old).update(
        kept_at=timezone.now() - timedelta(days=401)
    )

    drop_old_texts()

    assert (context_of(old), context_of(new)) == ({}, {"reference": "AP-1"})
    assert LocalMessage.objects.get().attempt.delivery.notification == new
    delivery = Delivery.objects.get(notification=old, channel="email")
    assert len(delivery.content_sha256) == 64
    assert Wording.objects.filter(pk=delivery.wording_id or 0).exists()


def test_every_day_goes_on_where_the_last_one_stopped(monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    monkeypatch.setattr(retention, "MOST_PORTIONS", 1)
    notifications = [owe_appeal() for _ in range(3)]
    for one in notifications:
        make_old(one)

    assert retention.drop_old_texts() == 2
    assert [context_of(one) for one in notifications] == [{}, {}, {"reference": "AP-1"}]
    assert retention.drop_old_texts() == 1
    assert RetentionMark.objects.get().last_id == notifications[-1].pk
    with django_assert_max_num_queries(8):
        assert retention.drop_old_texts() == 0


def test_what_is_not_settled_keeps_its_text_until_it_is():
    owed, other = owe_appeal(is_mandatory=True), owe_appeal()
    make_old(owed)
    make_old(other)

    retention.drop_old_texts()
    assert (context_of(owed), context_of(other)) == ({"reference": "AP-1"}, {})

    Notification.objects.filter(public_id=owed.public_id).update(
        settled_at=timezone.now(), settle_at=None
    )
    retention.drop_old_texts()
    assert context_of(owed) == {}
    assert RetentionMark.objects.get().left_behind == []


def test_too_many_that_are_not_settled_stop_the_dropping_and_are_an_error(monkeypatch):
    monkeypatch.setattr(retention, "MOST_LEFT_BEHIND", 0)
    owed, other = owe_appeal(is_mandatory=True), owe_appeal()
    make_old(owed)
    make_old(other)

    with capture_logs() as logs:
        retention.drop_old_texts()

    assert context_of(other) != {}
    assert [log["log_level"] for log in logs] == ["error"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_drop_the_same_portion():
    one = owe_appeal()
    make_old(one)
    with transaction.atomic():
        RetentionMark.objects.create(name=retention.MARK)
    results = []

    def drop():
        results.append(retention.drop_old_texts())
        connection.close()

    with transaction.atomic():
        RetentionMark.objects.select_for_update().get()
        other = threading.Thread(target=drop)
        other.start()
        other.join(20)
    assert results == [0]
    assert retention.drop_old_texts() == 1


def test_sums_are_folded_by_the_clock(monkeypatch):
    folded = []
    monkeypatch.setattr("notifications.counts.fold", lambda: folded.append(True))

    fold_counts()

    assert folded == [True]
