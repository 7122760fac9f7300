"""Messages that wait because what they say may be wrong: held back unsent, and let go again.

Only what no channel has begun to carry can be held; its days by law go on counting elsewhere.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from notifications.types import TYPES

# Held rows are ready from this day on, which comes for nobody.
NEVER = datetime(2999, 1, 1, tzinfo=UTC)

OF_ONE = """
delivery.id BETWEEN notifications_delivery_id(held.created_at, held.id, 'sms', 0)
    AND notifications_delivery_id(held.created_at, held.id, 'letter', 63)
"""
HOLD_SQL = f"""
WITH held AS (
    UPDATE notifications_notification AS held SET settle_at = %(never)s
    WHERE dedupe_key = ANY(%(keys)s) AND settled_at IS NULL
    AND settle_at IS DISTINCT FROM %(never)s
    AND NOT EXISTS (
        SELECT FROM notifications_delivery AS delivery WHERE {OF_ONE} AND state <> 'ready'
    )
    RETURNING id, created_at
), waiting AS (
    UPDATE notifications_delivery AS delivery SET not_before = %(never)s
    FROM held WHERE {OF_ONE} AND state = 'ready'
)
SELECT count(*) FROM held
"""  # noqa: S608 - joined from our own constants
LET_GO_SQL = f"""
WITH held AS (
    UPDATE notifications_notification AS held
    SET settle_at = CASE
        WHEN NOT is_mandatory THEN NULL
        WHEN EXISTS (SELECT FROM notifications_delivery AS delivery WHERE {OF_ONE})
            THEN least(%(now)s + %(wait)s, coalesce(legal_due_at, 'infinity'))
        ELSE %(now)s END
    WHERE dedupe_key = ANY(%(keys)s) AND settle_at = %(never)s
    RETURNING id, created_at
), ready AS (
    UPDATE notifications_delivery AS delivery SET not_before = %(now)s
    FROM held WHERE {OF_ONE} AND state = 'ready' AND not_before = %(never)s
)
SELECT count(*) FROM held
"""  # noqa: S608 - joined from our own constants


def hold_back(dedupe_keys: Collection[str]) -> int:
    """Let these wait where nothing of them was sent yet; how many do from now on."""
    return _run(HOLD_SQL, {"keys": list(dedupe_keys), "never": NEVER})


def let_go(dedupe_keys: Collection[str], *, kind: str) -> int:
    """Let those of these, all of one type, that were held go out; how many do."""
    wait = TYPES[kind].first_look(is_mandatory=True)
    now = timezone.now()
    return _run(LET_GO_SQL, {"keys": list(dedupe_keys), "never": NEVER, "now": now, "wait": wait})


def _run(statement: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int((cursor.fetchone() or (0,))[0])
