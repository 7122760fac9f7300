"""How often people found what was suggested, from the kept sums of suggestions.

Agreement by itself is no praise. Before anything was suggested, people said so in `before` percent
of the findings the suggestions rest on; who agrees far more often than that may only be following.
The warning is given when, with 95 percent confidence, at least nine in ten are agreed with. With
fewer than 35 suggestions even agreement on all of them does not reach that.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum

from appeals.fairness.rates import Share, wilson
from appeals.models import AppealTally, Measure, ReviewQueue
from appeals.shares import FEW

WEEKS = 13
MOST_AGREED = 0.9
# As the fields of an Agreement.
MEASURES = {
    "suggested": Measure.SUGGESTED,
    "agreed": Measure.AGREED,
    "changed": Measure.CHANGED,
    "read_again": Measure.READ_AGAIN,
    "read_otherwise": Measure.OTHERWISE,
    "said_so": Measure.SAID_SO,
    "counted": Measure.COUNTED,
}
SUMS = {
    name: Sum("number", filter=Q(measure=measure), default=0) for name, measure in MEASURES.items()
}


@dataclass(frozen=True)
class Agreement:
    """One row of counts: of a reason of a rule version, of a week, or of all."""

    name: tuple[Any, ...]
    suggested: int
    agreed: int
    # Of those agreed with: changed before the answer was final, read again, and found otherwise.
    changed: int
    read_again: int
    read_otherwise: int
    # The findings behind the suggestions that said so, of those counted.
    said_so: int
    counted: int

    @property
    def is_few(self) -> bool:
        return self.suggested < FEW

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(Share(self.agreed, self.suggested))

    @property
    def before(self) -> float:
        return self.said_so / self.counted

    @property
    def is_following(self) -> bool:
        return not self.is_few and self.interval[0] >= MOST_AGREED


def agreement_by_reason(now: datetime) -> list[Agreement]:
    """By reason and rule version, the most suggested first. One query."""
    return _counts(_tallies(now), "reason", "subject", "version")


def agreement_by_week(now: datetime) -> list[Agreement]:
    """By week, the newest first. One query."""
    weeks = _counts(_tallies(now), "at")
    return sorted(weeks, key=lambda one: one.name, reverse=True)


def total(rows: Iterable[Agreement]) -> Agreement:
    rows = list(rows)
    return Agreement((), *(sum(getattr(row, name) for row in rows) for name in MEASURES))


def _tallies(now: datetime) -> QuerySet[AppealTally]:
    """The sums of this week and those before it; restricted cases are summed apart."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return AppealTally.objects.filter(
        measure__in=MEASURES.values(),
        at__gte=today - timedelta(days=today.weekday(), weeks=WEEKS - 1),
        is_restricted=False,
        queue_id__in=ReviewQueue.objects.filter(is_restricted=False).order_by().values("pk"),
    )


def _counts(rows: QuerySet[AppealTally], *names: str) -> list[Agreement]:
    width = len(names)
    counted = rows.order_by().values_list(*names).annotate(**SUMS)
    found = [Agreement(row[:width], *row[width:]) for row in counted]
    # What became restricted leaves a sum of nothing behind.
    there = [one for one in found if one.suggested]
    return sorted(there, key=lambda one: (-one.suggested, one.name))
