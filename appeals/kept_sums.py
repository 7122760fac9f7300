"""The kept sums as queries: of a viewer's queues, put together once a process.

A query's `queue` is the one that is looked at; without it all are that the viewer may see.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias

from django.db.models import Count, Q, QuerySet, Sum

from appeals.access import Reach, cases_within, clearance_of, queues_within
from appeals.models import Appeal, AppealTally, Measure
from appeals.prepared import prepared
from appeals.states import AppealState

Sums: TypeAlias = QuerySet[AppealTally, tuple[Any, ...]]
COMPARED = (Measure.REASON, Measure.RULE, Measure.REGION, Measure.REVIEWER)


def tallies_within(viewer: int, reach: Reach) -> QuerySet[AppealTally]:
    """The sums of the cases this member of staff may open; all numbers for staff begin here."""
    queues = queues_within(viewer, reach).order_by().values("pk")
    known = AppealTally.objects.filter(queue_id__in=queues)
    return known.filter(Q(is_restricted=False) | clearance_of(viewer))


def _tallies(
    viewer: int, queue: Sequence[int], reach: Reach, measures: Sequence[Measure]
) -> QuerySet[AppealTally]:
    rows = tallies_within(viewer, reach).filter(measure__in=measures)
    return rows.filter(queue_id=queue[0]) if queue else rows


@prepared
def sums_since(
    viewer: int,
    since: datetime,
    *queue: int,
    reach: Reach,
    measures: tuple[Measure, ...],
    key: tuple[str, ...],
) -> Sums:
    return sums_by(_tallies(viewer, queue, reach, measures).filter(at__gte=since), *key)


def sums_by(rows: QuerySet[AppealTally], *key: str) -> Sums:
    return rows.values_list(*key).annotate(sum=Sum("number")).order_by()


@prepared
def open_sums(viewer: int, now: datetime, *queue: int, reach: Reach) -> Sums:
    is_past = Q(measure=Measure.DUE, at__lt=now)
    rows = _tallies(viewer, queue, reach, (Measure.OPEN, Measure.DUE))
    return sums_by(rows.filter(Q(measure=Measure.OPEN) | is_past), "queue_id", "measure", "at")


@prepared
def compared_sums(viewer: int, since: datetime, *queue: int, reach: Reach) -> Sums:
    rows = _tallies(viewer, queue, reach, COMPARED).filter(at__gte=since)
    sums = rows.values_list("measure", "subject", "version").annotate(
        decided=Sum("number"), gave_back=Sum("overturned")
    )
    return sums.filter(decided__gt=0).order_by("-decided", "subject", "version")


@prepared
def count_held(viewer: int, *queue: int, reach: Reach) -> QuerySet[Appeal, tuple[int, int]]:
    cases = cases_within(viewer, reach).filter(state=AppealState.IN_REVIEW, claim__isnull=False)
    if queue:
        cases = cases.filter(queue=queue[0])
    return cases.order_by().values_list("claim__reviewer").annotate(count=Count("pk"))
