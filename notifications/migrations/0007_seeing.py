"""Sending again has a right, what is owed by law an index by its due date, old texts a mark."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_counts_and_months")]

    operations = [
        migrations.CreateModel(
            name="RetentionMark",
            fields=[
                (
                    "name",
                    models.CharField(max_length=20, primary_key=True, serialize=False),
                ),
                ("last_id", models.BigIntegerField(default=0)),
                (
                    "left_behind",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
            ],
        ),
        migrations.AlterModelOptions(
            name="notification",
            options={
                "permissions": [("resend_notification", "Can send a message again")],
                "verbose_name": "notification",
                "verbose_name_plural": "notifications",
            },
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("is_mandatory", True), ("settled_at__isnull", True)),
                fields=["legal_due_at"],
                name="notifications_owed",
            ),
        ),
    ]
