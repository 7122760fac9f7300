"""The catalogue's queues and the rules that hold for a whole origin."""

from django.db import migrations

from appeals.actions.first_rows import make_queues, make_rules


def make_queues_and_rules(apps, schema_editor):
    make_queues(apps)
    make_rules(apps)


class Migration(migrations.Migration):
    dependencies = [("appeals", "0004_evidence_checks")]

    operations = [migrations.RunPython(make_queues_and_rules, migrations.RunPython.noop)]
