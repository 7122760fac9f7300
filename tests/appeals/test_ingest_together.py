"""Two who take in the same decisions at the same time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from appeals.actions import ingest as ingesting
from appeals.actions.ingest import ingest
from appeals.models import CreditLine, DecisionReason, LineDecision, Notice
from notifications.models import Notification
from portal.models import Customer
from tests.appeals.feeds import as_bytes, feed_line

pytestmark = pytest.mark.django_db(transaction=True)


def at_the_same_time(*feeds):
    """Take in each feed in a thread of its own, all starting at once."""
    start = Barrier(len(feeds))

    def one(lines):
        start.wait(timeout=10)
        try:
            return ingest(lines, source="t")
        finally:
            connection.close()

    with ThreadPoolExecutor(len(feeds)) as threads:
        return list(threads.map(one, feeds))


def test_the_same_file_twice_at_once_makes_everything_once(monkeypatch):
    monkeypatch.setattr(ingesting, "LINES_A_BATCH", 20)
    lines = [as_bytes(feed_line()) for _ in range(60)]

    runs = at_the_same_time(lines, lines, list(reversed(lines)))

    assert sum(run.created for run in runs) == 60
    assert sum(run.unchanged for run in runs) == 120
    assert all(run.rejected == run.conflicts == 0 for run in runs)
    for model in (LineDecision, Notice, Notification, Customer, CreditLine):
        assert model.objects.count() == 60
    assert DecisionReason.objects.count() == 120


def test_different_decisions_about_the_same_people_do_not_stand_still(monkeypatch):
    monkeypatch.setattr(ingesting, "LINES_A_BATCH", 10)
    people = [feed_line() for _ in range(30)]

    def decisions(order):
        return [
            as_bytes(feed_line(customer=one["customer"], line=one["line"]))
            for one in sorted(people, key=lambda one: one["customer"]["ref"], reverse=order)
        ]

    runs = at_the_same_time(decisions(False), decisions(True))

    assert [run.created for run in runs] == [30, 30]
    assert (Customer.objects.count(), LineDecision.objects.count()) == (30, 60)
