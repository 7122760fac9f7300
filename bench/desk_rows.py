"""A desk of any size: staff, customers, decisions, and their appeals, waiting and decided.

    desk = make_desk(open_appeals=1_000_000, decided_appeals=200_000)

The database makes the rows itself, in the shape the portal gives them: two reasons and two grounds
an appeal, a promise and its clock, a history, a paper for every third, findings and an outcome
where it is decided. Older appeals have lower keys, as everywhere. `clear_desk` takes the cases
away.
"""

import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection, transaction

from appeals.actions.tallies import fold_tallies, mend_tallies
from appeals.catalogue import CATALOGUE
from appeals.models import Appeal, ReviewerProfile, ReviewQueue
from appeals.sample.facts import make_facts
from appeals.states import AppealState
from bench import desk_sql
from bench.report import say
from portal.models import Customer

CLEARED = 8
REASONS_A_QUEUE = 3


@dataclass(frozen=True)
class Desk:
    """Who works at it, and how much there is to do."""

    reviewers: list[Customer]  # in all open queues; the first eight are cleared for the others
    supervisor: Customer
    queues: list[ReviewQueue]
    open_appeals: int
    decided_appeals: int

    def waiting(self, count: int) -> list[str]:
        """References of appeals that anybody may take, from all over the queues."""
        free = Appeal.objects.filter(
            state=AppealState.SUBMITTED, is_restricted=False, reserved_for=None
        )
        step = max(self.open_appeals // (count * 2), 1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(id) FROM appeals_appeal")
            (last,) = cursor.fetchone() or (0,)
        keys = [last - turn * step for turn in range(count * 2)]
        return list(free.filter(pk__in=keys).values_list("reference", flat=True)[:count])


def make_desk(*, open_appeals: int, decided_appeals: int = 0, reviewers: int = 64) -> Desk:
    """Make the rows of a desk where there are none; a million take a few minutes."""
    began = time.monotonic()
    queues = list(ReviewQueue.objects.order_by("priority", "key"))
    staff = _make_staff(queues, reviewers)
    _make_rows(queues, staff[:-1], open_appeals=open_appeals, decided_appeals=decided_appeals)
    took = time.monotonic() - began
    say(f"{open_appeals:,} open and {decided_appeals:,} decided appeals made in {took:.0f} s")
    return Desk(staff[:-1], staff[-1], queues, open_appeals, decided_appeals)


def clear_desk() -> None:
    """Take the cases and their customers away; staff, queues and settings stay."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(desk_sql.EMPTY)
        _as_replica(cursor, [desk_sql.FORGET_CUSTOMERS])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _make_staff(queues: Sequence[ReviewQueue], count: int) -> list[Customer]:
    """The reviewers, and last a supervisor who is cleared."""
    people = [_person(f"R-{number}", f"Reviewer {number}") for number in range(count)]
    people.append(_person("S-0", "Supervisor"))
    there = {row.reference: row for row in Customer.objects.filter(is_staff=True)}
    if all(person.reference in there for person in people):
        return [there[person.reference] for person in people]
    people = Customer.objects.bulk_create(people)
    roles = {group.name: group for group in Group.objects.all()}
    roles["Approvers"].user_set.add(*people[:-1])
    roles["Supervisors"].user_set.add(people[-1])
    for queue in queues:
        members = people[:CLEARED] if queue.is_restricted else people[:-1]
        queue.members.add(*members)
    ReviewerProfile.objects.bulk_create(
        ReviewerProfile(
            person=person,
            is_cleared=number < CLEARED or person is people[-1],
            languages=([], ["zh-hans"], ["en"], ["en"])[number % 4],
        )
        for number, person in enumerate(people)
    )
    return people


def _person(reference: str, name: str) -> Customer:
    return Customer(
        reference=reference, name=name, email=f"{reference}@desk.example", is_staff=True
    )


def _make_rows(
    queues: Sequence[ReviewQueue],
    reviewers: Sequence[Customer],
    *,
    open_appeals: int,
    decided_appeals: int,
) -> None:
    sizes: dict[str, Any] = {
        "open": open_appeals,
        "decided": decided_appeals,
        # What is on somebody's desk does not grow with what waits: two a reviewer.
        "worked_on": max(open_appeals // (2 * len(reviewers)), 10),
        "reviewers": [person.pk for person in reviewers],
        "cleared": [person.pk for person in reviewers[:CLEARED]],
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(desk_sql.REFERENCE)
        cursor.execute(desk_sql.KINDS)
        cursor.executemany(desk_sql.KIND, _kinds(queues))
        cursor.execute(desk_sql.CASES, sizes)
        # All follow from the same numbers: their keys fit without being looked up one by one.
        _as_replica(cursor, desk_sql.ROWS)
        for table in desk_sql.WITH_KEYS:
            cursor.execute(desk_sql.NEXT_KEY.format(table=table))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    # What the triggers would have counted row by row.
    mend_tallies()
    fold_tallies()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE appeals_appealtally")
        cursor.execute("CHECKPOINT")


def _as_replica(cursor: Any, statements: Sequence[str]) -> None:
    """Run them as a replica does: without looking up each foreign key, and without triggers."""
    cursor.execute("SET LOCAL session_replication_role = replica")
    for statement in statements:
        cursor.execute(statement)
    cursor.execute("SET LOCAL session_replication_role = origin")


def _kinds(queues: Sequence[ReviewQueue]) -> list[tuple[Any, ...]]:
    """For each queue its first reasons, each with facts and the one named beside it."""
    chance = random.Random(4)
    rows: list[tuple[Any, ...]] = []
    for queue in queues:
        codes = [code for code, reason in CATALOGUE.reasons.items() if reason.queue == queue.key]
        chosen = (codes * REASONS_A_QUEUE)[:REASONS_A_QUEUE]
        for turn, code in enumerate(chosen):
            other = next((one for one in codes if one != code), "BUR-UTIL-HIGH")
            facts = [
                json.dumps(make_facts(chance, one, day=date(2026, 9, 1), region="US-NY"))
                for one in (code, other)
            ]
            rows.append((len(rows), queue.pk, turn, code, other, *facts))
    return rows
