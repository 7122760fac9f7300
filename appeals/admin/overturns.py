"""Overturned reasons by rule version: the weekly digests, and shares that passed their limit."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appeals.access import (
    edits_catalogue,
    get_digest,
    list_alarms,
    list_digests,
    list_passings,
    rules_of,
    sees_all_queues,
)
from appeals.admin.charts import few_text, number
from appeals.admin.people import staff
from appeals.catalogue import CATALOGUE
from appeals.engine_delivery import is_configured
from appeals.errors import AppealNotFound
from appeals.fairness.rates import Share, wilson
from appeals.fairness.words import decimal
from appeals.models import OverturnDigest, OverturnPassing
from appeals.overturns.figures import Shown, few_or, figures_of
from appeals.overturns.limits import WEEKS, limits
from appeals.overturns.reading import Key
from appeals.overturns.table import as_csv
from appeals.overturns.words import percent, reason_title, sentence, week_text
from portal.models import Customer

WEEKS_SHOWN = 53
PASSINGS_SHOWN = 50
Page = Callable[..., HttpResponse]


def owners_view(view: Page) -> Any:
    """A page for who oversees the desk, and for who owns a rule of the engine."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if rules_of(staff(request)) == set():
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return admin.site.admin_view(checked)


@owners_view
@require_safe
def show_weeks(request: HttpRequest) -> HttpResponse:
    """All weeks, the newest first, after the reasons that passed their limit."""
    person = staff(request)
    rules = rules_of(person)
    weeks = list_digests(person)[:WEEKS_SHOWN]
    context = {
        **admin.site.each_context(request),
        "title": _("Overturned reasons"),
        "weeks": [
            {"digest": one, "name": week_text(one.week), "number": len(_own(one.lines, rules))}
            for one in weeks
        ],
        "passings": [_passing(one) for one in list_passings(person)[:PASSINGS_SHOWN]],
        "limits": limits(),
        "span": WEEKS,
        "is_engine_known": is_configured(),
    }
    return TemplateResponse(request, "appeals/desk/overturned.html", context)


@owners_view
@require_safe
def show_week(request: HttpRequest, week: str) -> HttpResponse:
    """One week: each reason of each rule version with its share, and a sentence."""
    person = staff(request)
    digest = _digest(person, week)
    links = _Links(person)
    context = {
        **admin.site.each_context(request),
        "title": _("Overturned reasons, week of %(day)s") % {"day": week_text(digest.week)},
        "digest": digest,
        "rows": [_row(one, links) for one in _figures(digest, person)],
        "few": few_text(),
    }
    return TemplateResponse(request, "appeals/desk/overturned_week.html", context)


@owners_view
@require_safe
def download_week(request: HttpRequest, week: str) -> HttpResponse:
    person = staff(request)
    digest = _digest(person, week)
    table = as_csv(digest.week, _figures(digest, person))
    answer = HttpResponse(table, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="overturned-{digest.week}.csv"'
    return answer


def _digest(person: Customer, week: str) -> OverturnDigest:
    try:
        return get_digest(person, date.fromisoformat(week).isoformat())
    except (AppealNotFound, ValueError) as error:
        raise Http404 from error


def _figures(digest: OverturnDigest, person: Customer) -> list[Shown]:
    return figures_of(_own(digest.lines, rules_of(person)))


def _own(lines: Iterable[dict[str, Any]], rules: set[str] | None) -> list[dict[str, Any]]:
    return [line for line in lines if rules is None or line["rule"] in rules]


class _Links:
    """Where the rows of a page lead, as far as this person may go there: two queries."""

    def __init__(self, person: Customer) -> None:
        alarms = list_alarms(person).order_by("found_at", "pk")
        names = alarms.values_list("rule_id", "rule_version", "reference")
        self.alarms = {(rule, version): reference for rule, version, reference in names}
        standing = list_passings(person).filter(fell_at__isnull=True)
        self.over = {Key(one.rule_id, one.rule_version, one.reason) for one in standing}
        self.sees_decisions = sees_all_queues(person)
        self.reads_catalogue = self.sees_decisions or edits_catalogue(person)
        self.decisions = reverse("admin:appeals_linedecision_changelist")

    def of(self, key: Key) -> dict[str, Any]:
        alarm = self.alarms.get((key.rule, key.version))
        named = urlencode({"rule_id": key.rule, "rule_version": key.version})
        return {
            "alarm": reverse("desk:alarm", args=[alarm]) if alarm else "",
            "decisions_link": f"{self.decisions}?{named}" if self.sees_decisions else "",
            "reason_link": self._reason(key.reason),
            "is_over": key in self.over,
        }

    def _reason(self, code: str) -> str:
        is_there = self.reads_catalogue and code in CATALOGUE.reasons
        return reverse("desk:reason", args=[code]) if is_there else ""


def _row(one: Shown, links: _Links) -> dict[str, Any]:
    line = one.line
    return {
        "line": line,
        "title": reason_title(line.reason),
        "decisions": number(line.decisions),
        "appealed": _number(line.appealed),
        "decided": _number(line.decided),
        "overturned": "–" if one.is_few else number(line.overturned),
        "share": "–" if one.share is None else percent(one.share),
        "interval": "" if one.share is None else _interval(one.low, one.high),
        "change": "" if one.change is None else _points(100 * one.change.value),
        "says": sentence(one),
        **links.of(one.key),
    }


def _number(value: int) -> str:
    return few_text() if few_or(value) is None else number(value)


def _interval(low: float, high: float) -> str:
    return _("%(low)s to %(high)s") % {"low": percent(low), "high": percent(high)}


def _points(value: float) -> str:
    return f"{'+' if value >= 0 else '−'}{decimal(abs(value))}"


def _passing(one: OverturnPassing) -> dict[str, Any]:
    share = Share(one.overturned, one.decided)
    return {
        "passing": one,
        "title": reason_title(one.reason),
        "share": percent(share.rate),
        "interval": _interval(*wilson(share)),
    }


urlpatterns: list[URLPattern] = [
    path("overturned/", show_weeks, name="overturned"),
    path("overturned/<str:week>/", show_week, name="overturned_week"),
    path("overturned/<str:week>/table.csv", download_week, name="overturned_csv"),
]
