"""What must be there before the first appeal: queues and rules for whole origins.

Migrations call this with the models as they were then, so it reads nothing but their fields.
"""

import math
from typing import Any

from django.utils.translation import gettext_noop

from appeals.catalogue import CATALOGUE

# Hardship is served first, then what may be fraud; the rest by its promise.
PRIORITY = {"hardship_care": 10, "fraud_identity": 20}
USUAL_PRIORITY = 100
# Only who is cleared for it sees such a queue and its cases.
RESTRICTED = {"fraud_identity"}
# Kept in English, as they are marked, and read in the language of who reads them.
RULES = (
    (
        "fraud",
        "fraud_identity",
        gettext_noop("Signs of fraud may only be seen by the people trained for it."),
    ),
    (
        "region",
        "policy_compliance",
        gettext_noop("A rule for a region is also checked for fairness."),
    ),
    (
        "policy",
        "policy_compliance",
        gettext_noop("A rule for a group is also checked for fairness."),
    ),
)
SUPERVISORS_VIEW = (
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
# What supervisors may do with messages: see them all, send one again, print letters, run campaigns.
MESSAGE_RIGHTS = (
    ("attempt", "view_attempt"),
    ("campaign", "view_campaign"),
    ("campaign", "add_campaign"),
    ("campaign", "run_campaign"),
    ("delivery", "view_delivery"),
    ("letterbatch", "view_letterbatch"),
    ("letterbatch", "print_letters"),
    ("notification", "view_notification"),
    ("notification", "resend_notification"),
    ("receipt", "view_receipt"),
    ("suppression", "view_suppression"),
    ("suppression", "add_suppression"),
    ("suppression", "change_suppression"),
)


def make_queues(apps: Any) -> None:
    """Make the catalogue's queues that are not there; what supervisors changed stays."""
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
                "priority": PRIORITY.get(kind.key, USUAL_PRIORITY),
                "is_restricted": kind.key in RESTRICTED,
            },
        )


def make_rules(apps: Any) -> None:
    """Make the first rules of the routing table, once: an empty table is how it begins."""
    queues = apps.get_model("appeals", "ReviewQueue").objects
    rules = apps.get_model("appeals", "RoutingRule").objects
    if rules.exists():
        return
    for origin, key, because in RULES:
        rules.create(origin=origin, queue=queues.get(key=key), because=because)


def permission_row(apps: Any, app: str, model: str, codename: str) -> Any:
    """The permission's row: Django itself makes it only after the last migration."""
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app, model=model
    )
    row, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=kind, codename=codename, defaults={"name": _name(apps, app, model, codename)}
    )
    return row


def _name(apps: Any, app: str, model: str, codename: str) -> str:
    """The name Django would give it."""
    options = apps.get_model(app, model)._meta
    usual = f"Can {codename.partition('_')[0]} {options.verbose_name_raw}"
    return str(dict(options.permissions).get(codename, usual))
