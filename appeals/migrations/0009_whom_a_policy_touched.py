"""Indexes along which a campaign reads whom a policy or a rule touched; made beside the traffic."""

import django.db.models.fields.json
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # An index that is made concurrently cannot be made in a transaction.
    atomic = False
    dependencies = [
        ("appeals", "0008_being_worked_on"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="linedecision",
            index=models.Index(
                "rule_id",
                "rule_version",
                "customer",
                models.OrderBy(models.F("decided_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="decisions_by_rule",
            ),
        ),
        AddIndexConcurrently(
            model_name="linedecision",
            index=models.Index(
                django.db.models.fields.json.KeyTextTransform("ref", "policy"),
                "customer",
                models.OrderBy(models.F("decided_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(policy__isnull=False),
                name="decisions_by_policy",
            ),
        ),
        RemoveIndexConcurrently(model_name="linedecision", name="decision_of_rule"),
    ]
