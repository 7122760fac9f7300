"""A reason of a rule version is overturned too often: a row, and a word to the engine.

Another word when its share fell far enough; each of the two once a passing.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from appeals.actions.engine import owe_engine
from appeals.fairness.rates import Share, wilson
from appeals.models import EngineRequest, OverturnPassing
from appeals.overturns.limits import PERCENT, WEEKS, Limits, first_week, limits
from appeals.overturns.reading import NO_ANSWERS, Answers, Key, answers_of, monday_of
from portal.lib.references import new_reference

# Who compares holds this: what somebody else found a moment ago must not be undone by older sums.
LOCK = 0x5265636F_6F766572


@transaction.atomic
def look_at_overturns(now: datetime | None = None) -> list[OverturnPassing]:
    """Compare each reason's share with the limits; the passings that are new."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if cursor.fetchone() != (True,):
            return []  # Somebody else is comparing.
    now = now or timezone.now()
    since = first_week(monday_of(now))
    found = answers_of(since, WEEKS + 1)
    asked = limits()
    standing = _end_what_fell(found, asked, now)
    return [
        _pass(key, answers, asked, since, now)
        for key, answers in sorted(found.items())
        if key not in standing and asked.are_passed(answers)
    ]


def _end_what_fell(found: Mapping[Key, Answers], asked: Limits, now: datetime) -> set[Key]:
    """End the passings whose share fell below the lower limit; the keys of those that stand."""
    rows = OverturnPassing.objects.filter(fell_at__isnull=True)
    standing = {Key(row.rule_id, row.rule_version, row.reason): row for row in rows}
    fallen = {key for key in standing if asked.have_fallen(found.get(key, NO_ANSWERS))}
    rows.filter(pk__in=[standing[key].pk for key in fallen]).update(fell_at=now)
    for key in sorted(fallen):
        passing, since = standing[key], first_week(monday_of(now))
        told = _told(passing, found.get(key, NO_ANSWERS), since, asked.lower)
        owe_engine(EngineRequest.Kind.RECOVERED, told, passing=passing)
    return standing.keys() - fallen


def _pass(key: Key, answers: Answers, asked: Limits, since: date, now: datetime) -> OverturnPassing:
    passing = OverturnPassing.objects.create(
        reference=new_reference("OV"),
        rule_id=key.rule,
        rule_version=key.version,
        reason=key.reason,
        since=since,
        decided=answers.decided,
        overturned=answers.overturned,
        limit=asked.upper,
        passed_at=now,
    )
    told = _told(passing, answers, since, asked.upper)
    owe_engine(EngineRequest.Kind.OVERTURNED, told, passing=passing)
    return passing


def _told(passing: OverturnPassing, answers: Answers, since: date, limit: int) -> dict[str, Any]:
    return {
        "passing": passing.reference,
        "rule": passing.rule_id,
        "version": passing.rule_version,
        "reason": passing.reason,
        "since": since.isoformat(),
        "decided": answers.decided,
        "overturned": answers.overturned,
        **_share(answers),
        "limit": limit / PERCENT,
    }


def _share(answers: Answers) -> dict[str, float | None]:
    """With its interval; of no answers there is none."""
    if not answers.decided:
        return {"share": None, "share_low": None, "share_high": None}
    share = Share(answers.overturned, answers.decided)
    low, high = wilson(share)
    return {
        "share": round(share.rate, 4),
        "share_low": round(low, 4),
        "share_high": round(high, 4),
    }
