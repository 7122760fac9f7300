"""Appeals as a table for a spreadsheet: codes, days and amounts, and nothing about a person.

No name, no contact, no word a customer or a reviewer wrote, and never a restricted case, whoever
asks: what has left the house cannot be called back.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook

from appeals.access import list_cases
from appeals.deadlines import last_day
from appeals.filters import Filters, condition
from appeals.models import Appeal, DecisionReason
from portal.models import Customer

Cell = str | int | date | datetime | Decimal | None

# Read this many at a time from the server's cursor.
CHUNK = 2_000
# A file is sent in pieces of about so many characters.
PIECE = 50_000
# A spreadsheet that calculates with what it reads would run these.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Without it a spreadsheet takes the Chinese of a CSV for something else.
BYTE_ORDER_MARK = "\ufeff"

HEADERS: tuple[Promise, ...] = (
    _("Appeal"),
    _("Queue"),
    _("State"),
    _("Sent (UTC)"),
    _("Answer promised by"),
    _("Closed (UTC)"),
    _("Answered in time"),
    _("Jurisdiction"),
    _("Region"),
    _("Language"),
    _("Reasons"),
    _("Rule"),
    _("Version"),
    _("Currency"),
    _("Limit before"),
    _("Limit after the decision"),
    _("Outcome"),
    _("Limit by the outcome"),
    _("Second person"),
)


COLUMNS = (
    "reference",
    "queue__key",
    "state",
    "submitted_at",
    "promised_at",
    "closed_at",
    "customer__time_zone",
    "customer__jurisdiction",
    "region",
    "language",
    "reason_codes",
    "decision__rule_id",
    "decision__rule_version",
    "decision__currency",
    "decision__old_limit",
    "decision__new_limit",
    "outcome",
    "outcome_limit",
    "had_second_person",
)


def rows_for(person: Customer, filters: Filters, now: datetime) -> QuerySet[Appeal, Any]:
    """The appeals of an export in the order they came, each with what its row needs."""
    reasons = DecisionReason.objects.filter(decision=OuterRef("decision")).order_by("rank")
    for_all_eyes = Q(is_restricted=False, queue__is_restricted=False)
    rows = list_cases(person).filter(condition(filters, person, now) & for_all_eyes)
    final = FilteredRelation("outcomes", condition=Q(outcomes__is_final=True))
    return (
        rows.annotate(final=final, reason_codes=ArraySubquery(reasons.values("code")))
        .annotate(
            outcome=F("final__kind"),
            outcome_limit=F("final__new_limit"),
            had_second_person=F("final__needs_approval"),
        )
        .order_by("pk")
        .values_list(*COLUMNS, named=True)
    )


def header() -> list[Cell]:
    """The names of the columns in the reader's language."""
    return [str(name) for name in HEADERS]


def cells_of(person: Customer, filters: Filters, now: datetime) -> Iterator[list[Cell]]:
    """A row for each appeal, read by a cursor on the server as they are asked for.

    The cursor lives in a transaction of its own: an export is one moment of the table, and the
    memory it takes does not grow with it.
    """
    with transaction.atomic():
        for row in rows_for(person, filters, now).iterator(chunk_size=CHUNK):
            yield _cells(row)


def as_csv(rows: Iterable[list[Cell]]) -> Iterator[str]:
    """The lines of a file, some at a time."""
    lines = io.StringIO()
    lines.write(BYTE_ORDER_MARK)
    file = csv.writer(lines)
    for row in rows:
        file.writerow([_as_text(cell) for cell in row])
        if lines.tell() > PIECE:
            yield lines.getvalue()
            lines.seek(0)
            lines.truncate()
    yield lines.getvalue()


def write_xlsx(rows: Iterable[list[Cell]], path: Path) -> None:
    """A workbook of one sheet, written row by row."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("appeals")
    sheet.freeze_panes = "B2"
    for row in rows:
        sheet.append([guarded(cell) if isinstance(cell, str) else cell for cell in row])
    book.save(path)


def guarded(text: str) -> str:
    """Text that a spreadsheet shows and does not calculate."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _cells(row: Any) -> list[Cell]:
    in_time = row.closed_at <= row.promised_at if row.outcome else None
    return [
        row.reference,
        row.queue__key,
        row.state,
        _moment(row.submitted_at),
        last_day(row.promised_at, ZoneInfo(row.customer__time_zone)),
        _moment(row.closed_at),
        _answer(in_time),
        row.customer__jurisdiction,
        row.region,
        row.language,
        " ".join(row.reason_codes),
        row.decision__rule_id,
        row.decision__rule_version,
        row.decision__currency,
        row.decision__old_limit,
        row.decision__new_limit,
        row.outcome,
        row.outcome_limit,
        _answer(row.had_second_person),
    ]


def _moment(at: datetime | None) -> datetime | None:
    """The minute in UTC, without a zone: a spreadsheet knows none."""
    return at.astimezone(UTC).replace(tzinfo=None, second=0, microsecond=0) if at else None


def _answer(yes: bool | None) -> Cell:  # noqa: FBT001 - the value itself
    return None if yes is None else ("yes" if yes else "no")


def _as_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    return guarded(cell) if isinstance(cell, str) else str(cell)
