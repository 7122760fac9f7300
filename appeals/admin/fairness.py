"""Whether groups fare alike: for supervisors and auditors, from kept sums, never for reviewers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appeals.access import is_supervisor, sees_all_queues
from appeals.admin.charts import Cell, Column, Figure, Row, number
from appeals.admin.people import desk_view, staff
from appeals.fairness import words
from appeals.fairness.aspects import FEWEST, Aspect
from appeals.fairness.comparing import Table, compare
from appeals.fairness.reading import COMPARED, list_months
from appeals.fairness.report import as_csv, as_pdf
from appeals.models import FairnessAlarm

SPANS = {"1": gettext_lazy("This month"), "12": gettext_lazy("12 months up to it")}
USUAL = "12"
ALARMS_SHOWN = 20


@dataclass(frozen=True)
class Asked:
    """What the address asks for: a month, how many up to it, and groups by what."""

    month: date | None
    span: str
    by: str

    @property
    def months(self) -> list[date]:
        return [] if self.month is None else months_up_to(self.month, int(self.span))

    def link(self, **changes: str) -> str:
        month = f"{self.month:%Y-%m}" if self.month else ""
        return f"?{urlencode({'month': month, 'span': self.span, 'by': self.by, **changes})}"


def months_up_to(last: date, count: int) -> list[date]:
    """So many months up to and with this one, oldest first."""
    place = last.year * 12 + last.month - 1
    return [date(one // 12, one % 12 + 1, 1) for one in range(place - count + 1, place + 1)]


@desk_view
@require_safe
def show_fairness(request: HttpRequest) -> HttpResponse:
    """All comparisons of a month or a year, one way of telling groups apart at a time."""
    may_see(request)
    there = list_months()
    asked = _asked(request, there)
    tables = compare(asked.months)
    dimensions = list(dict.fromkeys([*COMPARED, *(one.dimension for one in tables)]))
    by = asked.by if asked.by in dimensions else dimensions[0]
    shown = Asked(asked.month, asked.span, by)
    context = {
        **admin.site.each_context(request),
        "title": _("Fairness"),
        "month": asked.month,
        "month_name": month_name(asked.month) if asked.month else "",
        "month_choices": _month_choices(shown, there),
        "span_choices": [
            _choice(title, shown.link(span=key), is_chosen=key == asked.span)
            for key, title in SPANS.items()
        ],
        "by_choices": [
            _choice(words.dimension_name(one), shown.link(by=one), is_chosen=one == by)
            for one in dimensions
        ],
        "figures": [figure(table) for table in tables if table.dimension == by],
        "alarms": _alarms(),
        "may_report": is_supervisor(staff(request)),
        "fewest": FEWEST,
    }
    return TemplateResponse(request, "appeals/desk/fairness.html", context)


def may_see(request: HttpRequest) -> None:
    """Not for who decides cases: what group somebody is in is none of their business."""
    if not sees_all_queues(staff(request)):
        raise PermissionDenied


@desk_view
@require_safe
def report(request: HttpRequest, month: str, kind: str) -> HttpResponse:
    """The report of one month, as a paper or as a table for a spreadsheet."""
    may_see(request)
    first = _month_of(month)
    if first is None:
        raise Http404
    tables = compare([first])
    name = f"fairness-{first:%Y-%m}-{get_language()}.{kind}"
    if kind == "csv":
        answer = HttpResponse(as_csv(first, tables), content_type="text/csv; charset=utf-8")
    else:
        pdf = as_pdf(first, month_name(first), tables)
        answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def figure(table: Table) -> Figure:
    """A table with its sentence; the script draws the shares, or the days."""
    unit = "" if table.aspect == Aspect.DAYS else "%"
    scale = 1 if table.aspect == Aspect.DAYS else 100
    sides = words.sides(table)
    rows = [
        Row(
            Cell(words.group_name(table.dimension, row.group)),
            [
                Cell(number(row.count), row.count),
                Cell(words.value_text(table.aspect, row.value), round(scale * row.value, 2)),
                Cell(words.value_text(table.aspect, row.others)),
                *(Cell(side.texts[place]) for side in sides),
                Cell(words.chance_text(row)),
            ],
        )
        for place, row in enumerate(table.rows)
    ]
    return Figure(
        key=table.aspect.value,
        title=str(words.TITLES[table.aspect]),
        says=words.sentence(table),
        kind="across",
        head=words.dimension_name(table.dimension),
        columns=[
            Column(str(words.WHOLES[table.aspect])),
            Column(_("Days") if table.aspect == Aspect.DAYS else _("Share"), is_drawn=True),
            Column(_("All others")),
            *(Column(side.heading) for side in sides),
            Column(_("Chance")),
        ],
        rows=rows,
        unit=unit,
        notes=_notes(table),
    )


def _notes(table: Table) -> list[str]:
    notes = [words.denominator(table.source)] if table.aspect == Aspect.CUT else []
    if table.hidden:
        notes.append(
            _(
                "Hidden, for a group has fewer than %(fewest)s or one that has could be worked "
                "out: %(count)s."
            )
            % {"fewest": FEWEST, "count": len(table.hidden)}
        )
    return notes


def _alarms() -> list[dict[str, Any]]:
    rows = FairnessAlarm.objects.order_by("-month", "dimension", "measure")[:ALARMS_SHOWN]
    return [
        {
            "month": month_name(row.month),
            "title": words.TITLES[Aspect(row.measure)],
            "by": words.dimension_name(row.dimension),
            "groups": ", ".join(
                f"{words.group_name(row.dimension, one['group'])} {words.decimal(one['value'], 2)}"
                for one in row.groups
            ),
            "link": Asked(row.month, "1", row.dimension).link(),
        }
        for row in rows
    ]


def _asked(request: HttpRequest, there: Sequence[date]) -> Asked:
    """What makes no sense in an address is the newest month and what is usual."""
    month = _month_of(request.GET.get("month", "")) or (there[0] if there else None)
    span = request.GET.get("span", USUAL)
    return Asked(month, span if span in SPANS else USUAL, request.GET.get("by", ""))


def _month_of(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == len("2026-10") else None
    except ValueError:
        return None


def month_name(month: date) -> str:
    return date_format(month, "YEAR_MONTH_FORMAT")


def _month_choices(asked: Asked, there: Sequence[date]) -> list[dict[str, Any]]:
    months = sorted({*there[:12], *([asked.month] if asked.month else [])}, reverse=True)
    return [
        _choice(month_name(one), asked.link(month=f"{one:%Y-%m}"), is_chosen=one == asked.month)
        for one in months
    ]


def _choice(title: Any, link: str, *, is_chosen: bool) -> dict[str, Any]:
    return {"display": str(title), "query_string": link, "selected": is_chosen}


def page_of(month: date) -> str:
    return f"{reverse('desk:fairness')}?month={month:%Y-%m}&span=1"


urlpatterns: list[URLPattern] = [
    path("fairness/", show_fairness, name="fairness"),
    path("fairness/<str:month>/report.pdf", report, {"kind": "pdf"}, name="fairness_pdf"),
    path("fairness/<str:month>/report.csv", report, {"kind": "csv"}, name="fairness_csv"),
]
