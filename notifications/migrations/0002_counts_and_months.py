"""The id of a delivery in SQL, the counting triggers, and the first months."""

from typing import Any

from django.db import migrations

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

def make_months(_apps: Any, _schema_editor: Any) -> None:
    make_ahead()


class Migration(migrations.Migration):
    replaces = [
        ("notifications", "0004_before_partitions"),
        ("notifications", "0006_counts_and_months"),
    ]
    dependencies = [("notifications", "0001_schema")]

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
    ]
