"""Where in which list a case was opened from, so that one finds back, and on to the next.

The list gives its address along with each case. It is read as any address of a list is, cleaned,
and kept in the session for that case alone: saving, claiming and deciding do not lose it, two
cases in two tabs each have their own, and a case opened from elsewhere has none.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from appeals.access import list_cases, list_queues
from appeals.admin.lists import Listing, in_queue, read_cursor, read_listing
from appeals.admin.people import staff
from appeals.models import Appeal
from portal.models import Customer

KEY = "desk_places"
KEPT = 20
FROM = "from"


@dataclass(frozen=True)
class Place:
    """The list a case was opened from, and the cases beside it."""

    back: str
    previous: str = ""
    next: str = ""


def clean_place(text: str) -> str:
    """The address of a list and a page of it, without anything else it may have said."""
    values = QueryDict(text[:2000])
    listing = read_listing(values)
    cursor = read_cursor(values.get("page", ""))
    return listing.query(page=cursor.text) if cursor else listing.query()


def remember_place(request: HttpRequest, reference: str) -> None:
    """Keep the place that the address of a case names."""
    if FROM not in request.GET:
        return
    place = clean_place(request.GET[FROM])
    kept = dict(request.session.get(KEY, {}))
    if kept.pop(reference, None) == place:
        return
    kept[reference] = place
    request.session[KEY] = dict(list(kept.items())[-KEPT:])


def back_to_list(request: HttpRequest, reference: str) -> str | None:
    """The page of the list this case was opened from, or None."""
    place = request.session.get(KEY, {}).get(reference)
    return None if place is None else list_url(place)


def after_case(request: HttpRequest, reference: str) -> HttpResponse:
    """On from a case that is done with: to the list it was opened from, or to one's work."""
    return redirect(back_to_list(request, reference) or "admin:index")


def place_of(request: HttpRequest, appeal: Appeal) -> Place | None:
    """Where the case stands in the list it was opened from: two queries, or none without one."""
    remember_place(request, appeal.reference)
    query = request.session.get(KEY, {}).get(appeal.reference)
    if query is None:
        return None
    listing = read_listing(QueryDict(query))
    previous, following = _neighbours(staff(request), listing, appeal, timezone.now())
    return Place(
        back=list_url(query),
        previous=case_url(previous, query) if previous else "",
        next=case_url(following, query) if following else "",
    )


def list_url(query: str) -> str:
    address = reverse("admin:appeals_appeal_changelist")
    return f"{address}?{query}" if query else address


def case_url(reference: str, query: str) -> str:
    values = QueryDict(mutable=True)
    values[FROM] = query
    return f"{reverse('desk:case', args=[reference])}?{values.urlencode()}"


def _neighbours(
    person: Customer, listing: Listing, appeal: Appeal, now: datetime
) -> tuple[str, str]:
    """The references before and after this case, whether or not it still stands in the list."""
    here = listing.cursor_at(appeal)
    if here is None:
        return "", ""
    rows = in_queue(person, listing, now)
    sides: dict[str, Any] = {}
    for side in ("before", "after"):
        cursor = listing.cursor_at(appeal, is_before=side == "before")
        assert cursor is not None
        beside = rows.filter(listing.beyond(cursor))
        ordered = beside.order_by(*listing.order(backwards=cursor.is_before))
        sides[side] = ArraySubquery(ordered.values("pk")[:1])
    queues = list_queues(person).order_by()
    if listing.filters.queue:
        queues = queues.filter(pk=int(listing.filters.queue))
    beside_it: Any = queues.annotate(**sides)
    heads = list(beside_it.values_list("before", "after"))
    before = {pk for head, _after in heads for pk in head or ()}
    after = {pk for _before, head in heads for pk in head or ()}
    near = list_cases(person).filter(pk__in=before | after).order_by(*listing.order())
    found = list(near.values_list("pk", "reference"))
    return (
        next((reference for pk, reference in reversed(found) if pk in before), ""),
        next((reference for pk, reference in found if pk in after), ""),
    )
