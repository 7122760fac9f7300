"""How often people find what was suggested to them: for who oversees the desk."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appeals.access import sees_all_queues
from appeals.admin.charts import few_text, number
from appeals.admin.people import desk_view, staff
from appeals.alike.agreement import (
    MOST_AGREED,
    WEEKS,
    Agreement,
    agreement_by_reason,
    agreement_by_week,
    total,
)
from appeals.alike.suggesting import FEWEST_FINDINGS, FEWEST_PEOPLE, LEAST_SHARE
from appeals.overturns.words import percent, reason_title, week_text
from appeals.shares import FEW


@desk_view
@require_safe
def show_agreement(request: HttpRequest) -> HttpResponse:
    """By reason of a rule version and by week, with counts and intervals; two queries."""
    if not sees_all_queues(staff(request)):
        raise PermissionDenied
    now = timezone.now()
    reasons, weeks = agreement_by_reason(now), agreement_by_week(now)
    everything = total(reasons)
    context = {
        **admin.site.each_context(request),
        "title": _("Suggestions"),
        "all": _row(everything, ""),
        "warned": [_row(one, _reason_name(one)) for one in reasons if one.is_following],
        "reasons": [_row(one, _reason_name(one)) for one in reasons],
        "weeks": [_row(one, week_text(one.name[0].date())) for one in weeks],
        "few": few_text(),
        "span": WEEKS,
        "rule": {
            "findings": FEWEST_FINDINGS,
            "people": FEWEST_PEOPLE,
            "least": percent(LEAST_SHARE),
            "most": percent(MOST_AGREED),
        },
    }
    return TemplateResponse(request, "appeals/desk/agreement.html", context)


def _reason_name(one: Agreement) -> str:
    return reason_title(str(one.name[0]))


def _row(one: Agreement, title: str) -> dict[str, Any]:
    shown = not one.is_few
    return {
        "counts": one,
        "title": title,
        "rule": " ".join(one.name[1:]) if len(one.name) > 1 else "",
        "suggested": number(one.suggested) if shown else few_text(),
        "agreed": number(one.agreed) if shown else "–",
        "share": percent(one.agreed / one.suggested) if shown else "–",
        "interval": _interval(one) if shown else "",
        "before": percent(one.before) if shown else "–",
        "changed": _of(one.changed, one.agreed) if shown else "–",
        "read_otherwise": _of(one.read_otherwise, one.read_again) if shown else "–",
    }


def _interval(one: Agreement) -> str:
    low, high = one.interval
    return _("%(low)s to %(high)s") % {"low": percent(low), "high": percent(high)}


def _of(part: int, whole: int) -> str:
    """A part of a whole that is not few; else the page says so."""
    if whole < FEW:
        return "–"
    return _("%(part)s of %(whole)s") % {"part": number(part), "whole": number(whole)}
