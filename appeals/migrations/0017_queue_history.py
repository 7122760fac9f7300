"""Who worked in a queue and since when; and a first version of every setting that had none.

Rows that were there before they were tracked would otherwise show their first change as if all of
it were new.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

TRACKED = ("ReviewQueue", "RoutingRule", "ReviewerProfile")
FIRST_VERSION = """
INSERT INTO {event} ({columns}, pgh_obj_id, pgh_label, pgh_created_at)
SELECT {columns}, id, 'snapshot', now()
FROM {table} AS one
WHERE NOT EXISTS (SELECT FROM {event} AS event WHERE event.pgh_obj_id = one.id)
"""
FIRST_MEMBERS = """
INSERT INTO appeals_queuemembershipevent
    (id, reviewqueue_id, customer_id, pgh_label, pgh_created_at)
SELECT id, reviewqueue_id, customer_id, 'joined', now()
FROM appeals_reviewqueue_members
"""


def keep_first_versions(apps, schema_editor):
    for name in TRACKED:
        model = apps.get_model("appeals", name)
        event = apps.get_model("appeals", f"{name}Event")
        columns = ", ".join(field.column for field in model._meta.concrete_fields)
        schema_editor.execute(
            FIRST_VERSION.format(
                event=event._meta.db_table, table=model._meta.db_table, columns=columns
            )
        )
    schema_editor.execute(FIRST_MEMBERS)


class Migration(migrations.Migration):

    dependencies = [
        ('appeals', '0016_lists'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='QueueMembershipEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='QueueMembership',
            fields=[
            ],
            options={
                'verbose_name': 'member of a queue',
                'verbose_name_plural': 'members of queues',
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('appeals.reviewqueue_members',),
        ),
        migrations.AlterField(
            model_name='caseevent',
            name='kind',
            field=models.CharField(choices=[('submitted', 'Appeal sent'), ('routed', 'Put in a queue'), ('claimed', 'A reviewer started'), ('released', 'Returned to the queue'), ('lease_ended', "Returned to the queue: the reviewer's time ran out"), ('evidence_added', 'Document received'), ('documents_asked', 'More documents asked for'), ('documents_answered', 'The customer answered'), ('proposed', 'Outcome proposed'), ('sent_back', 'Outcome sent back'), ('decided', 'Decided'), ('applied', 'The ledger confirmed'), ('withdrawn', 'Withdrawn by the customer'), ('late', 'We are late'), ('note', 'Note'), ('passed_on', 'Passed on to a colleague'), ('reserved', 'Assigned to a reviewer'), ('recused', 'The reviewer declared a conflict of interest'), ('moved', 'Put in another queue'), ('care', 'Care for the customer was marked or unmarked'), ('duplicate', 'Closed: answered with another appeal'), ('reopened', 'Opened again'), ('clock_started', 'A deadline began'), ('clock_stopped', 'A deadline ended'), ('warned', 'The promise may not be kept'), ('escalated', 'Put before a supervisor'), ('condition_met', 'The condition was met'), ('condition_missed', 'The condition was not met in time'), ('time_ended', 'The time the limit was restored for ended'), ('looked_again', 'The reason came up to be looked at again'), ('look_ended', 'The reason was looked at again')], max_length=20, verbose_name='what'),
        ),
        migrations.AddField(
            model_name='queuemembershipevent',
            name='customer',
            field=models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='queuemembershipevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='queuemembershipevent',
            name='reviewqueue',
            field=models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='appeals.reviewqueue'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='queuemembership',
            trigger=pgtrigger.compiler.Trigger(name='joined_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "appeals_queuemembershipevent" ("customer_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "reviewqueue_id") VALUES (NEW."customer_id", NEW."id", _pgh_attach_context(), NOW(), \'joined\', NEW."reviewqueue_id"); RETURN NULL;', hash='f53cb791c12f678a8cf56ec89dc3741ab155ee23', operation='INSERT', pgid='pgtrigger_joined_insert_f934e', table='appeals_reviewqueue_members', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='queuemembership',
            trigger=pgtrigger.compiler.Trigger(name='left_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "appeals_queuemembershipevent" ("customer_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "reviewqueue_id") VALUES (OLD."customer_id", OLD."id", _pgh_attach_context(), NOW(), \'left\', OLD."reviewqueue_id"); RETURN NULL;', hash='0b35b5518c0abf24f13d34acf08b1b499a689e86', operation='DELETE', pgid='pgtrigger_left_delete_686eb', table='appeals_reviewqueue_members', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='queuemembershipevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c11a0d2e52e0c8077df87fdd670fefa8765ca54f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_dd4f7', table='appeals_queuemembershipevent', when='BEFORE')),
        ),
        migrations.RunPython(keep_first_versions, migrations.RunPython.noop),
    ]
