"""Reviewers and supervisors, with what each may do."""

from django.db import migrations

from appeals.actions import first_rows


def make_groups(apps, schema_editor):
    first_rows.make_groups(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("appeals", "0005_queues"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
