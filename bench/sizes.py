"""Bytes a row with its indexes, as the rows lie after their whole life."""

from typing import Any

from django.db import connection

TABLES = (
    "portal_customer",
    "notifications_notification",
    "notifications_delivery",
    "notifications_attempt",
    "notifications_receipt",
)
# Nobody reports back here: rows as a provider's report makes them, two for every message.
RECEIPTS_SQL = """
INSERT INTO notifications_receipt (
    id, provider, event_id, attempt_id, word, code, received_at, body_sha256
)
SELECT (left(id::text, 14) || '8' || substr(gen_random_uuid()::text, 16))::uuid, provider,
    'bench-event-' || gen_random_uuid(), id, word, '', now(), repeat('0', 64)
FROM notifications_attempt CROSS JOIN (VALUES ('processed'), ('delivered')) AS said (word)
"""
# A partition's tables and indexes count for the table they are a part of.
SIZE_SQL = """
SELECT sum(pg_table_size(part.oid)), sum(pg_indexes_size(part.oid))
FROM pg_class AS part
WHERE part.oid = %(table)s::regclass
OR part.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = %(table)s::regclass)
"""


def bytes_a_row() -> dict[str, dict[str, Any]]:
    """Return for each table how many rows it has, and what one takes with its indexes."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(RECEIPTS_SQL)
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            (count,) = cursor.fetchone() or (0,)
            cursor.execute(SIZE_SQL, {"table": table})
            rows, indexes = (int(size) for size in cursor.fetchone() or (0, 0))
            found[table] = {
                "rows": count,
                "row_bytes": round(rows / count),
                "index_bytes": round(indexes / count),
            }
    return found
