"""The sums of fairness say what the rows say: late, out of order, twice and half-way."""

import random
import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from appeals.actions import fairness_sums
from appeals.actions.events import record
from appeals.actions.fairness_sums import (
    count_lines,
    sum_days,
    sum_the_night,
    sum_what_is_new,
)
from appeals.models import (
    Action,
    Appeal,
    DocumentRequest,
    EventKind,
    FairnessMark,
    FairnessSum,
    GroupCount,
)
from appeals.periodic import sum_fairness
from appeals.states import AppealState, OutcomeKind
from tests.appeals.answers_given import create_answered
from tests.appeals.builders import (
    create_appeal,
    create_customer,
    create_decision,
    create_line,
    create_queue,
    create_reviewer,
)

OCTOBER = date(2026, 10, 1)
PATIENCE_SECONDS = 60


def at(day, hour=12, month=10):
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.fixture
def lines(db):
    return [create_line(create_customer()) for _ in range(3)]


def cut(line, when, **fields):
    return create_decision(line.customer, line=line, decided_at=when, with_notice=False, **fields)


def month(group="US-NY", **only):
    rows = FairnessSum.objects.filter(is_month=True, group=group, **only)
    names = [f.name for f in FairnessSum._meta.concrete_fields][6:]
    return {name: round(sum(getattr(row, name) for row in rows), 6) for name in names}


def everything():
    fields = [f.name for f in FairnessSum._meta.concrete_fields][1:]
    return sorted(
        tuple(round(one, 9) if isinstance(one, float) else str(one) for one in row)
        for row in FairnessSum.objects.values_list(*fields)
    )


def come_to_rest():
    """Look until no mark waits; it waits for transactions of the whole server, other tests' too."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    sum_what_is_new()
    while FairnessMark.objects.exclude(done=F("seen")).exists():
        assert time.monotonic() < deadline
        sum_what_is_new()


def test_a_line_counts_once_a_month_and_its_cuts_each(lines):
    cut(lines[0], at(3))
    cut(lines[0], at(9), old_limit=2000, new_limit=500)
    cut(lines[1], at(9), action=Action.SUSPEND, new_limit=0)
    cut(lines[2], at(4), action=Action.RESTORE, old_limit=1400, new_limit=4000)
    sum_fairness()

    found = month()
    assert (found["lines_cut"], found["cuts"]) == (2, 3)
    assert found["size_total"] == pytest.approx(0.65 + 0.75 + 1)
    assert found == month("en")
    assert FairnessSum.objects.filter(is_month=False, dimension="region").count() == 2


def test_what_is_out_of_order_and_late_counts_as_in_order(lines):
    decisions = [(line, at(day)) for line in lines for day in (2, 5, 30)]
    random.Random(3).shuffle(decisions)
    for line, when in decisions:
        cut(line, when)
        sum_what_is_new()
    found = everything()

    FairnessSum.objects.update(lines_cut=0)
    call_command("recount_fairness")
    assert everything() == found
    assert month()["lines_cut"] == 3
    # The first cut of each line is that of the second of October, whichever came first.
    first = FairnessSum.objects.filter(is_month=False, at=date(2026, 10, 2), dimension="region")
    assert [row.lines_cut for row in first] == [3]


@pytest.mark.django_db(transaction=True)
def test_looking_twice_and_stopping_half_way_change_nothing(lines, monkeypatch):
    cut(lines[0], at(3))
    cut(lines[1], at(3, month=9))
    real = fairness_sums._sum_month
    calls = []

    def dies_at_the_second(month, days, **how):
        calls.append(month)
        if len(calls) == 2:
            raise RuntimeError
        return real(month, days, **how)

    monkeypatch.setattr(fairness_sums, "_sum_month", dies_at_the_second)
    with pytest.raises(RuntimeError):
        sum_what_is_new()
    assert month()["cuts"] == 1  # September's

    monkeypatch.setattr(fairness_sums, "_sum_month", real)
    assert sum_what_is_new() == 2
    found = everything()
    come_to_rest()
    assert sum_what_is_new() == 0
    assert everything() == found


@pytest.mark.django_db(transaction=True)
def test_after_a_recount_only_what_is_new_is_counted(lines):
    """It took the marks away, and the clock counted every day once more, again and again."""
    for day in (3, 9, 12):
        create_appeal(cut(lines[0], at(day)), state=AppealState.SUBMITTED)
    come_to_rest()
    marks = set(FairnessMark.objects.values_list("table", "done"))

    FairnessSum.objects.update(cuts=0)
    call_command("recount_fairness")

    assert set(FairnessMark.objects.values_list("table", "done")) == marks
    assert month()["cuts"] == 3
    assert sum_what_is_new() == 0
    cut(lines[1], at(9))
    assert sum_what_is_new() == 1
    assert month()["cuts"] == 4


def is_waited_for():
    """Whether somebody stands at the lock of the sums."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks JOIN pg_database AS base ON base.oid = database"
            " WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted)"
        )
        return cursor.fetchone() == (True,)


@pytest.mark.django_db(transaction=True)
def test_a_recount_waits_for_who_is_counting(lines):
    cut(lines[0], at(3))
    come_to_rest()
    FairnessSum.objects.update(cuts=0)
    is_held, may_end = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [fairness_sums.LOCK])
            is_held.set()
            assert may_end.wait(20)
        connection.close()

    def recount():
        call_command("recount_fairness")
        connection.close()

    holder, counter = threading.Thread(target=hold), threading.Thread(target=recount)
    holder.start()
    assert is_held.wait(20)
    counter.start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_waited_for():
        assert time.monotonic() < deadline
    assert sum_days([OCTOBER]) is False
    may_end.set()
    holder.join(20)
    counter.join(20)
    assert month()["cuts"] == 1


def test_the_way_of_an_appeal_counts_on_the_day_of_its_cut(lines):
    queue = create_queue()
    rosa = create_reviewer(queue=queue)
    first, second, third = (cut(line, at(3)) for line in lines)
    sum_what_is_new()
    assert month()["begun"] == 0

    answered = create_answered(
        OutcomeKind.RESTORED, by=rosa, queue=queue, decision=first, days=4, at=timezone.now()
    )
    DocumentRequest.objects.create(
        appeal=answered, message="Please.", asked_by=rosa, asked_at=timezone.now()
    )
    record(answered, EventKind.DECIDED)
    create_appeal(second, state=AppealState.WITHDRAWN)
    create_appeal(third)
    sum_what_is_new()

    found = month()
    told = {name: found[name] for name in ("begun", "sent", "dropped", "asked", "decided")}
    assert told == {"begun": 3, "sent": 2, "dropped": 1, "asked": 1, "decided": 1}
    assert (found["days_total"], found["days_squares"]) == pytest.approx((4, 16), rel=1e-4)
    assert found["overturned"] == 1


def test_a_draft_nobody_touches_is_given_up_after_a_month(lines):
    draft = create_appeal(cut(lines[0], at(3)))
    sum_what_is_new()
    assert month()["dropped"] == 0

    Appeal.objects.filter(pk=draft.pk).update(saved_at=timezone.now() - timedelta(days=31))
    sum_the_night()
    assert month()["dropped"] == 1


def test_a_guarded_appeal_is_in_no_number(lines):
    decision = cut(lines[0], at(3))
    appeal = create_appeal(decision, state=AppealState.SUBMITTED, is_restricted=True)
    record(appeal, EventKind.SUBMITTED)
    sum_what_is_new()

    assert month()["cuts"] == 1
    assert month()["sent"] == 0


def test_risk_bands_follow_the_score(lines):
    for line, value in zip(lines, (300, 612, 850), strict=True):
        cut(line, at(3), score={"value": value, "min": 300, "max": 850, "source": "x"})
    cut(create_line(create_customer()), at(3))
    sum_what_is_new()

    rows = FairnessSum.objects.filter(is_month=True, dimension="region").order_by("band")
    assert [(row.band, row.cuts) for row in rows] == [(0, 1), (1, 1), (3, 1), (5, 1)]


def test_a_policy_is_a_group_of_its_own(lines):
    policy = {"ref": "POL-1", "title": "Caps", "region": "US-NY"}
    cut(lines[0], at(3), policy=policy)
    cut(lines[1], at(3))
    sum_what_is_new()

    assert month("POL-1", dimension="policy")["cuts"] == 1
    assert FairnessSum.objects.filter(dimension="policy", is_month=True).count() == 1


def test_lines_are_counted_for_this_month_and_those_before(lines):
    cut(lines[0], at(3, month=9), score={"value": 300, "min": 300, "max": 850})
    with time_machine.travel(at(20), tick=False):
        sum_what_is_new()
        create_line(create_customer(locale="zh-hans"))
        count_lines()
        count_lines()

    counts = GroupCount.objects.filter(dimension="language").values_list(
        "month", "group", "band", "lines"
    )
    assert set(counts) == {
        (date(2026, 9, 1), "en", 0, 2),
        (date(2026, 9, 1), "en", 1, 1),
        (date(2026, 9, 1), "zh-hans", 0, 1),
        (OCTOBER, "en", 0, 2),
        (OCTOBER, "en", 1, 1),
        (OCTOBER, "zh-hans", 0, 1),
    }


def test_months_before_the_first_count_follow_it_and_later_ones_stand(lines):
    cut(lines[0], at(3, month=9))
    with time_machine.travel(at(20), tick=False):
        sum_what_is_new()
    create_line(create_customer())
    cut(lines[1], at(4))
    with time_machine.travel(at(2, month=11), tick=False):
        sum_what_is_new()

    counts = GroupCount.objects.filter(dimension="language").values_list("month", "lines")
    assert dict(counts) == {
        date(2026, 9, 1): 4,
        OCTOBER: 3,
        date(2026, 11, 1): 4,
    }


@pytest.mark.django_db(transaction=True)
def test_a_decision_that_is_seen_after_a_newer_one_is_not_missed():
    """Its key was given out first, but it is committed after the sums have looked."""
    slow, quick = create_line(create_customer()), create_line(create_customer())
    is_written, may_end = threading.Event(), threading.Event()

    def write_slowly():
        with transaction.atomic():
            cut(slow, at(3))
            is_written.set()
            assert may_end.wait(20)
        connection.close()

    writer = threading.Thread(target=write_slowly)
    writer.start()
    assert is_written.wait(20)
    cut(quick, at(9))
    sum_what_is_new()
    sum_what_is_new()
    assert month()["cuts"] == 1

    may_end.set()
    writer.join(20)
    sum_what_is_new()
    assert month()["cuts"] == 2
    come_to_rest()
    mark = FairnessMark.objects.get(pk="decisions")
    assert mark.done == mark.seen


@pytest.mark.django_db(transaction=True)
def test_two_at_once_sum_once():
    cut(create_line(create_customer()), at(3))
    found = []

    def look():
        found.append(sum_what_is_new())
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 4
    sum_what_is_new()
    assert month()["cuts"] == 1
    assert sum_days([OCTOBER]) is True
