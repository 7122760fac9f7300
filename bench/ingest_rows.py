"""The two ways in, measured in turn on the same tables with their keys, indexes and triggers."""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, cast

from django.db import connection, models, transaction
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from appeals.actions.ingest import ingest
from appeals.models import CreditLine, DecisionReason, LineDecision, Notice, NoticeHold
from appeals.sample import sample_decisions
from notifications.models import Delivery, Notification
from portal.models import Customer

# Everything an ingest writes, each after what it points at.
TABLES: tuple[type[models.Model], ...] = (
    Customer,
    CreditLine,
    LineDecision,
    DecisionReason,
    Notice,
    NoticeHold,
    Notification,
    Delivery,
)


def compare(decisions: int, repeats: int) -> None:
    """Print how many decisions a second each way takes in."""
    lines = list(feed_lines(decisions))
    ingested: list[float] = []
    copied: list[float] = []
    rows = 0
    for _ in range(repeats):
        empty()
        ingested.append(decisions / timed(ingest, lines, source="bench"))
        rows = sum(model._default_manager.count() for model in TABLES)
        ready = [(model, copy_out(model)) for model in TABLES]
        empty()
        copied.append(decisions / timed(copy_in, ready))
    table = Table(title=f"{decisions:,} decisions, {rows:,} rows, {repeats} repeats")
    for heading in ("decisions/s", "min", "median", "max"):
        table.add_column(heading, justify="left" if heading == "decisions/s" else "right")
    table.add_row("ingest: check, write the notice, store, tell", *spread(ingested))
    table.add_row("raw COPY of the same rows", *spread(copied))
    table.add_row("raw / ingest", *spread([b / a for a, b in zip(ingested, copied, strict=True)]))
    Console(width=90).print(table)


def feed_lines(count: int) -> Iterator[bytes]:
    """The sample again and again, each time about other people."""
    today: date = timezone.now().date()
    made = 0
    for turn in range(count):
        for line in sample_decisions(today):
            if made == count:
                return
            made += 1
            yield json.dumps(_about_others(line, turn), ensure_ascii=False).encode()


def _about_others(line: dict[str, Any], turn: int) -> dict[str, Any]:
    return {
        **line,
        "decision_id": f"{line['decision_id']}-{turn}",
        "customer": {**line["customer"], "ref": f"{line['customer']['ref']}-{turn}"},
        "line": {**line["line"], "ref": f"{line['line']['ref']}-{turn}"},
    }


def timed(work: Callable[..., Any], *arguments: Any, **named: Any) -> float:
    began = time.perf_counter()
    work(*arguments, **named)
    return time.perf_counter() - began


def empty() -> None:
    names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in TABLES)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names} CASCADE")
        cursor.execute("CHECKPOINT")


def copy_out(model: type[models.Model]) -> bytes:
    statement = f"COPY {connection.ops.quote_name(model._meta.db_table)} TO STDOUT"
    with connection.cursor() as cursor, cast(Any, cursor).copy(statement) as copy:
        return b"".join(bytes(chunk) for chunk in copy)


@transaction.atomic
def copy_in(ready: list[tuple[type[models.Model], bytes]]) -> None:
    for model, text in ready:
        statement = f"COPY {connection.ops.quote_name(model._meta.db_table)} FROM STDIN"
        with connection.cursor() as cursor, cast(Any, cursor).copy(statement) as copy:
            copy.write(text)


def spread(numbers: list[float]) -> list[str]:
    digits = 0 if max(numbers) > 100 else 1
    return [
        f"{number:,.{digits}f}"
        for number in (min(numbers), statistics.median(numbers), max(numbers))
    ]
