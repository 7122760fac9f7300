"""The supervisors' page of fairness at a million decisions, served by gunicorn as in production."""

import time
from datetime import date

from django.db import connection
from django.db.models import F
from django.utils import timezone

from appeals.actions.fairness_sums import recount_everything, sum_what_is_new
from appeals.admin.fairness import months_up_to
from appeals.fairness.comparing import compare
from appeals.fairness.reading import list_months
from appeals.models import FairnessSum, GroupCount
from bench.desk_rows import clear_desk, make_desk
from bench.desk_site import serving_desk
from bench.plan import Plan
from bench.report import Line, Result, at_most, median, say
from bench.web import WORKERS, Load, ask
from portal.models import Customer

MOST_MILLISECONDS = 300.0
FEW = 10_000
REQUESTS = 200
WARM_UP = 20
PATHS = {
    "languages, 12 months": "/admin/fairness/?by=language&span=12",
    "regions, 12 months": "/admin/fairness/?by=region&span=12",
    "regions, one month": "/admin/fairness/?by=region&span=1",
}
# A year as a large lender has it: sixty regions and two languages in six risk bands, and eight age
# bands it reports. What a page adds up grows with these, and not with the decisions.
YEAR = """
INSERT INTO appeals_fairnesssum (
    is_month, at, dimension, "group", band, lines_cut, cuts, size_total, size_squares, begun, sent,
    dropped, asked, decided, days_total, days_squares, overturned
)
SELECT true, month, kind.dimension, kind.name, band, 400, 420, 210, 130, 60, 50, 9, 12, 45,
    225 + (kind.place * 7) %% 30, 1400, 9
FROM generate_series(%(first)s::date, %(last)s::date, '1 month') AS month
CROSS JOIN (
    SELECT 'region' AS dimension, 'R-' || n AS name, n AS place FROM generate_series(1, 60) AS n
    UNION ALL SELECT 'language', name, 1 FROM unnest(ARRAY['en', 'zh-hans']) AS name
) AS kind
CROSS JOIN generate_series(0, 5) AS band
ON CONFLICT DO NOTHING
"""
LINES = """
INSERT INTO appeals_groupcount (month, source, dimension, "group", band, lines)
SELECT at, 'portal', dimension, "group", band, greatest(lines_cut * 20, 100)
FROM appeals_fairnesssum WHERE is_month AND dimension <> 'policy'
ON CONFLICT DO NOTHING
"""
AGES = """
INSERT INTO appeals_groupcount (month, source, dimension, "group", band, lines, lines_cut)
SELECT month, 'lender', 'age_band', 'age ' || n, band, 9000, 400 + n
FROM generate_series(%(first)s::date, %(last)s::date, '1 month') AS month
CROSS JOIN generate_series(1, 8) AS n CROSS JOIN generate_series(0, 5) AS band
"""
NOTES = """
Milliseconds a page, two requests at a time, one for each worker; client, workers and database share
the cores. The sums are counted from all decisions first, in one go; the rest of a year is added: 60
regions, 2 languages, 6 risk bands a month, and 8 age bands the lender reports. A process works the
comparison out once and keeps it until a sum changes, which they do at most once a minute: "worked
out anew" is what the first page after that costs more. "One late decision" is the round of the
clock after one decision came in for a day that was summed before.
"""


def measure(plan: Plan) -> None:
    many = 20_000 if plan.is_quick else 1_000_000
    requests = REQUESTS // 4 if plan.is_quick else REQUESTS
    loads: dict[int, dict[str, list[Load]]] = {}
    late: list[float] = []
    anew: list[float] = []
    for count in (FEW, many):
        supervisor = _fill(count)
        loads[count] = _ask(plan, supervisor, requests)
        if count == many:
            anew = [_worked_out_anew() for _run in range(plan.runs)]
            late = [_one_late() for _run in range(plan.runs)]
        clear_desk()
        _empty()
    _publish(plan, loads, anew, late, many)


def _fill(count: int) -> Customer:
    desk = make_desk(open_appeals=count * 3 // 10, decided_appeals=count * 7 // 10)
    # As where the clock runs: it has seen all that is there, and twice, before it trusts a key.
    while sum_what_is_new():
        pass
    began = time.monotonic()
    recount_everything()
    say(f"fairness: sums of {count:,} decisions counted in {time.monotonic() - began:.1f} s")
    last = timezone.now().date().replace(day=1)
    first = date(last.year - 1, last.month, 1)
    with connection.cursor() as cursor:
        cursor.execute(YEAR, {"first": first, "last": last})
        cursor.execute(LINES)
        cursor.execute(AGES, {"first": first, "last": last})
        cursor.execute("VACUUM ANALYZE appeals_fairnesssum, appeals_groupcount")
    say(f"  {FairnessSum.objects.count():,} sums, {GroupCount.objects.count():,} counts of lines")
    return desk.supervisor


def _worked_out_anew() -> float:
    """What the first page costs more after a sum has changed, in milliseconds."""
    newest = list_months()[0]
    months = months_up_to(newest, 12)
    FairnessSum.objects.filter(is_month=True, at=newest).update(cuts=F("cuts") + 1)
    began = time.monotonic()
    compare(months)
    return 1000 * (time.monotonic() - began)


def _one_late() -> float:
    """How long the clock's round takes that has one late decision to count, in milliseconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE appeals_fairnessmark SET done = seen - 1 WHERE \"table\" = 'decisions'"
        )
    began = time.monotonic()
    if sum_what_is_new() < 1:
        raise RuntimeError("the late decision was not counted")
    return 1000 * (time.monotonic() - began)


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE appeals_fairnesssum, appeals_groupcount, appeals_fairnessmark")


def _ask(plan: Plan, person: Customer, requests: int) -> dict[str, list[Load]]:
    found: dict[str, list[Load]] = {name: [] for name in PATHS}
    with serving_desk(plan.local, person) as site:
        ask(site, list(PATHS.values()), WARM_UP)
        for _run in range(plan.runs):
            for name, path in PATHS.items():
                found[name].append(ask(site, [path], requests, at_once=WORKERS))
                say(f"  {name}: p95 {found[name][-1].percentile(0.95):.0f} ms")
    return found


def _publish(
    plan: Plan,
    loads: dict[int, dict[str, list[Load]]],
    anew: list[float],
    late: list[float],
    many: int,
) -> None:
    lines = []
    for name in PATHS:
        ours, few = ([one.percentile(0.95) for one in loads[count][name]] for count in (many, FEW))
        line = Line(f"{name}, p95", ours, unit="ms", beside=f"{FEW:,} decisions", theirs=few)
        lines.append(at_most(line, median(ours), MOST_MILLISECONDS, " ms"))
        lines.append(Line(f"{name}, pages", [one.per_second for one in loads[many][name]]))
    lines.append(Line("12 months worked out anew", anew, unit="ms"))
    lines.append(Line("one late decision", late, unit="ms"))
    plan.publish(
        Result(
            name="fairness_page",
            title=f"The page of fairness at {many:,} decisions",
            runs=plan.runs,
            is_quick=plan.is_quick,
            lines=lines,
            notes=NOTES,
        )
    )
