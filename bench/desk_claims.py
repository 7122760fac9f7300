"""64 reviewers press "Claim next" at the same moment, with 10,000 open appeals and 1,000,000."""

import multiprocessing
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from appeals.actions.claims import claim_next
from appeals.admin.people import sits_at_desk
from bench.desk_rows import Desk, clear_desk, make_desk
from bench.plan import Plan
from bench.processor import engines, used_by
from bench.report import Line, Result, at_most, median, ratio, say
from portal.models import Customer

PEOPLE = 64
# As our web server has them: workers, and threads of each.
PROCESSES = 2
WEB_THREADS = 8
FEW, MANY = 10_000, 1_000_000
# Less than one person may hold of a queue, so that nobody is refused.
ROUNDS = 16
# Until each connection has planned what it needs.
WARM_UP = 6
# Claims a person when nobody else is there.
ALONE = 4
LEAD_SECONDS = 0.3
MOST_MS = 100.0
MOST_TIMES = 1.3
PUT_BACK = """
WITH gone AS (DELETE FROM appeals_claim WHERE claimed_at >= %s RETURNING appeal_id)
UPDATE appeals_appeal SET state = 'submitted', version = version + 1
FROM gone WHERE id = gone.appeal_id
"""
NOTES = """
Server time: around the action claim_next, in the process that answers, from its beginning until it
is committed to the disk: choice, lease, history, and all waiting for a processor meanwhile. Who
they are and what they may is known by then: the page's gate has asked, as it does for every page.

All at once: 64 connections in two processes with 32 threads each; each claim begins in the same
moment, and they share two cores. As served: two processes with eight threads each, as our web
server has them; the other 48 wait their turn outside, and are counted from when it comes. Pressed:
from the same moment for all, whoever waited for whom, until the last of the 64 has a case.

Alone: one claim after another. Choice: the database's own time for finding and locking the case,
the mean of a run, as PostgreSQL measures its functions. Processor: what one claim took of it alone.
Each run is 16 rounds after six that do not count; nothing is put back in between, so 1,024 cases
are claimed at the head.
"""


class ClaimedTwice(Exception):
    """Two people got the same case, or somebody got none: then no figure counts."""


@dataclass(frozen=True)
class Took:
    """One claim: whose, which case, and how long it took from its beginning."""

    person: int
    appeal: int | None
    seconds: float
    ended: float


@dataclass
class Found:
    """What each run gave, in milliseconds, by name."""

    runs: dict[str, list[float]] = field(default_factory=dict)

    def note(self, name: str, value: float) -> None:
        self.runs.setdefault(name, []).append(value)

    def of(self, name: str) -> list[float]:
        return self.runs.get(name, [])


def measure(plan: Plan) -> None:
    many = MANY // 20 if plan.is_quick else MANY
    rounds = 4 if plan.is_quick else ROUNDS
    found = {FEW: Found(), many: Found()}
    _measure_functions()
    for count, here in found.items():
        desk = make_desk(open_appeals=count, decided_appeals=count // 5, reviewers=PEOPLE)
        for run in range(plan.runs):
            say(f"claims, {count:,} open, run {run + 1}")
            _run(desk, here, rounds)
        clear_desk()
    _publish(plan, found[FEW], found[many], many)


def _run(desk: Desk, found: Found, rounds: int) -> None:
    people = [person.pk for person in desk.reviewers]
    with _claimers(threads=PEOPLE // PROCESSES) as crowd:
        _rounds(crowd, people, WARM_UP)
        _note(found, "all", _rounds(crowd, people, rounds))
    with _claimers(threads=WEB_THREADS) as crowd:
        _rounds(crowd, people, WARM_UP)
        _note(found, "served", _rounds(crowd, people, rounds))
    _alone(people, found)


# --- Those who claim -------------------------------------------------------------------------


@contextmanager
def _claimers(threads: int) -> Iterator[list[Connection]]:
    """Processes as a web server forks them, whose threads keep their connections."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    pipes, running = [], []
    for _process in range(PROCESSES):
        mine, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, threads))
        process.start()
        pipes.append(mine)
        running.append(process)
    try:
        yield pipes
    finally:
        for pipe in pipes:
            pipe.send(None)
        for process in running:
            process.join(30)


def _serve(orders: Connection, threads: int) -> None:
    """Claim for the people of each order, from the moment it names, until there are no more."""
    turns: queue.Queue[tuple[float, Customer]] = queue.Queue()
    done: queue.Queue[Took] = queue.Queue()
    for _thread in range(threads):
        threading.Thread(target=_claim_in_turn, args=(turns, done), daemon=True).start()
    while (order := orders.recv()) is not None:
        moment, keys = order
        people = _at_the_gate(keys)
        for person in people:
            turns.put((moment, person))
        orders.send([done.get(timeout=60) for _person in people])


def _at_the_gate(keys: list[int]) -> list[Customer]:
    """The people as the view has them when it calls the action: loaded, their rights known."""
    return [person for person in Customer.objects.filter(pk__in=keys) if sits_at_desk(person)]


def _claim_in_turn(turns: "queue.Queue[Any]", done: "queue.Queue[Took]") -> None:
    connection.ensure_connection()
    while True:
        moment, person = turns.get()
        time.sleep(max(0.0, moment - time.monotonic()))
        began = time.monotonic()
        appeal = claim_next(by=person)
        ended = time.monotonic()
        done.put(Took(person.pk, appeal.pk if appeal else None, ended - began, ended - moment))


def _rounds(crowd: list[Connection], people: list[int], rounds: int) -> list[list[Took]]:
    """Let all claim at the same moment, so many times; then put back what they took."""
    began = timezone.now()
    share = len(people) // len(crowd)
    came = []
    for _round in range(rounds):
        moment = time.monotonic() + LEAD_SECONDS
        for place, pipe in enumerate(crowd):
            pipe.send((moment, people[place * share : (place + 1) * share]))
        came.append([took for pipe in crowd for took in pipe.recv()])
    _check([took for one in came for took in one])
    _put_back(began)
    return came


def _check(claims: list[Took]) -> None:
    got = [took.appeal for took in claims if took.appeal is not None]
    if len(got) != len(claims):
        raise ClaimedTwice(f"{len(claims) - len(got)} of {len(claims)} got none.")
    if len(set(got)) != len(got):
        raise ClaimedTwice(f"{len(got) - len(set(got))} of {len(got)} were claimed twice.")


def _put_back(since: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PUT_BACK, [since])


# --- What is noted ---------------------------------------------------------------------------


def _note(found: Found, name: str, came: list[list[Took]]) -> None:
    each = sorted(took.seconds for one in came for took in one)
    last = median([max(took.ended for took in one) for one in came])
    found.note(f"{name} p50", _at(each, 0.5))
    found.note(f"{name} p99", _at(each, 0.99))
    found.note(f"{name} last", last * 1000)
    say(
        f"  {name}: half within {_at(each, 0.5):.0f} ms, 99 of 100 within {_at(each, 0.99):.0f} ms,"
        f" the last of 64 after {last * 1000:.0f} ms; {len(each):,} claims, 0 twice"
    )


def _alone(people: list[int], found: Found) -> None:
    """One claim after another: what it costs when nobody else is there."""
    claimers = _at_the_gate(people)
    began, each = timezone.now(), []
    for person in claimers[:8]:
        claim_next(by=person)
    _forget_functions()
    ours, theirs = time.process_time(), used_by(engines())
    for person in claimers * ALONE:
        start = time.monotonic()
        claim_next(by=person)
        each.append(time.monotonic() - start)
    theirs = used_by(engines()) - theirs
    ours = time.process_time() - ours
    choice = _choice_ms()
    _put_back(began)
    found.note("alone p50", _at(sorted(each), 0.5))
    found.note("choice", choice)
    found.note("python", ours / len(each) * 1000)
    found.note("postgresql", theirs / len(each) * 1000)
    say(f"  alone: half within {_at(sorted(each), 0.5):.1f} ms, choice {choice:.2f} ms")


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def _measure_functions() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER DATABASE recourse SET track_functions = 'pl'")
    connection.close()


def _forget_functions() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush(), pg_stat_reset()")


def _choice_ms() -> float:
    """The mean of `appeals_take_next` since it was forgotten, as PostgreSQL measured it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            "SELECT total_time / calls FROM pg_stat_user_functions"
            " WHERE funcname = 'appeals_take_next'"
        )
        (mean,) = cursor.fetchone() or (0.0,)
    return float(mean)


def _publish(plan: Plan, few: Found, many: Found, count: int) -> None:
    beside = f"{FEW:,} open"

    def line(what: str, name: str) -> Line:
        return Line(what, many.of(name), unit="ms", beside=beside, theirs=few.of(name))

    worst, growth = line("all at once: 99 of 100 within", "all p99"), line("alone", "alone p50")
    lines = [
        at_most(worst, median(many.of("all p99")), MOST_MS, " ms"),
        line("all at once: half within", "all p50"),
        line("as served: 99 of 100 within", "served p99"),
        line("as served: half within", "served p50"),
        line("all at once: pressed, until the last of 64 has one", "all last"),
        line("as served: pressed, until the last of 64 has one", "served last"),
        at_most(growth, ratio(many.of("alone p50"), few.of("alone p50")), MOST_TIMES, " x"),
        line("alone: the choice in the database", "choice"),
        line("alone: processor, Python", "python"),
        line("alone: processor, PostgreSQL", "postgresql"),
    ]
    plan.publish(
        Result(
            name="desk_claims",
            title=f"64 reviewers claim the next case at once, {count:,} open; 0 claimed twice",
            runs=plan.runs,
            is_quick=plan.is_quick,
            lines=lines,
            notes=NOTES,
        )
    )
