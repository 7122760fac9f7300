"""A page of the list of appeals: found from where the last one ended, at a price that stays.

Each queue gives its first few by an index of its own order, and the page is the first of those
few. So neither the number of appeals nor the number of the page matters, and a reviewer whose
queue is empty does not pay for the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.lookups import GreaterThan, LessThan

from appeals.access import (
    Reach,
    cases_within,
    list_cases,
    list_queues,
    queues_within,
    reach_of,
)
from appeals.filters import Filters, Group, condition, read_filters
from appeals.models import Appeal, Outcome, ReviewQueue
from appeals.prepared import prepared
from appeals.states import OPEN
from portal.models import Customer

ROWS = 25
# A term is looked up whole; nobody has more appeals than this.
FOUND = 200
ORDERED_BY = {
    Group.OPEN: "promised_at",
    Group.CLOSED: "closed_at",
    Group.SENT: "submitted_at",
}
# The oldest promise first, but the newest answer.
USUALLY_DESCENDING = {Group.OPEN: False, Group.CLOSED: True, Group.SENT: True}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SHOWN = (
    "reference",
    "state",
    "version",
    "promised_at",
    "closed_at",
    "submitted_at",
    "is_vulnerable",
    "is_restricted",
    "language",
    "decision__old_limit",
    "decision__new_limit",
    "decision__currency",
    "queue__name_en",
    "queue__name_zh",
    "queue__calendar",
    "customer__time_zone",
    "customer__jurisdiction",
    "claim__reviewer__name",
    "reserved_for__name",
)


@dataclass(frozen=True)
class Cursor:
    """A place in a list: the date and the key of the row beside it, and on which side we look."""

    at: datetime
    pk: int
    is_before: bool = False

    @property
    def text(self) -> str:
        side = "before" if self.is_before else "after"
        return f"{side}-{(self.at - EPOCH) // timedelta(microseconds=1)}-{self.pk}"


def read_cursor(text: str) -> Cursor | None:
    """The place an address names; one that names none is the beginning."""
    side, _mark, rest = text.partition("-")
    micros, _mark, pk = rest.partition("-")
    is_whole = all(part.isascii() and part.isdecimal() and len(part) < 18 for part in (micros, pk))
    if side not in {"after", "before"} or not is_whole:
        return None
    return Cursor(EPOCH + timedelta(microseconds=int(micros)), int(pk), side == "before")


@dataclass(frozen=True)
class Listing:
    """Which list, in which direction: everything of an address but the page."""

    filters: Filters
    is_turned: bool = False

    @property
    def field(self) -> str:
        return ORDERED_BY[self.filters.group]

    @property
    def is_descending(self) -> bool:
        return USUALLY_DESCENDING[self.filters.group] != self.is_turned

    def query(self, **more: str) -> str:
        """The address of this list; without more it is its first page."""
        turned = {"turned": "1"} if self.is_turned else {}
        return "&".join(filter(None, [self.filters.query, urlencode({**turned, **more})]))

    def order(self, *, backwards: bool = False) -> tuple[Any, ...]:
        return in_order(self.field, descending=self.is_descending != backwards)

    def beyond(self, cursor: Cursor) -> "GreaterThan[Any] | LessThan[Any]":
        """What comes after the place, or before it: one comparison, for which an index serves."""
        compare = LessThan if self.is_descending != cursor.is_before else GreaterThan
        return compare(_row(F(self.field), F("pk")), _row(Value(cursor.at), Value(cursor.pk)))

    def cursor_at(self, appeal: Appeal, *, is_before: bool = False) -> Cursor | None:
        at = getattr(appeal, self.field)
        return Cursor(at, appeal.pk, is_before) if at else None


def in_order(field: str, *, descending: bool) -> tuple[Any, ...]:
    return tuple(one.desc() if descending else one.asc() for one in (F(field), F("pk")))


def read_listing(values: Mapping[str, str]) -> Listing:
    return Listing(read_filters(values), is_turned=values.get("turned") == "1")


@dataclass(frozen=True)
class Page:
    """The rows of one page and the addresses of the pages around it."""

    appeals: list[Appeal]
    previous: str
    next: str


def load_page(person: Customer, listing: Listing, cursor: Cursor | None, now: datetime) -> Page:
    """The page after (or before) a place, in two queries whatever there is."""
    is_before = cursor is not None and cursor.is_before
    keys = first_keys(person, listing, now, cursor=cursor, most=ROWS + 1)
    descending = listing.is_descending != is_before
    found = _rows_of(keys, field=listing.field, descending=descending) if keys else []
    has_more, found = len(found) > ROWS, found[:ROWS]
    if is_before:
        found.reverse()
    has_previous = has_more if is_before else cursor is not None
    has_next = has_more or is_before
    return Page(
        found,
        previous=_address(listing, found[:1], is_before=True) if has_previous else "",
        next=_address(listing, found[-1:], is_before=False) if has_next else "",
    )


def first_keys(
    person: Customer,
    listing: Listing,
    now: datetime,
    *,
    most: int,
    cursor: Cursor | None = None,
) -> list[int]:
    """Enough keys to choose the first of the list from: the first of each queue."""
    filters = listing.filters
    queue = [int(filters.queue)] if filters.queue else []
    if cursor is None and filters == Filters(queue=filters.queue):
        reach, is_turned = reach_of(person), listing.is_turned
        heads = _first_open(person.pk, *queue, reach=reach, is_turned=is_turned, most=most)
        return [pk for (head,) in heads for pk in head or ()]
    queues = list_queues(person).order_by()
    if queue:
        queues = queues.filter(pk=queue[0])
    rows = in_queue(person, listing, now)
    is_before = cursor is not None and cursor.is_before
    if cursor is not None:
        rows = rows.filter(listing.beyond(cursor))
    firsts = rows.order_by(*listing.order(backwards=is_before)).values("pk")[:most]
    arrays = queues.annotate(heads=ArraySubquery(firsts)).values_list("heads", flat=True)
    # What can hold nothing, such as a term that was found nowhere, gives no array at all.
    return [pk for head in arrays for pk in head or ()]


@prepared
def _first_open(
    person: int, *queue: int, reach: Reach, is_turned: bool, most: int
) -> QuerySet[ReviewQueue, tuple[list[int] | None]]:
    """What most lists begin with: the open appeals of one queue or of all, and nothing else."""
    queues = queues_within(person, reach).order_by()
    if queue:
        queues = queues.filter(pk=queue[0])
    rows = cases_within(person, reach).filter(state__in=sorted(OPEN), queue=OuterRef("pk"))
    heads = rows.order_by(*Listing(Filters(), is_turned).order()).values("pk")[:most]
    return queues.annotate(heads=ArraySubquery(heads)).values_list("heads")


def in_queue(person: Customer, listing: Listing, now: datetime) -> QuerySet[Appeal]:
    """The appeals of the list in the queue of the query around it."""
    wanted = condition(listing.filters, person, now)
    if listing.filters.q:
        wanted &= Q(pk__in=_found(person, listing.filters.q))
    return list_cases(person).filter(wanted, queue=OuterRef("pk"))


def _found(person: Customer, term: str) -> list[int]:
    """Whole references only: each is looked up in an index, however many appeals there are."""
    keys = list_cases(person).order_by().values_list("pk")
    found = keys.filter(reference=term.upper()).union(
        keys.filter(customer__reference=term), keys.filter(decision__line__reference=term)
    )
    return [pk for (pk,) in found[:FOUND]]


@prepared
def _rows_of(keys: list[int], *, field: str, descending: bool) -> QuerySet[Appeal]:
    """What rows of the list show, and nothing about the person beyond their clock.

    The keys are of this person's cases: they are not asked for a second time.
    """
    final = Outcome.objects.filter(appeal=OuterRef("pk"), is_final=True)
    rows = Appeal.objects.filter(pk__any_of=keys)
    return (
        rows.select_related("decision", "queue", "customer", "claim__reviewer", "reserved_for")
        .only(*SHOWN)
        .annotate(answered_as=Subquery(final.values("kind")[:1]))
        .order_by(*in_order(field, descending=descending))[: ROWS + 1]
    )


def _address(listing: Listing, rows: Sequence[Appeal], *, is_before: bool) -> str:
    cursor = listing.cursor_at(rows[0], is_before=is_before) if rows else None
    return listing.query(page=cursor.text) if cursor else listing.query()


def _row(at: Any, pk: Any) -> Func:
    # Compared as a pair, so that thousands of promises for one midnight are no obstacle.
    return Func(at, pk, function="ROW", output_field=BigIntegerField())
