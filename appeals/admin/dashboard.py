"""The first page of who oversees the desk: the whole in figures, by queue and time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appeals.access import is_approver, is_reviewer, list_queues
from appeals.admin.charts import Frame
from appeals.admin.figures import figures, headlines
from appeals.clarity import clarity_by_reason
from appeals.models import ReviewQueue
from appeals.overview import View, read_overview
from portal.models import Customer

# Days a filter looks back; the last is read by week.
PERIODS = {
    "30": gettext_lazy("30 days"),
    "90": gettext_lazy("90 days"),
    "365": gettext_lazy("12 months"),
}
USUAL, BY_WEEK = "30", "365"
# Promises and outcomes of fewer weeks say little.
LEAST_WEEKS = timedelta(weeks=11)
KEPT = "desk_overview"
# The least clear reasons first.
CLARITY_SHOWN = 8


@dataclass(frozen=True)
class Filters:
    """What the address asks for, or what it asked for last."""

    queue: int | None
    period: str

    def link(self, **changes: Any) -> str:
        fields = {"queue": self.queue or "", "period": self.period, **changes}
        return f"?{urlencode(fields)}"


def filters_of(request: HttpRequest, queues: Sequence[ReviewQueue]) -> Filters:
    """The filters of the address; without any, those this person used last."""
    asked = {name: request.GET[name] for name in ("queue", "period") if name in request.GET}
    known: dict[str, str] = request.session.get(KEPT, {})
    if asked and asked != known:
        request.session[KEPT] = asked
    given = asked or known
    chosen, period = given.get("queue", ""), given.get("period", "")
    # A queue that is not this person's is no queue.
    keys = {str(queue.pk): queue.pk for queue in queues}
    return Filters(
        queue=keys.get(chosen),
        period=period if period in PERIODS else USUAL,
    )


def overview_context(request: HttpRequest, person: Customer) -> dict[str, Any]:
    """What the page shows, as it stands now."""
    queues = list(list_queues(person))
    filters = filters_of(request, queues)
    now = timezone.now()
    days = timedelta(days=int(filters.period) - 1)
    overview = read_overview(
        View(
            viewer=person,
            queues=queues,
            since=(now - days).date(),
            weeks_since=(now - max(days, LEAST_WEEKS)).date(),
            now=now,
            queue=filters.queue,
        )
    )
    frame = Frame(
        since=(now - days).date(),
        span=str(PERIODS[filters.period]),
        queue=filters.queue,
        by_week=filters.period == BY_WEEK,
    )
    return {
        "title": _("Overview"),
        "pages": pages(person, is_overview=True),
        "queue_choices": _queue_choices(filters, queues),
        "period_choices": [
            _choice(title, filters.link(period=days), is_chosen=days == filters.period)
            for days, title in PERIODS.items()
        ],
        "headlines": headlines(overview, frame),
        "figures": figures(overview, frame),
        "clarity": clarity_by_reason()[:CLARITY_SHOWN],
    }


def pages(person: Customer, *, is_overview: bool) -> list[dict[str, Any]]:
    """The two sides of the first page, for those who also decide cases."""
    if not is_reviewer(person) and not is_approver(person):
        return []
    return [
        _choice(_("Overview"), "?", is_chosen=is_overview),
        _choice(_("My work"), "?show=work", is_chosen=not is_overview),
    ]


def _queue_choices(filters: Filters, queues: list[ReviewQueue]) -> list[dict[str, Any]]:
    everything = _choice(_("All"), filters.link(queue=""), is_chosen=filters.queue is None)
    return [
        everything,
        *(
            _choice(queue, filters.link(queue=queue.pk), is_chosen=filters.queue == queue.pk)
            for queue in queues
        ),
    ]


def _choice(title: Any, link: str, *, is_chosen: bool) -> dict[str, Any]:
    """As the tabs of the desk's lists are given to their template."""
    return {"display": str(title), "query_string": link, "selected": is_chosen}
