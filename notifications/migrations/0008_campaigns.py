"""A stopped campaign settles what the law asked for, and is found by what still waits to settle."""

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
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(settle_at__isnull=False, campaign__isnull=False),
                fields=["campaign"],
                name="campaign_to_settle",
            ),
        ),
    ]
