"""Reading the kept sums: what each reason of each rule version came to in a week, or in a while.

Guarded cases are summed apart and are in none of it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, Sum

from appeals.models import AppealTally, Measure, RuleReasonWeek

WEEK = timedelta(days=7)


class Key(NamedTuple):
    rule: str
    version: str
    reason: str


class Answers(NamedTuple):
    """So many answered, and how many of them gave the customer something back."""

    decided: int
    overturned: int


NO_ANSWERS = Answers(0, 0)


@dataclass(frozen=True)
class Line:
    """A reason of a rule version in a week: what happened in it, whenever it had begun."""

    rule: str
    version: str
    reason: str
    decisions: int
    appealed: int
    decided: int
    overturned: int
    decided_before: int
    overturned_before: int


def monday_of(moment: datetime) -> date:
    """The week of a moment, as the sums know it: its Monday in UTC."""
    day = moment.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def read_lines(week: date) -> list[Line]:
    """All reasons that were appealed against or answered about in this week. Three queries."""
    sent = _sent(week)
    answers, before = answers_of(week, 1), answers_of(week - WEEK, 1)
    keys = sorted(sent.keys() | answers.keys())
    decisions = _decisions(week)
    return [
        Line(
            *key,
            decisions=decisions.get(key, 0),
            appealed=sent.get(key, 0),
            **answers.get(key, NO_ANSWERS)._asdict(),
            decided_before=before.get(key, NO_ANSWERS).decided,
            overturned_before=before.get(key, NO_ANSWERS).overturned,
        )
        for key in keys
    ]


def answers_of(week: date, weeks: int) -> dict[Key, Answers]:
    """The answers of so many weeks from this one on, where there are any."""
    rows = _tallies(Measure.RULE_REASON, week, weeks).annotate(
        decided=Sum("number"), up=Sum("overturned")
    )
    found = rows.filter(~Q(decided=0)).values_list("subject", "version", "reason", "decided", "up")
    return {Key(*key): Answers(decided, up) for *key, decided, up in found}


def _sent(week: date) -> Mapping[Key, int]:
    rows = _tallies(Measure.SENT_REASON, week, 1).annotate(sent=Sum("number"))
    found = rows.filter(~Q(sent=0)).values_list("subject", "version", "reason", "sent")
    return {Key(*key): sent for *key, sent in found}


def _tallies(measure: Measure, week: date, weeks: int) -> QuerySet[AppealTally, Any]:
    begin = datetime.combine(week, time(), UTC)
    rows = AppealTally.objects.filter(
        measure=measure, at__gte=begin, at__lt=begin + weeks * WEEK, is_restricted=False
    )
    return rows.order_by().values("subject", "version", "reason")


def _decisions(week: date) -> Mapping[Key, int]:
    found: dict[Key, int] = defaultdict(int)
    rows = RuleReasonWeek.objects.filter(week=week)
    for *key, number in rows.values_list("rule_id", "rule_version", "reason", "number"):
        found[Key(*key)] += number
    return found
