"""The prepared texts reviewers begin with."""

from django.db import migrations

from appeals.actions.first_texts import make_texts


def make(apps, schema_editor):
    make_texts(apps)


class Migration(migrations.Migration):
    dependencies = [("appeals", "0019_independence")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
