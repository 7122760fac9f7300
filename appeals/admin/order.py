"""The suggested order of work: what "Claim next" would give a person one after the other, and why.

There is one rule, `appeals.models.SERVED`, beneath what is kept for somebody and the priority of
the queues. This page shows its beginning; it has no order of its own.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from appeals.access import list_cases, list_queues, sees_all_queues
from appeals.admin.people import desk_view, staff
from appeals.clock import Clock, clock_of, short_day
from appeals.models import SERVED, Appeal, Harm, ReviewerProfile
from appeals.models.independence import bar_between
from appeals.routing import HARDSHIP
from appeals.states import AppealState
from portal.models import Customer

ROWS = 25
HARM_WORDS = {
    Harm.ALL: gettext_lazy("at least three quarters of the limit, or the whole line, was taken"),
    Harm.HALF: gettext_lazy("at least half of the limit was taken"),
}


@dataclass(frozen=True)
class Placed:
    """An appeal at its place, and why it stands there."""

    appeal: Appeal
    clock: Clock
    why: str


@desk_view
@require_safe
def show_order(request: HttpRequest) -> HttpResponse:
    person, now = staff(request), timezone.now()
    rows = suggested_order(person)
    context = {
        **admin.site.each_context(request),
        "title": _("Suggested order"),
        "rows": [Placed(row, clock_of(row, now), why_here(row, person, now)) for row in rows],
        "most": ROWS,
    }
    return TemplateResponse(request, "appeals/desk/order.html", context)


def suggested_order(person: Customer) -> list[Appeal]:
    """The first that wait for the person. Three queries; each queue gives its first few."""
    heads = _heads(person)
    if not heads:
        return []
    rows = _free_to_take(person).filter(pk__in=heads)
    found = rows.select_related("decision", "queue", "customer")
    return sorted(found, key=lambda row: _place(row, person))[:ROWS]


def _place(appeal: Appeal, person: Customer) -> tuple[Any, ...]:
    assert appeal.queue is not None
    is_kept = appeal.reserved_for_id == person.pk
    # Among what is kept for them the queue does not matter.
    queue = 0 if is_kept else appeal.queue.priority
    return (not is_kept, queue, *(getattr(appeal, name) for name in SERVED))


def _free_to_take(person: Customer) -> QuerySet[Appeal]:
    """What waits for anybody or for them, and nothing keeps them from judging."""
    waiting = list_cases(person).filter(state=AppealState.SUBMITTED, is_set_aside=False)
    free = waiting.filter(Q(reserved_for__isnull=True) | Q(reserved_for=person))
    return free.alias(bar=bar_between(person.pk)).filter(bar__isnull=True)


def _heads(person: Customer) -> list[int]:
    """The first of each queue in each language they read, by the index claims are found by."""
    free = _free_to_take(person).filter(queue=OuterRef("pk"), reserved_for__isnull=True)
    kept = Appeal.objects.filter(
        state=AppealState.SUBMITTED, is_set_aside=False, reserved_for=person
    )
    stretches = {
        f"of_{place}": ArraySubquery(
            free.filter(language=code).order_by(*SERVED).values("pk")[:ROWS]
        )
        for place, code in enumerate(_languages(person))
    }
    queues = list_queues(person)
    if not sees_all_queues(person):
        queues = queues.filter(members=person)
    found = queues.order_by().annotate(
        **stretches, kept=ArraySubquery(kept.filter(queue=OuterRef("pk")).values("pk")[:ROWS])
    )
    lists = found.values_list(*stretches, "kept")
    return [pk for row in lists for keys in row for pk in keys or ()]


def _languages(person: Customer) -> list[str]:
    profile = ReviewerProfile.objects.filter(person=person).first()
    return (profile.languages if profile else None) or [code for code, _name in settings.LANGUAGES]


def why_here(appeal: Appeal, person: Customer, now: datetime) -> str:
    """What moved it up, in the order in which the rule looks at it."""
    reasons = [
        _("kept for you") if appeal.reserved_for_id == person.pk else "",
        _("hardship") if appeal.queue is not None and appeal.queue.key == HARDSHIP else "",
        _("needs care") if appeal.is_vulnerable else "",
        _promise(appeal, now),
        str(HARM_WORDS.get(Harm(appeal.harm), "")),
    ]
    return _("; ").join(filter(None, reasons))


def _promise(appeal: Appeal, now: datetime) -> str:
    """In the day the clock beside it names, so that the two never seem to disagree."""
    clock = clock_of(appeal, now)
    if clock.tone == "late":
        return _("the promised day has passed")
    if clock.day is None:
        return ""
    is_soon = clock.tone == "soon"
    words = _("the promise ends soon, on %(day)s") if is_soon else _("promised for %(day)s")
    return words % {"day": short_day(clock.day)}
