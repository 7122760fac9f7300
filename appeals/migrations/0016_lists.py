"""Closed and sent appeals by queue; a step over many cases is once, and taken back by a step."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import appeals.states


class Migration(migrations.Migration):
    dependencies = [("appeals", "0015_tallies")]

    operations = [
        migrations.RemoveField(model_name="bulkstep", name="undone_at"),
        migrations.RemoveField(model_name="bulkstep", name="undone_by"),
        migrations.AddField(
            model_name="bulkstep",
            name="token",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddField(
            model_name="bulkstep",
            name="choice",
            field=models.JSONField(default=dict, verbose_name="chosen"),
        ),
        migrations.AddField(
            model_name="bulkstep",
            name="finished_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="finished at"),
        ),
        migrations.AddField(
            model_name="bulkstep",
            name="undoes",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="undone_by_step",
                to="appeals.bulkstep",
                verbose_name="takes back",
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="duplicate_told_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="told of the other appeal at"
            ),
        ),
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(
                fields=["queue", "closed_at", "id"],
                condition=models.Q(
                    (
                        "state__in",
                        [
                            appeals.states.AppealState["DECIDED"],
                            appeals.states.AppealState["DUPLICATE"],
                            appeals.states.AppealState["WITHDRAWN"],
                        ],
                    )
                ),
                name="closed_appeals_of_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(
                fields=["queue", "submitted_at", "id"],
                condition=models.Q(
                    ("state", appeals.states.AppealState["DRAFT"]), _negated=True
                ),
                name="sent_appeals_of_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(
                fields=["closed_at"],
                condition=models.Q(
                    ("duplicate_told_at__isnull", True),
                    ("state", appeals.states.AppealState["DUPLICATE"]),
                ),
                name="duplicates_to_tell_of",
            ),
        ),
    ]
