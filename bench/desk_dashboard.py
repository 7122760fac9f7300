"""The supervisor's first page at a million appeals, served by gunicorn as in production."""

import time

from django.db import connection

from appeals.actions.tallies import find_differences
from appeals.models import AppealTally
from bench.desk_rows import clear_desk, make_desk
from bench.desk_site import serving_desk
from bench.plan import Plan
from bench.report import Line, Result, at_most, median, say
from bench.web import WORKERS, Load, ask
from portal.models import Customer

MOST_MILLISECONDS = 300.0
FEW = 10_000
REQUESTS = 400
WARM_UP = 40
PATHS = {
    "30 days": "/admin/?queue=&period=30",
    "12 months": "/admin/?queue=&period=365",
}
# The sums of a year, as a lender with many rules has them: what is added up grows with these, and
# not with the appeals.
YEAR_WEEKS, RULES, REVIEWERS = 52, 200, 64
YEAR = """
INSERT INTO appeals_appealtally (
    measure, at, queue_id, is_restricted, subject, version, number, overturned, is_folded
)
SELECT of.measure, date_trunc('week', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
        - make_interval(weeks => week), queue.id, false, of.subject, of.version, 7, 2, true
FROM appeals_reviewqueue AS queue
CROSS JOIN generate_series(22, %(weeks)s) AS week
CROSS JOIN (
    SELECT 'rule' AS measure, 'RULE-' || n AS subject, '4.' || n %% 3 AS version
    FROM generate_series(1, %(rules)s) AS n
    UNION ALL
    SELECT 'reviewer', id::text, '' FROM (
        SELECT id FROM portal_customer WHERE is_staff ORDER BY id LIMIT %(reviewers)s
    ) AS people
    UNION ALL SELECT 'days', n::text, '' FROM generate_series(0, 40) AS n
    UNION ALL SELECT 'kept', '', '' UNION ALL SELECT 'outcome', 'kept', ''
) AS of
ON CONFLICT DO NOTHING
"""
NOTES = """
Milliseconds a page, two requests at a time, one for each worker; client, workers and database share
the cores. Seven in ten appeals are decided. The sums of the rest of a year are added: 200 rules in
each queue and week. Before the page is asked for, the sums are held against a count of all appeals.
"""


def measure(plan: Plan) -> None:
    many = 20_000 if plan.is_quick else 1_000_000
    requests = REQUESTS // 4 if plan.is_quick else REQUESTS
    loads: dict[int, dict[str, list[Load]]] = {}
    for count in (FEW, many):
        supervisor = _fill(count)
        loads[count] = _ask(plan, supervisor, requests)
        clear_desk()
    _publish(plan, loads, many)


def _fill(count: int) -> Customer:
    desk = make_desk(open_appeals=count * 3 // 10, decided_appeals=count * 7 // 10)
    began = time.monotonic()
    if find_differences():
        raise RuntimeError("the kept sums are not what a count says")
    say(f"dashboard: all {count:,} appeals counted anew in {time.monotonic() - began:.1f} s")
    with connection.cursor() as cursor:
        cursor.execute(YEAR, {"weeks": YEAR_WEEKS, "rules": RULES, "reviewers": REVIEWERS})
        cursor.execute("VACUUM ANALYZE appeals_appealtally")
    say(f"  {AppealTally.objects.count():,} rows of sums")
    return desk.supervisor


def _ask(plan: Plan, person: Customer, requests: int) -> dict[str, list[Load]]:
    found: dict[str, list[Load]] = {name: [] for name in PATHS}
    with serving_desk(plan.local, person) as site:
        ask(site, list(PATHS.values()), WARM_UP)
        for _run in range(plan.runs):
            for name, path in PATHS.items():
                found[name].append(ask(site, [path], requests, at_once=WORKERS))
                say(f"  {name}: p95 {found[name][-1].percentile(0.95):.0f} ms")
    return found


def _publish(plan: Plan, loads: dict[int, dict[str, list[Load]]], many: int) -> None:
    lines = []
    for name in PATHS:
        ours, few = ([one.percentile(0.95) for one in loads[count][name]] for count in (many, FEW))
        line = Line(f"{name}, p95", ours, unit="ms", beside=f"{FEW:,} appeals", theirs=few)
        lines.append(at_most(line, median(ours), MOST_MILLISECONDS, " ms"))
        lines.append(Line(f"{name}, pages", [one.per_second for one in loads[many][name]]))
    plan.publish(
        Result(
            name="desk_dashboard",
            title=f"The supervisor's first page at {many:,} appeals",
            runs=plan.runs,
            is_quick=plan.is_quick,
            lines=lines,
            notes=NOTES,
        )
    )
