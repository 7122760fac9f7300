"""The monthly report as a paper and as a table; the page shows the same figures."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appeals.exporting import BYTE_ORDER_MARK, FORMULA_STARTS
from appeals.fairness import words
from appeals.fairness.aspects import FEWEST, Aspect
from appeals.fairness.chance import Estimate
from appeals.fairness.comparing import Compared, Table
from portal.lib.typesetting import typeset

TEMPLATE = "appeals/paper/fairness.typ"
LANGUAGES = {"en": ("en", "gb"), "zh-hans": ("zh", "cn")}
ESTIMATES = ("ratio", "difference", "odds_ratio", "odds_ratio_within_bands", "standardised")
# Names for machines: the same in every language.
COLUMNS = (
    *("month", "by", "figure", "group", "count", "value", "others"),
    *(f"{name}{end}" for name in ESTIMATES for end in ("", "_low", "_high")),
    *("false_discovery_rate", "outside_band"),
)


def as_csv(month: date, tables: Iterable[Table]) -> str:
    """Every figure that is shown, unrounded; hidden groups have a row without numbers."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for table in tables:
        head = [f"{month:%Y-%m}", _safe(table.dimension), table.aspect.value]
        for row in table.rows:
            writer.writerow([*head, _safe(row.group), *_numbers(table.aspect, row)])
        blank = [""] * (len(COLUMNS) - len(head) - 1)
        writer.writerows([*head, _safe(group), *blank] for group in table.hidden)
    return out.getvalue()


def _safe(text: str) -> str:
    """A lender's own words are no formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _numbers(aspect: Aspect, row: Compared) -> Iterator[Any]:
    yield from (row.count, row.value, row.others)
    for one in (row.ratio, row.difference, row.odds, row.within, row.standardised):
        yield from _three(one)
    yield from (row.chance, int(row.is_outside(aspect)))


def _three(estimate: Estimate | None) -> tuple[Any, Any, Any]:
    return (estimate.value, estimate.low, estimate.high) if estimate else ("", "", "")


def as_pdf(month: date, month_name: str, tables: Sequence[Table]) -> bytes:
    """The report in the language of who asks for it."""
    lang, region = LANGUAGES.get(get_language() or "en", LANGUAGES["en"])
    return typeset(
        TEMPLATE,
        {
            "lang": lang,
            "region": region,
            "paper": "a4",
            "sender": settings.LENDER_NAME,
            "title": _("Fairness in %(month)s") % {"month": month_name},
            "lead": _(
                "Each group beside all others together. Intervals are at 95 percent. A difference "
                "is called unlikely to be chance where at most one in twenty of those called so "
                "is. Groups of fewer than %(fewest)s are hidden."
            )
            % {"fewest": FEWEST},
            "no_verdict": _("These figures are a screen. They prove nothing about a cause."),
            "sections": [_section(table, month) for table in tables],
            "none": _("Nothing was decided in this month."),
            "foot": f"{settings.LENDER_NAME} · {month:%Y-%m}",
            "folio": _("Page {page} of {pages}"),
        },
    )


def _section(table: Table, _month: date) -> dict[str, Any]:
    sides = words.sides(table)
    greatest = max((row.value for row in table.rows), default=0) or 1
    return {
        "heading": f"{words.dimension_name(table.dimension)}: {words.TITLES[table.aspect]}",
        "says": words.sentence(table),
        "notes": [words.denominator(table.source)] if table.aspect == Aspect.CUT else [],
        "head": [
            words.dimension_name(table.dimension),
            str(words.WHOLES[table.aspect]),
            _("Days") if table.aspect == Aspect.DAYS else _("Share"),
            *(side.heading for side in sides),
        ],
        "rows": [
            {
                "bar": round(100 * row.value / greatest, 1),
                "is_outside": row.is_outside(table.aspect),
                "cells": [
                    words.group_name(table.dimension, row.group),
                    words.decimal(row.count, 0),
                    words.value_text(table.aspect, row.value),
                    *(side.texts[place] for side in sides),
                ],
            }
            for place, row in enumerate(table.rows)
        ],
        "hidden": _("Hidden groups: %(count)s") % {"count": len(table.hidden)}
        if table.hidden
        else "",
    }
