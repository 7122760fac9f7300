"""Reviewers and supervisors, with what each may do; an administrator may add to it."""

from django.db import migrations

VIEW_EVERYTHING = (
    "appeal",
    "caseevent",
    "claim",
    "creditline",
    "decisionreason",
    "evidencedocument",
    "feedrun",
    "lineinstruction",
    "linedecision",
    "notice",
    "noticehold",
    "outcome",
    "rejectedline",
    "reviewqueue",
    "routingrule",
)
# Model and codename of each permission.
GROUPS = {
    "Reviewers": [("appeal", "review_appeal")],
    "Supervisors": [
        ("appeal", "review_appeal"),
        ("appeal", "supervise_appeal"),
        *((model, f"view_{model}") for model in VIEW_EVERYTHING),
        ("reviewqueue", "change_reviewqueue"),
        ("routingrule", "add_routingrule"),
        ("routingrule", "change_routingrule"),
    ],
}


def make_groups(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects
    for name, permissions in GROUPS.items():
        group, _ = groups.get_or_create(name=name)
        group.permissions.add(*(permission(apps, *one) for one in permissions))


def permission(apps, model, codename):
    """The permission's row: Django itself makes it only after the last migration."""
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="appeals", model=model
    )
    row, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=kind, codename=codename, defaults={"name": name_of(apps, model, codename)}
    )
    return row


def name_of(apps, model, codename):
    """The name Django would give it."""
    options = apps.get_model("appeals", model)._meta
    usual = f"Can {codename.partition('_')[0]} {options.verbose_name_raw}"
    return dict(options.permissions).get(codename, usual)


class Migration(migrations.Migration):
    dependencies = [
        ("appeals", "0005_queues"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
