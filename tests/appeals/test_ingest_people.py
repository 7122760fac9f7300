"""Whose decision it is: customers and lines that the feed makes and changes."""

import itertools
import re
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from appeals.actions.ingest import ingest
from appeals.models import CreditLine, LineDecision, Notice, RejectedLine
from portal.models import Customer
from tests.appeals.builders import create_reviewer
from tests.appeals.feeds import as_bytes, feed_line

pytestmark = pytest.mark.django_db


def take(*lines):
    return ingest([as_bytes(one) for one in lines], source="t")


def complaints(run):
    return list(RejectedLine.objects.filter(run=run).values_list("line_number", "error"))


def older_and_newer():
    """Two decisions about one line: the second was made a day after the first."""
    older = feed_line()
    later = datetime.fromisoformat(older["decided_at"]) + timedelta(days=1)
    newer = feed_line(
        customer=older["customer"] | {"name": "Olga Novak", "email": "new@example.org"},
        line=older["line"],
        decided_at=later.isoformat(),
        effective_at=later.isoformat(),
        old_limit="1400.00",
        new_limit="900.00",
    )
    return older, newer


@pytest.mark.parametrize("order", list(itertools.permutations([0, 1])))
@pytest.mark.parametrize("together", [True, False])
def test_customer_and_line_follow_the_newest_decision_in_whatever_order(order, together):
    lines = older_and_newer()
    ordered = [lines[number] for number in order]

    if together:
        take(*ordered)
    else:
        for line in ordered:
            take(line)

    customer, credit_line = Customer.objects.get(), CreditLine.objects.get()
    assert (customer.name, customer.email) == ("Olga Novak", "new@example.org")
    assert credit_line.limit == Decimal(900)
    assert credit_line.as_of == datetime.fromisoformat(lines[1]["decided_at"])
    assert LineDecision.objects.count() == 2


def test_what_the_customer_chose_here_stays():
    older, newer = older_and_newer()
    take(older)
    Customer.objects.update(locale="zh-hans", time_zone="Asia/Shanghai")

    take(newer)

    customer = Customer.objects.get()
    assert (customer.locale, customer.time_zone) == ("zh-hans", "Asia/Shanghai")
    assert Notice.objects.get(decision__source_id=newer["decision_id"]).language == "zh-hans"


@pytest.mark.parametrize(
    ("action", "new_limit", "status"),
    [
        ("suspend", "0.00", "suspended"),
        ("close", "0.00", "closed"),
        ("restore", "4000.00", "open"),
        ("raise", "5000.00", "open"),
    ],
)
def test_the_line_has_the_status_the_decision_gives_it(action, new_limit, status):
    take(feed_line(action=action, new_limit=new_limit))

    assert CreditLine.objects.get().status == status


def test_a_lower_limit_does_not_open_a_suspended_line():
    older, newer = older_and_newer()
    take(older | {"action": "suspend", "new_limit": "4000.00"}, newer)

    assert CreditLine.objects.get().status == "suspended"


def test_a_member_of_staff_is_never_taken_for_a_customer():
    """Otherwise whoever may send decisions could put their own address on a reviewer."""
    reviewer = create_reviewer()

    run = take(feed_line(customer={"ref": reviewer.reference, "email": "mine@example.org"}))

    [(_, complaint)] = complaints(run)
    assert "member of staff" in complaint
    reviewer.refresh_from_db()
    assert reviewer.email != "mine@example.org"


def test_a_line_of_somebody_else_is_refused_stored_or_not():
    mine = feed_line()
    take(mine)
    shared = {"line": {"ref": "L-shared"}}

    run = take(feed_line(line=mine["line"]), feed_line(**shared), feed_line(**shared))

    assert (run.created, run.rejected) == (1, 2)
    assert all("line.ref belongs to another customer" in error for _, error in complaints(run))


def test_a_line_the_database_refuses_is_found_among_the_others(monkeypatch):
    """A check we forgot must cost one line and not the batch."""
    monkeypatch.setattr("appeals.feed.fields.UNPRINTABLE", re.compile("(?!)"))

    run = take(*(feed_line(customer={"name": name}) for name in ("A", "B", "C\x00", "D", "E")))

    assert (run.created, run.rejected) == (4, 1)
    [(number, complaint)] = complaints(run)
    assert number == 3
    assert "The database could not take the line" in complaint
