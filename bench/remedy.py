"""A remedy over 100,000 decisions beside PostgreSQL's own writes of the same rows.

Recourse: steps as the workers take them, in as many processes as are usual, from approved to done.

PostgreSQL: one INSERT ... SELECT a table of the finished rows into tables of the same columns and
indexes, without foreign keys or triggers, and the same rows of lines and of the scope updated.
"""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import django
from django.contrib.auth.models import Group
from django.db import connection, connections
from django.utils import timezone

from appeals.actions.incidents import Scope, open_incident
from appeals.actions.remedies import Plan as RemedyPlan
from appeals.actions.remedies import approve_remedy, propose_remedy
from appeals.actions.remedy_steps import work_on
from appeals.models import Incident, Remedy, RemedyState
from bench.plan import Plan
from bench.report import Line, Result, say, share
from bench.sinks.running import CountIsWrong
from notifications.partitions import STORAGE
from portal.lib.garbage import set_aside_what_is_loaded
from portal.models import Customer

WORKERS = 2
RULE = {"rule_id": "BENCH-FAULT", "rule_version": "1.0.0"}
NOTES = __doc__
# What a remedy writes anew; what it changes is the lines and the rows of the scope.
COPIED = (
    "appeals_linedecision",
    "appeals_decisionreason",
    "appeals_notice",
    "appeals_duedocument",
    "appeals_lineinstruction",
    "notifications_notification",
    "notifications_delivery",
)
DELIVERIES = "notifications_delivery"
CHANGED = ("appeals_creditline", "appeals_affecteddecision")
EMPTIED = ("appeals_incident", "appeals_remedy", "appeals_enginerequest")
NEW = {"appeals_linedecision": "WHERE overrides_id IS NOT NULL"}
PLAIN_LINES_SQL = """
UPDATE appeals_creditline_copy SET "limit" = "limit", status = status, as_of = as_of
"""
PLAIN_SCOPE_SQL = """
UPDATE appeals_affecteddecision_copy
SET state = state, obstacle = obstacle, line_decision_id = line_decision_id, done_at = done_at
"""
CUSTOMERS_SQL = """
INSERT INTO portal_customer (
    password, is_superuser, reference, name, email, phone, locale, time_zone, jurisdiction, region,
    is_staff, is_active, date_joined
)
SELECT '', false, 'B-' || number, 'Bench Person', 'b' || number || '@example.org',
    '+1202555' || lpad((number %% 10000)::text, 4, '0'),
    CASE WHEN number %% 3 = 0 THEN 'zh-hans' ELSE 'en' END, 'America/New_York', 'US', 'US-NY',
    false, true, now()
FROM generate_series(1, %s) AS number
"""
LINES_SQL = """
INSERT INTO appeals_creditline (
    reference, customer_id, product, currency, last4, "limit", balance, status, as_of
)
SELECT 'L-' || id, id, 'Everyday credit line', 'USD', lpad((id % 10000)::text, 4, '0'),
    1400, 612.40, 'open', now() - interval '2 days'
FROM portal_customer WHERE reference LIKE 'B-%'
"""
DECISIONS_SQL = """
INSERT INTO appeals_linedecision (
    reference, source_id, content_sha256, customer_id, line_id, action, old_limit, new_limit,
    balance, currency, decided_at, effective_at, automated, rule_id, rule_module, rule_version,
    received_at
)
SELECT 'LB-' || id, 'LB-' || id, repeat('0', 64), customer_id, id, 'reduce', 4000, 1400, balance,
    currency, now() - interval '2 days', now() - interval '2 days', true, %s, 'bench', %s, now()
FROM appeals_creditline
"""


@dataclass
class Sides:
    ours: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)


def measure(plan: Plan) -> None:
    count = 5_000 if plan.is_quick else 100_000
    first, second = (_supervisor(name) for name in ("one", "two"))
    with connection.cursor() as cursor:
        cursor.execute(CUSTOMERS_SQL, [count])
    sides = Sides()
    for run in range(plan.runs):
        say(f"remedy, run {run + 1}")
        _fresh_rows()
        remedy = _approved(first, second)
        sides.ours.append(count / _ours(remedy))
        _check(remedy, count)
        say(f"  Recourse: {sides.ours[-1]:,.0f} a second")
        sides.plain.append(count / _plain())
        say(f"  bare SQL: {sides.plain[-1]:,.0f} a second")
    _publish(plan, sides, count)


def _supervisor(name: str) -> Customer:
    person = Customer.objects.create_user(
        reference=f"S-{name}", name=f"Supervisor {name}", is_staff=True
    )
    person.groups.add(Group.objects.get(name="Supervisors"))
    return person


def _fresh_rows() -> None:
    """A line and a faulty decision for every customer, and nothing else of theirs."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join((*COPIED, *CHANGED, *EMPTIED))} CASCADE")
        cursor.execute(LINES_SQL)
        cursor.execute(DECISIONS_SQL, [RULE["rule_id"], RULE["rule_version"]])
        cursor.execute("VACUUM ANALYZE")


def _approved(first: Customer, second: Customer) -> Remedy:
    scope = Scope(RULE["rule_id"], RULE["rule_version"], since=timezone.now() - timedelta(days=30))
    incident = open_incident(scope=scope, title="Bench", by=first)
    words = RemedyPlan(because="Bench.", canary_share=100, undoes_fees=False, undoes_bureau=False)
    remedy = propose_remedy(incident=incident, plan=words, by=first)
    return approve_remedy(remedy=remedy, by=second)


def _ours(remedy: Remedy) -> float:
    """Seconds from approved to done, with workers that are there already."""
    context = multiprocessing.get_context("fork")
    connections.close_all()
    set_aside_what_is_loaded()  # as a Celery worker does before it forks
    begin = context.Event()
    workers = [context.Process(target=_work, args=(remedy.pk, begin)) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    began = time.perf_counter()
    begin.set()
    for worker in workers:
        worker.join()
    while work_on(remedy.pk, seconds=60):
        pass
    return time.perf_counter() - began


def _work(remedy_id: int, begin: object) -> None:
    django.setup()
    wait: Callable[[], bool] = begin.wait  # type: ignore[attr-defined]
    wait()
    while work_on(remedy_id, seconds=60):
        pass


def _check(remedy: Remedy, count: int) -> None:
    incident = Incident.objects.get(pk=remedy.incident_id)
    state = Remedy.objects.get(pk=remedy.pk).state
    if (incident.size, incident.restored, state) != (count, count, RemedyState.DONE):
        raise CountIsWrong(f"{incident.restored} of {incident.size} restored, {state}.")


def _plain() -> float:
    """Seconds to write the rows we made once more into tables of the same shape."""
    with connection.cursor() as cursor:
        for table in (*COPIED, *CHANGED):
            months = " PARTITION BY RANGE (id)" if table == DELIVERIES else ""
            cursor.execute(f"DROP TABLE IF EXISTS {table}_copy")
            cursor.execute(f"CREATE TABLE {table}_copy (LIKE {table} INCLUDING ALL){months}")
        cursor.execute(
            f"CREATE TABLE {DELIVERIES}_copy_all PARTITION OF {DELIVERIES}_copy"
            f" FOR VALUES FROM (MINVALUE) TO (MAXVALUE) WITH ({STORAGE})"
        )
        for table in CHANGED:
            cursor.execute(_copy(table))
        cursor.execute("CHECKPOINT")
        began = time.perf_counter()
        for table in COPIED:
            cursor.execute(_copy(table, NEW.get(table, "")))
        cursor.execute(PLAIN_LINES_SQL)
        cursor.execute(PLAIN_SCOPE_SQL)
        seconds = time.perf_counter() - began
        for table in (*COPIED, *CHANGED):
            cursor.execute(f"DROP TABLE {table}_copy")
    return seconds


def _copy(table: str, which: str = "") -> str:
    return f"INSERT INTO {table}_copy OVERRIDING SYSTEM VALUE SELECT * FROM {table} {which}"


def _publish(plan: Plan, sides: Sides, count: int) -> None:
    line = Line(
        "decisions put right",
        sides.ours,
        beside="the bare SQL of its writes",
        theirs=sides.plain,
    )
    plan.publish(
        Result(
            name="remedy",
            title=f"A remedy over {count:,} decisions",
            runs=plan.runs,
            is_quick=plan.is_quick,
            lines=[share(line, 0.25)],
            notes=NOTES,
        )
    )
