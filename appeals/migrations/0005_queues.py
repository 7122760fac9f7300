"""The catalogue's queues, the rules that hold for a whole origin, and the two groups of staff."""

import math

from django.db import migrations

from appeals.catalogue import CATALOGUE

# Hardship is served first, then what may be fraud; the rest in the order of its promise.
PRIORITY = {"hardship_care": 10, "fraud_identity": 20}
RULES = [
    ("fraud", "fraud_identity", "Signs of fraud may only be seen by the people trained for it."),
    ("region", "policy_compliance", "A rule for a region is also checked for fairness."),
    ("policy", "policy_compliance", "A rule for a group is also checked for fairness."),
]


def make_queues(apps, schema_editor):
    queues = apps.get_model("appeals", "ReviewQueue").objects
    two_pairs_of_eyes = {
        reason.queue for reason in CATALOGUE.reasons.values() if reason.review_by == "two"
    }
    for kind in CATALOGUE.queues.values():
        queues.get_or_create(
            key=kind.key,
            defaults={
                "name_en": kind.label["en"],
                "name_zh": kind.label["zh-hans"],
                "purpose": kind.purpose,
                "target_working_days": math.ceil(kind.target_calendar_days * 5 / 7),
                "needs_second_approval": kind.key in two_pairs_of_eyes,
                "priority": PRIORITY.get(kind.key, 100),
            },
        )


def make_rules(apps, schema_editor):
    queues = apps.get_model("appeals", "ReviewQueue").objects
    rules = apps.get_model("appeals", "RoutingRule").objects
    for origin, key, because in RULES:
        rules.get_or_create(
            origin=origin, queue=queues.get(key=key), defaults={"because": because}
        )


class Migration(migrations.Migration):
    dependencies = [("appeals", "0004_evidence_checks")]

    operations = [
        migrations.RunPython(make_queues, migrations.RunPython.noop),
        migrations.RunPython(make_rules, migrations.RunPython.noop),
    ]
