"""Texts are kept for a time, and dropped portion by portion; what proves them stays."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from structlog.testing import capture_logs

from notifications import retention
from notifications.models import Delivery, LocalMessage, Notification, RetentionMark, Wording
from notifications.periodic import drop_old_texts
from notifications.wording import forget_drafts
from tests.notifications.builders import create_person, owe, send

pytestmark = pytest.mark.django_db


def make_old(notification, days=401):
    Notification.objects.filter(dedupe_key=notification.dedupe_key).update(
        created_at=timezone.now() - timedelta(days=days)
    )


def context_of(notification):
    return Notification.objects.get(public_id=notification.public_id).context


def owe_appeal(**more):
    return owe(create_person(), "appeal_decided", context={"reference": "AP-1"}, **more)


def test_old_texts_go_and_their_proof_stays():
    forget_drafts()  # another test's rows are gone
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
