"""Keeping the sums of appeals: folding their parts, and counting anew to see if they are right."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from appeals.models.counted import ALL_MARKS, KEY

# Whoever folds or mends holds this; another one has nothing to do meanwhile, or waits.
LOCK = 0x5265636F_74616C

# One statement each: whoever reads meanwhile sees the parts of before or the sum of after.
FOLD_SQL = f"""
WITH parts AS (
    DELETE FROM appeals_appealtally WHERE NOT is_folded RETURNING {KEY}, number, overturned
)
INSERT INTO appeals_appealtally AS kept ({KEY}, number, overturned, is_folded)
SELECT {KEY}, sum(number), sum(overturned), true FROM parts GROUP BY {KEY}
ON CONFLICT ({KEY}) WHERE is_folded DO UPDATE
SET number = kept.number + excluded.number, overturned = kept.overturned + excluded.overturned
"""  # noqa: S608 - joined from our own constants
DROP_NOTHING_SQL = """
DELETE FROM appeals_appealtally WHERE is_folded AND number = 0 AND overturned = 0
"""
# The rows and the sums of one moment: what is written meanwhile is in neither.
DIFFERENCES_SQL = f"""
SELECT {KEY}, sum(kept) AS kept, sum(kept_overturned) AS kept_overturned,
    sum(counted) AS counted, sum(counted_overturned) AS counted_overturned
FROM (
    SELECT {KEY}, number AS kept, overturned AS kept_overturned,
        0 AS counted, 0 AS counted_overturned
    FROM appeals_appealtally
    UNION ALL
    SELECT {KEY}, 0, 0, number, overturned FROM ({ALL_MARKS}) AS marks
) AS both_sides
GROUP BY {KEY}
HAVING sum(kept) <> sum(counted) OR sum(kept_overturned) <> sum(counted_overturned)
"""  # noqa: S608 - joined from our own constants
MEND_SQL = f"""
WITH difference AS ({DIFFERENCES_SQL}), mended AS (
    INSERT INTO appeals_appealtally ({KEY}, number, overturned, is_folded)
    SELECT {KEY}, counted - kept, counted_overturned - kept_overturned, false FROM difference
)
SELECT * FROM difference ORDER BY {KEY}
"""  # noqa: S608 - joined from our own constants


@dataclass(frozen=True)
class Difference:
    """A sum that is not what the rows say."""

    measure: str
    at: datetime
    queue_id: int
    is_restricted: bool
    subject: str
    version: str
    reason: str
    kept: int
    kept_overturned: int
    counted: int
    counted_overturned: int

    def __str__(self) -> str:
        of = " ".join(filter(None, (self.subject, self.version, self.reason)))
        where = f"queue {self.queue_id}{' restricted' if self.is_restricted else ''}"
        return (
            f"{self.measure} {of} {self.at:%Y-%m-%d %H:%M} {where}: kept {self.kept} "
            f"({self.kept_overturned} overturned), counted {self.counted} "
            f"({self.counted_overturned} overturned)"
        )


@transaction.atomic
def fold_tallies() -> int:
    """Fold the parts of each sum into one row; the number of sums that had new parts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if cursor.fetchone() != (True,):
            return 0
        cursor.execute(FOLD_SQL)
        folded: int = cursor.rowcount
        cursor.execute(DROP_NOTHING_SQL)
    return folded


def find_differences() -> list[Difference]:
    """Count all appeals and name the sums that say something else; nothing is changed."""
    with connection.cursor() as cursor:
        cursor.execute(f"{DIFFERENCES_SQL} ORDER BY {KEY}")
        return [Difference(*row) for row in cursor.fetchall()]


@transaction.atomic
def mend_tallies() -> list[Difference]:
    """Count all appeals and make the sums say the same; what they said wrong before."""
    with connection.cursor() as cursor:
        # Two who mend at once would each add the same difference.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(MEND_SQL)
        return [Difference(*row) for row in cursor.fetchall()]
