"""Counting the sums of rules anew from the decisions, a day at a time, while others come in.

One statement takes the parts of a day away and reads its decisions, thus both as of one moment: a
decision that is stored a moment later brings its part with it, and is folded as always.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Min

from appeals.actions.rule_sums import LOCK, fold_parts, look_again_from, read_sums, write_sums
from appeals.models import ADVERSE, LineDecision, RuleHour
from appeals.watch.history import DAY
from appeals.watch.sums import Cut, Key, count_all, hour_of, moment_of

# What we decided ourselves has our reference for its source; the watch is about the engine.
TAKE_DAY_SQL = """
WITH taken AS (
    DELETE FROM appeals_rulehourpart WHERE hour >= %(begin)s AND hour < %(end)s
)
SELECT decision.rule_id, decision.rule_version, decision.rule_module,
    coalesce(nullif(decision.region, ''), customer.region), decision.decided_at,
    decision.old_limit, decision.new_limit, decision.balance, decision.score,
    decision.policy IS NOT NULL,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_array(reason.code, reason.facts)), '[]')
        FROM appeals_decisionreason AS reason WHERE reason.decision_id = decision.id
    )
FROM appeals_linedecision AS decision
JOIN portal_customer AS customer ON customer.id = decision.customer_id
WHERE decision.decided_at >= %(begin)s AND decision.decided_at < %(end)s
    AND decision.action = ANY(%(adverse)s) AND decision.source_id <> decision.reference
"""


def recount_rules() -> int:
    """Count all sums anew; how many were not what the decisions say. Twice changes nothing."""
    while fold_parts():
        pass
    return sum(_recount_day(day) for day in _days())


def _days() -> Iterable[int]:
    """From the first day that has a decision or a sum to the last."""
    decided = LineDecision.objects.aggregate(first=Min("decided_at"), last=Max("decided_at"))
    summed = RuleHour.objects.aggregate(first=Min("hour"), last=Max("hour"))
    moments = [one for told in (decided, summed) for one in told.values() if one]
    if not moments:
        return ()
    return range(hour_of(min(moments)) // DAY, hour_of(max(moments)) // DAY + 1)


@transaction.atomic
def _recount_day(day: int) -> int:
    begin, end = day * DAY, (day + 1) * DAY
    with connection.cursor() as cursor:
        # Nobody folds or looks meanwhile.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(
            TAKE_DAY_SQL,
            {
                "begin": moment_of(begin),
                "end": moment_of(begin) + timedelta(days=1),
                "adverse": sorted(ADVERSE),
            },
        )
        counted = count_all(_cuts(cursor))
    stored = read_sums(begin, end)
    wrong = {key for key in counted.keys() | stored.keys() if counted.get(key) != stored.get(key)}
    if wrong:
        _drop(wrong - counted.keys())
        write_sums({key: counted[key] for key in wrong & counted.keys()})
        look_again_from(moment_of(min(key.hour for key in wrong)))
    return len(wrong)


def _cuts(cursor: Any) -> Iterator[Cut]:
    # A bare cursor gives JSON as its text.
    for row in cursor:
        score, is_policy, reasons = row[8:]
        pairs = tuple((code, facts) for code, facts in json.loads(reasons))
        fields = (*row[:8], score and json.loads(score), pairs, is_policy)
        yield Cut(*fields)


def _drop(keys: Iterable[Key]) -> None:
    """Sums of which no decision is left."""
    for key in keys:
        RuleHour.objects.filter(
            rule_id=key.rule,
            rule_version=key.version,
            rule_module=key.module,
            region=key.region,
            hour=moment_of(key.hour),
        ).delete()
