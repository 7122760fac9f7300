"""How often people found what was suggested, from the suggestions on answered appeals.

Agreement by itself is no praise. Before anything was suggested, people said so in `before` percent
of the findings the suggestions rest on; who agrees far more often than that may only be following.
The warning is given when, with 95 percent confidence, at least nine in ten are agreed with. With
fewer than 35 suggestions even agreement on all of them does not reach that.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek

from appeals.fairness.rates import Share, wilson
from appeals.models import SuggestedFinding
from appeals.shares import FEW

WEEKS = 13
MOST_AGREED = 0.9
AGREED = Q(proposed=F("ruling"))
CHANGED = AGREED & ~Q(stood=F("ruling"))
READ_OTHERWISE = AGREED & ~Q(read_again="") & ~Q(read_again=F("ruling"))


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
    return _counts(_settled(now), "code", "rule_id", "rule_version")


def agreement_by_week(now: datetime) -> list[Agreement]:
    """By week, the newest first. One query."""
    weeks = _counts(_settled(now).annotate(week=TruncWeek("settled_at")), "week")
    return sorted(weeks, key=lambda one: one.name, reverse=True)


def total(rows: Iterable[Agreement]) -> Agreement:
    rows = list(rows)
    counts = (
        sum(getattr(row, name) for row in rows)
        for name in (
            *("suggested", "agreed", "changed", "read_again", "read_otherwise"),
            *("said_so", "counted"),
        )
    )
    return Agreement((), *counts)


def since(now: datetime) -> date:
    return (now - WEEKS * timedelta(days=7)).date()


def _settled(now: datetime) -> QuerySet[SuggestedFinding]:
    """What was answered in these weeks; an appeal that became restricted since is in no number."""
    return SuggestedFinding.objects.filter(
        settled_at__gte=now - WEEKS * timedelta(days=7),
        ground__appeal__is_restricted=False,
        ground__appeal__queue__is_restricted=False,
    )


def _counts(rows: QuerySet[SuggestedFinding], *names: str) -> list[Agreement]:
    counted = (
        rows.order_by()
        .values_list(*names)
        .annotate(
            suggested=Count("pk"),
            agreed_with=Count("pk", filter=AGREED),
            changed=Count("pk", filter=CHANGED),
            looked_at=Count("pk", filter=AGREED & ~Q(read_again="")),
            otherwise=Count("pk", filter=READ_OTHERWISE),
            said_so=Sum("agreed"),
            of=Sum("counted"),
        )
    )
    width = len(names)
    found = [Agreement(row[:width], *row[width:]) for row in counted]
    return sorted(found, key=lambda one: (-one.suggested, one.name))
