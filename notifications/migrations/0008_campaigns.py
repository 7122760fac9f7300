"""A stopped campaign settles what the law asked for; new rows lock no person and no campaign."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0007_seeing")]

    operations = [
        migrations.AlterField(
            model_name="notification",
            name="settled_as",
            field=models.CharField(
                blank=True,
                choices=[
                    ("reached", "It arrived"),
                    ("no_longer_true", "It was overtaken"),
                    ("stopped", "Its campaign was stopped"),
                ],
                max_length=16,
                verbose_name="settled as",
            ),
        ),
        migrations.AlterField(
            model_name="notification",
            name="recipient",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notifications",
                to=settings.AUTH_USER_MODEL,
                verbose_name="recipient",
            ),
        ),
        migrations.AlterField(
            model_name="notification",
            name="campaign",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notifications",
                to="notifications.campaign",
                verbose_name="campaign",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(settle_at__isnull=False, campaign__isnull=False),
                fields=["campaign"],
                name="campaign_to_settle",
            ),
        ),
    ]
