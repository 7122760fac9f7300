"""A campaign to a million customers beside PostgreSQL's own INSERT ... SELECT of the same rows."""

import time
from dataclasses import dataclass, field

from django.db import connection

from bench import rows
from bench.campaigns import running_campaign
from bench.plan import Plan
from bench.report import Line, Result, at_most, say, share
from bench.sinks.running import CountIsWrong
from bench.workers import Workers, bulk_workers, megabytes, wait_for
from notifications.campaigns.tasks import ring_expansion
from notifications.kinds import ChannelKind
from notifications.models import Campaign
from notifications.partitions import STORAGE

PATIENCE_SECONDS = 900.0
# A worker that kept what it made would hold hundreds of megabytes more.
FLAT_MEGABYTES = 20.0
# No provider, so that no process sends meanwhile what another one makes.
NO_SENDS = {"DJANGO_SETTINGS_MODULE": "bench.settings"}
NOTES = """
Recourse: from the hint to the last row, in steps, a transaction each, that may be
repeated; each one's contacts, wishes and suppressions are looked at.

PostgreSQL: a statement a table from the finished rows, with the same columns, indexes and kind of
table, without foreign keys, triggers or commits in between.
"""
COPIED = ("notifications_notification", "notifications_delivery")


@dataclass
class Sides:
    ours: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    grown: list[float] = field(default_factory=list)


def measure(plan: Plan) -> None:
    count = 50_000 if plan.is_quick else 1_000_000
    rows.people(ChannelKind.EMAIL, count)
    sides = Sides()
    for run in range(plan.runs):
        say(f"expansion, run {run + 1}")
        _ours(plan, sides, count)
        _plain(sides, count)
    _publish(plan, sides, count)


def _ours(plan: Plan, sides: Sides, count: int) -> None:
    """Expand one campaign with real workers, a small one before it so that nothing is cold."""
    with bulk_workers(plan.local, NO_SENDS) as workers:
        _expand(running_campaign(1_000), workers)
        rows.empty()
        seconds, grown = _expand(running_campaign(count), workers)
    made = rows.states().get("ready", 0)
    if made != count:
        raise CountIsWrong(f"{made} deliveries were made for {count} customers.")
    sides.ours.append(count / seconds)
    sides.grown.append(grown)
    say(f"  Recourse: {count / seconds:,.0f} a second")


def _expand(campaign: Campaign, workers: Workers) -> tuple[float, float]:
    """Ring, and return the seconds until everybody has a row, and how much a process grew."""
    processes = workers.children("bulk")
    before = [megabytes(pid)["rss"] for pid in processes]
    most = list(before)

    def is_expanded() -> bool:
        most[:] = [
            max(old, megabytes(pid)["rss"]) for old, pid in zip(most, processes, strict=True)
        ]
        return Campaign.objects.filter(pk=campaign.pk, is_expanded=True).exists()

    began = time.perf_counter()
    ring_expansion(campaign.pk)
    wait_for(is_expanded, PATIENCE_SECONDS, "everybody has a row")
    seconds = time.perf_counter() - began
    return seconds, max(end - begin for begin, end in zip(before, most, strict=True))


def _plain(sides: Sides, count: int) -> None:
    """Copy the rows we made into tables of the same shape, columns and indexes."""
    with connection.cursor() as cursor:
        for table in COPIED:
            cursor.execute(f"DROP TABLE IF EXISTS {table}_copy")
            months = " PARTITION BY RANGE (id)" if table.endswith("delivery") else ""
            cursor.execute(f"CREATE TABLE {table}_copy (LIKE {table} INCLUDING ALL){months}")
        cursor.execute(
            "CREATE TABLE notifications_delivery_copy_all PARTITION OF notifications_delivery_copy"
            f" FOR VALUES FROM (MINVALUE) TO (MAXVALUE) WITH ({STORAGE})"
        )
        cursor.execute("CHECKPOINT")
        began = time.perf_counter()
        for table in COPIED:
            cursor.execute(
                f"INSERT INTO {table}_copy OVERRIDING SYSTEM VALUE SELECT * FROM {table}"
            )
        seconds = time.perf_counter() - began
        for table in COPIED:
            cursor.execute(f"DROP TABLE {table}_copy")
    sides.plain.append(count / seconds)
    say(f"  INSERT ... SELECT: {count / seconds:,.0f} a second")


def _publish(plan: Plan, sides: Sides, count: int) -> None:
    lines = [
        share(
            Line(
                "customers to notifications and deliveries",
                sides.ours,
                beside="INSERT ... SELECT of the same rows",
                theirs=sides.plain,
            ),
            0.4,
        ),
        at_most(
            Line("what the worker grew by meanwhile", sides.grown, unit="MB"),
            max(sides.grown),
            FLAT_MEGABYTES,
            " MB",
        ),
    ]
    plan.publish(
        Result(
            name="expansion",
            title=f"A campaign to {count:,} customers",
            runs=plan.runs,
            is_quick=plan.is_quick,
            lines=lines,
            notes=NOTES,
        )
    )
