"""The roles, the restricted queue, and what each appeal was routed by, for those already there."""

from django.db import migrations

from appeals.actions import roles

FILL_IN = """
UPDATE appeals_appeal AS appeal
SET language = customer.locale,
    is_restricted = queue.is_restricted,
    urgency = CASE WHEN queue.key = 'hardship_care' THEN 0 ELSE 1 END
FROM portal_customer AS customer, appeals_reviewqueue AS queue
WHERE customer.id = appeal.customer_id AND queue.id = appeal.queue_id
"""


def make_roles(apps, schema_editor):
    roles.make_roles(apps)
    roles.clear_those_who_saw(apps)
    schema_editor.execute(FILL_IN)


class Migration(migrations.Migration):
    dependencies = [
        ("appeals", "0011_desk_schema"),
        ("portal", "0002_sign_in"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("notifications", "0010_words"),
    ]

    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
