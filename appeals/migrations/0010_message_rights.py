from django.db import migrations

from appeals.actions import first_rows


def give_message_rights(apps, schema_editor):
    first_rows.give_message_rights(apps)


class Migration(migrations.Migration):
    """Supervisors see messages, send them again, print letters and run campaigns."""

    dependencies = [
        ("appeals", "0009_whom_a_policy_touched"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("notifications", "0009_letters"),
    ]

    operations = [migrations.RunPython(give_message_rights, migrations.RunPython.noop)]
