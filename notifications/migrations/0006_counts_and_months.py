"""The id of a delivery in SQL, the counting trigger, the months, and the rows of before."""

from datetime import datetime
from typing import Any

from django.db import connection, migrations

from notifications.partitions import make_ahead

# The same as notifications.ids.delivery_id.
DELIVERY_ID = """
CREATE FUNCTION notifications_delivery_id(
    made_at timestamptz, notification bigint, channel text, place bigint DEFAULT 0
) RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT (
        lpad(to_hex(floor(extract(epoch FROM made_at) * 1000)::bigint), 12, '0') || '8'
        || lpad(to_hex((notification >> 42) & 4095), 3, '0')
        || to_hex(
            (1::bigint << 63) | ((notification & ((1::bigint << 42) - 1)) << 20)
            | (CASE channel
                WHEN 'sms' THEN 1 WHEN 'email' THEN 2 WHEN 'push' THEN 3 WHEN 'letter' THEN 4
            END::bigint << 16)
            | (place << 10)
        )
    )::uuid
$$
"""

COUNT = """
CREATE FUNCTION notifications_count_new_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notifications_deliverycount
        (minute, lane, channel, provider, campaign_id, state, change, entered)
    SELECT date_trunc('minute', clock_timestamp()), lane, channel, provider, campaign_id, state,
        count(*), count(*)
    FROM fresh GROUP BY lane, channel, provider, campaign_id, state;
    RETURN NULL;
END $$;

CREATE FUNCTION notifications_count_moved_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notifications_deliverycount
        (minute, lane, channel, provider, campaign_id, state, change, entered)
    SELECT date_trunc('minute', clock_timestamp()), lane, channel, provider, campaign_id, state,
        sum(change), greatest(sum(change), 0)
    FROM (
        SELECT lane, channel, provider, campaign_id, state, -1 AS change FROM stale
        UNION ALL
        SELECT lane, channel, provider, campaign_id, state, 1 FROM fresh
    ) AS moved
    GROUP BY lane, channel, provider, campaign_id, state
    HAVING sum(change) <> 0;
    RETURN NULL;
END $$;

CREATE TRIGGER count_new_deliveries AFTER INSERT ON notifications_delivery
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION notifications_count_new_deliveries();
CREATE TRIGGER count_moved_deliveries AFTER UPDATE ON notifications_delivery
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION notifications_count_moved_deliveries();
"""

OLDEST = "SELECT min(created_at) FROM notifications_notification"
# Only a notification's browsers can be more than one: they are numbered in their old order.
MOVE = """
CREATE TEMPORARY TABLE moved_delivery ON COMMIT DROP AS
SELECT old.id AS old_id, notifications_delivery_id(
        notification.created_at, old.notification_id, old.channel,
        row_number() OVER (PARTITION BY old.notification_id, old.channel ORDER BY old.id) - 1
    ) AS id
FROM notifications_delivery_before AS old
JOIN notifications_notification AS notification ON notification.id = old.notification_id;

CREATE TEMPORARY TABLE moved_attempt ON COMMIT DROP AS
SELECT old.id AS old_id, moved.id AS delivery_id, (
        left(moved.id::text, 33)
        || lpad(to_hex(('x' || right(moved.id::text, 3))::bit(12)::int + old.number), 3, '0')
    )::uuid AS id
FROM notifications_attempt_before AS old
JOIN moved_delivery AS moved ON moved.old_id = old.delivery_id;

INSERT INTO notifications_delivery (
    id, notification_id, channel, lane, address, push_subscription_id, state, reason, not_before,
    lease_until, lease_token, tries, calls, provider, provider_ref, content_sha256, created_at,
    sent_at, ended_at
)
SELECT moved.id, old.notification_id, channel, lane, address, push_subscription_id, state, reason,
    not_before, lease_until, lease_token, tries,
    (SELECT count(*) FROM moved_attempt WHERE moved_attempt.delivery_id = moved.id),
    provider, provider_ref, content_sha256, old.created_at, sent_at, ended_at
FROM notifications_delivery_before AS old JOIN moved_delivery AS moved ON moved.old_id = old.id;

INSERT INTO notifications_attempt (
    id, delivery_id, number, provider, started_at, ended_at, outcome, http_status, code, detail
)
SELECT moved.id, moved.delivery_id, old.number, delivery.provider, old.started_at, old.ended_at,
    old.outcome, old.http_status, old.code, old.detail
FROM notifications_attempt_before AS old
JOIN moved_attempt AS moved ON moved.old_id = old.id
JOIN notifications_delivery AS delivery ON delivery.id = moved.delivery_id;

-- The last 80 bits of a receipt's id are of its event, as in notifications.ids.receipt_id.
INSERT INTO notifications_receipt (
    id, provider, event_id, attempt_id, word, code, received_at, body_sha256
)
SELECT (
        coalesce(
            left(replace(moved.id::text, '-', ''), 12),
            lpad(to_hex(floor(extract(epoch FROM old.received_at) * 1000)::bigint), 12, '0')
        )
        || '8' || lpad(to_hex(old.id & 4095), 3, '0')
        || to_hex((1::bigint << 63) | (hashtextextended(old.provider || old.event_id, 0)
            & ((1::bigint << 62) - 1)))
    )::uuid,
    old.provider, old.event_id, moved.id, old.word, old.code, old.received_at, old.body_sha256
FROM notifications_receipt_before AS old
LEFT JOIN moved_attempt AS moved ON moved.old_id = old.attempt_id;

INSERT INTO notifications_localmessage (
    attempt_id, channel, "to", subject, text, html, link, kept_at
)
SELECT moved.id, old.channel, old."to", old.subject, old.text, old.html, old.link, old.kept_at
FROM notifications_localmessage_before AS old
JOIN moved_attempt AS moved ON moved.old_id = old.attempt_id;

DROP TABLE notifications_localmessage_before, notifications_receipt_before,
    notifications_attempt_before, notifications_delivery_before;
"""


def make_months(_apps: Any, _schema_editor: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(OLDEST)
        oldest: datetime | None = (cursor.fetchone() or (None,))[0]
    make_ahead(since=oldest)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_engine")]

    operations = [
        migrations.RunPython(make_months, migrations.RunPython.noop),
        migrations.RunSQL(DELIVERY_ID, "DROP FUNCTION notifications_delivery_id"),
        migrations.RunSQL(
            COUNT,
            "DROP TRIGGER count_new_deliveries ON notifications_delivery;"
            "DROP TRIGGER count_moved_deliveries ON notifications_delivery;"
            "DROP FUNCTION notifications_count_new_deliveries;"
            "DROP FUNCTION notifications_count_moved_deliveries;",
        ),
        migrations.RunSQL(MOVE),
    ]
