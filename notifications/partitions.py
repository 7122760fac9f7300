"""Months of deliveries, attempts and receipts: made ahead, and taken away when they are old."""

import gzip
import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection, migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

from notifications.ids import first_of

TABLES = ("notifications_delivery", "notifications_attempt", "notifications_receipt")
MONTHS_AHEAD = 3
# Whoever archives holds this; a second one would write into the same file.
ARCHIVING_LOCK = 0x4D6F6E746873
# Everybody queues behind whoever waits for a table's lock: give up soon, and come back later.
LOCK_PATIENCE = "3s"
# Rows change three times in their first minutes: room for that in the page, and early cleaning.
STORAGE = (
    "fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, "
    "autovacuum_analyze_scale_factor = 0.05"
)


class BeingArchived(Exception):
    """Somebody else is writing an archive now."""


class CreatePartitionedModel(migrations.CreateModel):
    """CreateModel for a table that is partitioned by ranges of its id."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any
    ) -> None:
        plain = schema_editor.sql_create_table
        schema_editor.sql_create_table = f"{plain} PARTITION BY RANGE (id)"
        try:
            super().database_forwards(app_label, schema_editor, *states)
        finally:
            schema_editor.sql_create_table = plain


def make_ahead(now: datetime | None = None, *, since: datetime | None = None) -> list[str]:
    """Make the partitions from `since` (or now) to some months ahead; return the new ones."""
    now = now or timezone.now()
    last = _month(now, MONTHS_AHEAD)
    made = []
    for table in TABLES:
        month = _month(since or now)
        while month <= last:
            made += [name] if (name := _make(table, month)) else []
            month = _month(month, 1)
    return made


def kept_since(now: datetime, months: int) -> datetime:
    """Return the begin of the oldest month that is kept."""
    return _month(now, -months)


def older_than(now: datetime, months: int) -> list[str]:
    """Return the partitions that end before the month so many months ago, oldest first."""
    oldest_kept = kept_since(now, months).strftime("%Y_%m")
    return sorted(
        name
        for table in TABLES
        for name in _partitions(table)
        if (month := name.removeprefix(f"{table}_")) != "rest" and month < oldest_kept
    )


def take_away(partition: str, archive: Path | None = None) -> Path | None:
    """Set one partition aside and drop it; with `archive`, only after its rows are kept there.

    The archive is gzipped CSV with a header, with its SHA-256 beside it. Writing it takes long,
    and must not hold up whoever writes to the other months: so it is set aside before.
    """
    if partition not in list_aside():
        with transaction.atomic():
            set_aside([partition])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ARCHIVING_LOCK])
        if cursor.fetchone() != (True,):
            raise BeingArchived(partition)
        kept = _write_archive(partition, archive) if archive else None
        cursor.execute(f"DROP TABLE {partition}")
    return kept


def hold_all() -> None:
    """Let nobody read or write until the caller's short transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_PATIENCE}'")
        cursor.execute(f"LOCK TABLE {', '.join(TABLES)} IN ACCESS EXCLUSIVE MODE")


def set_aside(names: list[str]) -> None:
    """Detach partitions in the caller's transaction; what is aside can still be archived."""
    hold_all()
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"ALTER TABLE {_table_of(name)} DETACH PARTITION {name}")


def list_aside() -> list[str]:
    """Return the months that were set aside and are not dropped yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND NOT relispartition"
            " AND relnamespace = current_schema()::regnamespace AND relname ~ %s ORDER BY relname",
            [f"^({'|'.join(TABLES)})_[0-9]{{4}}_[0-9]{{2}}$"],
        )
        return [name for (name,) in cursor.fetchall()]


def _table_of(partition: str) -> str:
    return next(name for name in TABLES if partition.startswith(f"{name}_"))


def bounds_of(partition: str) -> tuple[datetime, datetime]:
    """Return when a partition's month begins and ends."""
    year, month = partition.rsplit("_", 2)[1:]
    begin = datetime(int(year), int(month), 1, tzinfo=UTC)
    return begin, _month(begin, 1)


def rows_astray() -> dict[str, bool]:
    """Say for each table whether rows lie outside all months: then make_ahead did not run."""
    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table}_rest)")  # noqa: S608 - our names
            found[table] = bool((cursor.fetchone() or (False,))[0])
    return found


def months_of_deliveries() -> list[str]:
    """Return the partitions of deliveries, oldest first."""
    return [name for name in _partitions(TABLES[0]) if not name.endswith("_rest")]


def _month(moment: datetime, ahead: int = 0) -> datetime:
    months = moment.astimezone(UTC).year * 12 + moment.astimezone(UTC).month - 1 + ahead
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)


def _make(table: str, month: datetime) -> str | None:
    """Make one month's partition and fetch what fell beside it meanwhile; None if it is there."""
    name, rest = f"{table}_{month:%Y_%m}", f"{table}_rest"
    if name in _partitions(table):
        return None
    begin, end = first_of(month), first_of(_month(month, 1))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_PATIENCE}'")
        # Two at once would both find it missing. All of the lock at once: taking more of it
        # later would deadlock with whoever reads first and then writes.
        cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        there = _partitions(table)
        if name in there:
            return None
        if rest not in there:
            cursor.execute(f"CREATE TABLE {rest} PARTITION OF {table} DEFAULT")
        cursor.execute(f"ALTER TABLE {table} DETACH PARTITION {rest}")
        cursor.execute(
            f"CREATE TABLE {name} PARTITION OF {table}"
            f" FOR VALUES FROM ('{begin}') TO ('{end}') WITH ({STORAGE})"
        )
        # Into the partition itself, so that nothing is counted twice.
        cursor.execute(
            f"WITH strays AS (DELETE FROM {rest}"  # noqa: S608 - our names
            f" WHERE id >= '{begin}' AND id < '{end}' RETURNING *)"
            f" INSERT INTO {name} SELECT * FROM strays"
        )
        cursor.execute(f"ALTER TABLE {table} ATTACH PARTITION {rest} DEFAULT")
    return name


def _partitions(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass",
            [table],
        )
        return sorted(name for (name,) in cursor.fetchall())


def _write_archive(partition: str, folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"{partition}.csv.gz"
    unfinished = target.with_suffix(".part")
    with gzip.open(unfinished, "wb") as archive, connection.cursor() as cursor:
        statement = f"COPY {partition} TO STDOUT (FORMAT csv, HEADER)"
        with cursor.cursor.copy(statement) as rows:
            for part in rows:
                archive.write(part)
    unfinished.chmod(0o600)
    with unfinished.open("rb") as archive:
        digest = hashlib.file_digest(archive, "sha256").hexdigest()
        os.fsync(archive.fileno())
    target.with_suffix(".gz.sha256").write_text(f"{digest}  {target.name}\n")
    return unfinished.replace(target)
