"""What everybody needs before the first appeal: queues, rules, roles with their rights, texts."""

from django.db import migrations

from appeals.actions.first_rows import make_queues, make_rules
from appeals.actions.first_texts import make_texts
from appeals.actions.roles import make_roles


# In one piece: the models as they were are made ready for each piece anew.
def make_first_rows(apps, schema_editor):
    for make in (make_queues, make_rules, make_roles, make_texts):
        make(apps)


class Migration(migrations.Migration):
    replaces = [
        ("appeals", "0005_queues"),
        ("appeals", "0006_groups"),
        ("appeals", "0010_message_rights"),
        ("appeals", "0012_roles"),
        ("appeals", "0020_first_texts"),
        ("appeals", "0023_auditors_see"),
    ]
    dependencies = [
        ("appeals", "0002_functions"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("notifications", "0002_counts_and_months"),
    ]

    operations = [migrations.RunPython(make_first_rows, migrations.RunPython.noop)]
