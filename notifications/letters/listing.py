"""The list beside a batch's PDF: which pages are whose, for the print shop's machine."""

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass

COLUMNS = (
    "batch",
    "letter",
    "customer_reference",
    "name",
    "language",
    "jurisdiction",
    "first_page",
    "pages",
    "due_by_law",
)
# A spreadsheet would run a cell that begins like this.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Line:
    """One letter of the list, in the order of the columns."""

    batch: str
    letter: int
    customer_reference: str
    name: str
    language: str
    jurisdiction: str
    first_page: int
    pages: int
    due_by_law: str


def list_of(lines: Iterable[Line]) -> bytes:
    """Return the list as CSV in UTF-8, with the mark by which spreadsheets know it."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows([_safe(value) for value in astuple(line)] for line in lines)
    return file.getvalue().encode("utf-8-sig")


def _safe(value: str | int) -> str | int:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
