"""The roles of staff: each is a group, and this table says what it may do.

Migrations call this with the models as they were then; a group an administrator has added rights
to keeps them. An administrator has no group: they are Django's superuser, who makes the staff.
"""

from typing import Any

from appeals.actions.first_rows import MESSAGE_RIGHTS, SUPERVISORS_VIEW, permission_row

REVIEW = ("appeals", "appeal", "review_appeal")
APPROVE = ("appeals", "appeal", "approve_appeal")
SUPERVISE = ("appeals", "appeal", "supervise_appeal")
AUDIT = ("appeals", "appeal", "audit_appeal")
QUALITY = ("appeals", "appeal", "check_quality")
EDIT = ("appeals", "appeal", "edit_catalogue")
EXPORT = ("appeals", "appeal", "export_appeal")
SEEN = tuple(("appeals", model, f"view_{model}") for model in SUPERVISORS_VIEW)
MESSAGES = tuple(("notifications", model, codename) for model, codename in MESSAGE_RIGHTS)
MESSAGES_SEEN = tuple(right for right in MESSAGES if right[2].startswith("view_"))
# Which browsers said yes: else only administrators look at it.
BROWSERS_SEEN = ("notifications", "pushsubscription", "view_pushsubscription")
SETTINGS = tuple(
    ("appeals", model, f"{verb}_{model}")
    for model, verbs in (
        ("reviewqueue", ("view", "change")),
        ("routingrule", ("view", "add", "change")),
        ("reviewerprofile", ("view", "add", "change")),
        ("ruleowner", ("view", "add", "change", "delete")),
        ("conflictofinterest", ("view", "add")),
    )
    for verb in verbs
)
ROLES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "Reviewers": (REVIEW,),
    "Approvers": (REVIEW, APPROVE),
    "Supervisors": (REVIEW, APPROVE, SUPERVISE, EXPORT, *SEEN, *SETTINGS, *MESSAGES),
    "Quality": (QUALITY,),
    "Catalogue editors": (EDIT,),
    "Auditors": (AUDIT, *SEEN, *MESSAGES_SEEN, BROWSERS_SEEN),
}


def make_roles(apps: Any) -> None:
    """Make each role's group and give it its rights."""
    groups = apps.get_model("auth", "Group").objects
    for name, rights in ROLES.items():
        group, _ = groups.get_or_create(name=name)
        group.permissions.add(*(permission_row(apps, *right) for right in rights))
