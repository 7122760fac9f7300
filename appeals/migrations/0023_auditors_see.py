"""The rights that the table of roles has gained, for the groups that are there already."""

from django.db import migrations

from appeals.actions import roles


def make_roles(apps, schema_editor):
    roles.make_roles(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("appeals", "0022_care"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("notifications", "0010_words"),
    ]

    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
