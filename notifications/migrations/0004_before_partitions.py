"""Put the old tables of deliveries aside: 0005 makes partitioned ones, 0006 moves the rows."""

from django.db import migrations

ASIDE = [
    f"ALTER TABLE notifications_{name} RENAME TO notifications_{name}_before"
    for name in ("delivery", "attempt", "receipt", "localmessage")
]
# Their names are needed again.
FREE_NAMES = """
DO $$
DECLARE one record;
BEGIN
    FOR one IN
        SELECT conrelid::regclass AS held_by, conname FROM pg_constraint
        WHERE conrelid::regclass::text ~ '^notifications_.*_before$' AND contype IN ('f', 'u')
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.held_by, one.conname);
    END LOOP;
    FOR one IN
        SELECT indexrelid::regclass AS held_by FROM pg_index
        WHERE indrelid::regclass::text ~ '^notifications_.*_before$' AND NOT indisprimary
    LOOP
        EXECUTE format('DROP INDEX %s', one.held_by);
    END LOOP;
    FOR one IN
        SELECT indexrelid::regclass AS held_by, indrelid::regclass AS of_table FROM pg_index
        WHERE indrelid::regclass::text ~ '^notifications_.*_before$' AND indisprimary
    LOOP
        EXECUTE format('ALTER INDEX %s RENAME TO %s', one.held_by, one.of_table || '_pkey');
    END LOOP;
    FOR one IN
        SELECT tgrelid::regclass AS held_by, tgname FROM pg_trigger
        WHERE tgrelid::regclass::text ~ '^notifications_.*_before$' AND NOT tgisinternal
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', one.tgname, one.held_by);
    END LOOP;
    FOR one IN
        SELECT format('%I.%I', schemaname, sequencename) AS held_by, sequencename
        FROM pg_sequences
        WHERE sequencename IN ('notifications_delivery_id_seq', 'notifications_receipt_id_seq',
            'notifications_localmessage_id_seq')
    LOOP
        EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', one.held_by,
            replace(one.sequencename, '_id_seq', '_before_id_seq'));
    END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_unreached_and_secrets")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(name="LocalMessage"),
                migrations.DeleteModel(name="Receipt"),
                migrations.DeleteModel(name="Attempt"),
                migrations.DeleteModel(name="Delivery"),
            ],
            database_operations=[migrations.RunSQL([*ASIDE, FREE_NAMES])],
        ),
        # Its causes were sentences; they become words of ours, with the sentence as the detail.
        migrations.RunSQL(
            "ALTER TABLE notifications_suppression DROP CONSTRAINT suppressed_once",
            state_operations=[
                migrations.RemoveConstraint(model_name="suppression", name="suppressed_once")
            ],
        ),
    ]
