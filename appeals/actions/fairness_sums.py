"""Keeping the sums of fairness: days about which something changed are counted anew, as a whole.

Apart from ingest: nothing is written while decisions come in. Every minute the rows that are new
since the last look (decisions, events of cases, drafts) name the days they are about. So a late
decision, one out of order and an answer given months later count right, and looking twice, or
stopping half-way, changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from appeals.actions.fairness_sql import (
    AGED_DRAFTS_SQL,
    DROP_DAYS_SQL,
    DROP_MONTH_SQL,
    HORIZON_SQL,
    LINES_SQL,
    MISSING_LINES_SQL,
    NEW_DAYS_SQL,
    NEWEST_SQL,
    SUM_DAYS_SQL,
    SUM_MONTH_SQL,
)
from appeals.models import FairnessMark, FairnessSum, GroupCount, Source

# Whoever sums holds this; another one has nothing to do meanwhile.
LOCK = 0x5265636F_66616972
# A draft nobody has touched for so long is given up.
GIVEN_UP = timedelta(days=30)
# While decisions come in, lines are counted again after so long.
LINES_STAND = timedelta(minutes=15)
# Drafts are looked at in the night for somewhat longer, should a night be missed.
NIGHTS = timedelta(days=7)


@dataclass(frozen=True)
class Look:
    """A look at a table: from which row on, and what its mark says once all of it is summed."""

    table: str
    since: int
    done: int
    seen: int
    horizon: int


def sum_what_is_new() -> int:
    """Count anew each day about which something is new; how many days."""
    looks = [_look(table) for table in NEW_DAYS_SQL]
    days = {day for look in looks for day in _new_days(look.table, look.since)}
    if not sum_days(days):
        return 0
    for look in looks:
        FairnessMark.objects.filter(pk=look.table, done=look.since).update(
            done=look.done, seen=look.seen, horizon=look.horizon
        )
    if days and not _are_lines_fresh():
        count_lines()
    return len(days)


def sum_days(days: Iterable[date], *, waits: bool = False) -> bool:
    """Count these days anew, a month a transaction; False where another one is at it.

    Who waits for that one is never told False.
    """
    by_month: dict[date, list[date]] = defaultdict(list)
    for day in days:
        by_month[day.replace(day=1)].append(day)
    return all(_sum_month(month, by_month[month], waits=waits) for month in sorted(by_month))


def sum_the_night() -> None:
    """What only time brings: drafts that are given up by now, and how many lines there are."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(AGED_DRAFTS_SQL, [now - GIVEN_UP - NIGHTS, now - GIVEN_UP])
        days = {day for (day,) in cursor.fetchall()}
    sum_days(days)
    count_lines()


@transaction.atomic
def count_lines() -> None:
    """How many lines there are by group, for this month, and for earlier ones without a count."""
    now = timezone.now()
    given = {"month": now.date().replace(day=1), "now": now}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(LINES_SQL, given)
        cursor.execute(MISSING_LINES_SQL, given)


def _are_lines_fresh() -> bool:
    counted = GroupCount.objects.filter(source=Source.PORTAL)
    return counted.filter(reported_at__gt=timezone.now() - LINES_STAND).exists()


def recount_everything() -> int:
    """Count all sums anew from the rows, a month at a time; how many sums there are then.

    The marks stay where they are. Up to which row all is seen does not hang on what the sums say:
    without its marks the clock would take every row for new, and count all of it once more.
    """
    sum_days(_new_days("decisions", since=0), waits=True)
    count_lines()
    return FairnessSum.objects.count()


@transaction.atomic
def _sum_month(month: date, days: list[date], *, waits: bool) -> bool:
    first, last = min(days), max(days)
    given: dict[str, Any] = {
        "days": days,
        "first": first,
        "after": last + timedelta(days=1),
        "month": month,
        "given_up": timezone.now() - GIVEN_UP,
    }
    with connection.cursor() as cursor:
        if waits:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        else:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if cursor.fetchone() != (True,):
                return False
        for statement in (DROP_DAYS_SQL, SUM_DAYS_SQL, DROP_MONTH_SQL, SUM_MONTH_SQL):
            cursor.execute(statement, given)
    return True


def _look(table: str) -> Look:
    """From where a table is looked at, and how far that is for good afterwards."""
    mark, _is_new = FairnessMark.objects.get_or_create(pk=table)
    with connection.cursor() as cursor:
        # The newest row first: whoever writes an older one has begun before the horizon then.
        cursor.execute(NEWEST_SQL[table])
        (newest,) = cursor.fetchone() or (0,)
        cursor.execute(HORIZON_SQL)
        (oldest, horizon) = cursor.fetchone() or (0, 0)
    if oldest < mark.horizon:
        # Somebody who wrote then has not ended: what they wrote is still to be seen.
        return Look(table, mark.done, mark.done, mark.seen, mark.horizon)
    return Look(table, mark.done, mark.seen, newest, horizon)


def _new_days(table: str, since: int) -> set[date]:
    with connection.cursor() as cursor:
        cursor.execute(NEW_DAYS_SQL[table], [since])
        return {day for (day,) in cursor.fetchall()}
