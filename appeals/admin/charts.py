"""A figure of the overview: a sentence, a table, and the chart that is drawn from the table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from urllib.parse import quote_plus

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from appeals.shares import FEW, share, too_few

GROUPED = 1_000


@dataclass(frozen=True)
class Cell:
    """What is read, what the chart draws (nothing leaves a gap), and the list behind it."""

    text: str
    value: float | None = None
    link: str = ""

    @property
    def inside(self) -> str:
        """The text as HTML, in its link."""
        text = escape(self.text)
        return f'<a class="desk-ref" href="{escape(self.link)}">{text}</a>' if self.link else text


def measured(value: float | None, decimals: int, unit: str = "") -> Cell:
    """A figure that is no count; nothing where there was nothing to measure."""
    if value is None:
        return Cell("–")
    return Cell(f"{number_format(value, decimals)}{unit}", value)


@dataclass(frozen=True)
class Column:
    title: str
    is_drawn: bool = False


@dataclass(frozen=True)
class Row:
    name: Cell
    cells: list[Cell]


@dataclass(frozen=True)
class Figure:
    """`kind` is how the script draws it: line, stacked, across or across-stacked."""

    key: str
    title: str
    says: str
    kind: str
    head: str
    columns: list[Column]
    rows: list[Row]
    unit: str = ""
    notes: list[str] = field(default_factory=list)
    # Whether the numbers are in sight before somebody asks for them.
    is_open: bool = False

    @property
    def body(self) -> SafeString:
        """The rows of the table; a page has a thousand cells, too many for a template's pace."""
        return mark_safe("".join(map(_row_html, self.rows)))  # noqa: S308 - cells are escaped


def _row_html(row: Row) -> str:
    cells = "".join(map(_cell_html, row.cells))
    return f'<tr><th scope="row">{row.name.inside}</th>{cells}</tr>'


def _cell_html(cell: Cell) -> str:
    value = "" if cell.value is None else f' data-value="{cell.value:g}"'
    return f'<td class="desk-number"{value}>{cell.inside}</td>'


@dataclass(frozen=True)
class Headline:
    """One number, and of which time it is."""

    title: str
    text: str
    span: str
    link: str = ""


@dataclass(frozen=True)
class Frame:
    """What the page is narrowed to, and so the lists behind its numbers."""

    since: date
    span: str
    queue: int | None = None
    by_week: bool = False
    # Looked up once a page, and not once a number.
    address: str = field(default_factory=partial(reverse, "admin:appeals_appeal_changelist"))

    def link(self, **filters: object) -> str:
        """The list of appeals with these filters, in the names of `appeals.filters`."""
        query = {"queue": self.queue, **filters}
        # A page has a thousand of these: most values are met again and again.
        given = [f"{name}={_quoted(str(value))}" for name, value in query.items() if value]
        return f"{self.address}?{'&'.join(given)}"


_quoted = lru_cache(maxsize=4096)(quote_plus)


# --- Words and numbers -------------------------------------------------------------------------


def number(value: int) -> str:
    # Below a thousand every language writes it alike, and most are.
    return str(value) if 0 <= value < GROUPED else number_format(value, force_grouping=True)


def counts(*values: int) -> list[Cell]:
    return [Cell(number(value), value) for value in values]


def linked(value: int, link: str) -> Cell:
    """A number that leads to its list, if there is anything in it."""
    return Cell(number(value), value, link if value else "")


def days_text(days: int | None) -> str:
    return "–" if days is None else number(days)


def share_text(part: int, whole: int) -> str:
    found = share(part, whole)
    if found is None:
        return "–" if whole == 0 else few_text()
    return f"{found:.0f}%"


def share_sentence(sentence: str, part: int, whole: int) -> str:
    if whole < FEW:
        return too_few_sentence()
    return sentence % {"share": share_text(part, whole)}


def few_text() -> str:
    return _("fewer than %(few)s") % {"few": FEW}


def too_few_sentence() -> str:
    return _("Fewer than %(few)s answers: too few to compare.") % {"few": FEW}


def hidden_places(answers: Sequence[int]) -> set[int]:
    """The rows to hide; where nothing happened there is nothing to hide."""
    filled = [place for place, count in enumerate(answers) if count]
    return {filled[place] for place in too_few([answers[place] for place in filled])}


def hidden_cells(count: int, others: int) -> list[Cell]:
    text = few_text() if count < FEW else _("hidden")
    return [Cell(text), *(Cell("–") for _other in range(others))]


def hiding_notes(hidden: set[int]) -> list[str]:
    if not hidden:
        return []
    return [
        _(
            "Rows of fewer than %(few)s answers are hidden, and another one where they could be "
            "worked out."
        )
        % {"few": FEW}
    ]


def more_notes(count: int) -> list[str]:
    if count <= 0:
        return []
    return [_("Not shown, with lower numbers: %(count)s.") % {"count": number(count)}]
