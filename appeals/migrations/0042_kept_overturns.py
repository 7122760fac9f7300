"""A digest stays as it was told, and a passing is never deleted."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('appeals', '0041_overturns'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='overturndigest',
            trigger=pgtrigger.compiler.Trigger(name='digest_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='19ffbb1af74760fd9570a8e605ae7990a2c6e908', operation='UPDATE OR DELETE', pgid='pgtrigger_digest_stays_0cfcb', table='appeals_overturndigest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='overturnpassing',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='659e575e1103734f3fac3fca331516e260c1138b', operation='DELETE', pgid='pgtrigger_never_deleted_a8ed6', table='appeals_overturnpassing', when='BEFORE')),
        ),
    ]
