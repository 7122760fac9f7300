"""Keeping the sums of reasons by rule version and week: parts as decisions come in, and folding."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction

from appeals.actions.copying import copy_in
from appeals.feed import FeedDecision
from appeals.models import ADVERSE, RuleReasonWeek
from appeals.overturns.reading import Key, monday_of

# Whoever folds holds this; another one has nothing to do meanwhile.
LOCK = 0x5265636F_72736E73
KEY = "rule_id, rule_version, reason, week"
# One statement: whoever reads meanwhile sees the parts of before or the sum of after.
FOLD_SQL = f"""
WITH parts AS (
    DELETE FROM appeals_rulereasonweek WHERE NOT is_folded RETURNING {KEY}, number
)
INSERT INTO appeals_rulereasonweek AS kept ({KEY}, number, is_folded)
SELECT {KEY}, sum(number), true FROM parts GROUP BY {KEY}
ON CONFLICT ({KEY}) WHERE is_folded DO UPDATE SET number = kept.number + excluded.number
"""  # noqa: S608 - joined from our own constants


def add_reasons(decisions: Sequence[FeedDecision]) -> None:
    """Add new decisions to the sums of their reasons, in the transaction that stores them."""
    found: Counter[tuple[Key, date]] = Counter()
    for decision in decisions:
        if decision.action in ADVERSE:
            week = monday_of(decision.decided_at)
            for reason in decision.reasons:
                found[Key(decision.rule.id, decision.rule.version, reason.code), week] += 1
    copy_in(
        [
            RuleReasonWeek(
                rule_id=key.rule,
                rule_version=key.version,
                reason=key.reason,
                week=week,
                number=number,
            )
            for (key, week), number in found.items()
        ]
    )


@transaction.atomic
def fold_reason_sums() -> int:
    """Fold the parts of each sum into one row; the number of sums that had new parts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if cursor.fetchone() != (True,):
            return 0
        cursor.execute(FOLD_SQL)
        return int(cursor.rowcount)
