"""What a look around needs: the sample feed and people to sign in as. Never for production."""

import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from appeals.actions.first_rows import make_queues, make_rules
from appeals.actions.ingest import ingest
from appeals.actions.roles import make_roles
from appeals.models import FeedRun, ReviewerProfile, ReviewQueue
from appeals.sample import ADA, LI_XUE, sample_decisions
from portal.models import Customer

SOURCE = "sample of "
GUARDED_QUEUE = "fraud_identity"


@dataclass(frozen=True)
class DemoStaff:
    reference: str
    name: str
    email: str
    locale: str
    role: str
    group: str
    is_cleared: bool = False
    works_in_queues: bool = True


STAFF = (
    DemoStaff(
        reference="DEMO-ROSA",
        name="Rosa Vega",
        email="rosa@lender.example",
        locale="en",
        role="reviewer",
        group="Reviewers",
        is_cleared=True,
    ),
    DemoStaff(
        reference="DEMO-LIN",
        name="林涛",
        email="lin@lender.example",
        locale="zh-hans",
        role="reviewer",
        group="Reviewers",
    ),
    DemoStaff(
        reference="DEMO-AMARA",
        name="Amara Diallo",
        email="amara@lender.example",
        locale="en",
        role="approver",
        group="Approvers",
        is_cleared=True,
    ),
    DemoStaff(
        reference="DEMO-SAM",
        name="Sam Okoro",
        email="sam@lender.example",
        locale="en",
        role="supervisor",
        group="Supervisors",
        is_cleared=True,
    ),
    DemoStaff(
        reference="DEMO-JONAS",
        name="Jonas Berg",
        email="jonas@lender.example",
        locale="en",
        role="quality",
        group="Quality",
        works_in_queues=False,
    ),
    DemoStaff(
        reference="DEMO-MEI",
        name="陈梅",
        email="mei@lender.example",
        locale="zh-hans",
        role="catalogue",
        group="Catalogue editors",
        works_in_queues=False,
    ),
    DemoStaff(
        reference="DEMO-INES",
        name="Ines Costa",
        email="ines@lender.example",
        locale="en",
        role="auditor",
        group="Auditors",
        is_cleared=True,
        works_in_queues=False,
    ),
)


def load_sample_feed() -> FeedRun:
    """Take the sample in through the same door as any feed; once is enough."""
    run = FeedRun.objects.filter(source__startswith=SOURCE).order_by("started_at").first()
    if run and run.finished_at:
        return run
    # A load that broke off goes on with its own days: the same ids must say the same things.
    anchor = date.fromisoformat(run.source.removeprefix(SOURCE)) if run else _today()
    return ingest(_lines(anchor), source=f"{SOURCE}{anchor}")


@transaction.atomic
def make_demo_people(*, note: Path) -> None:
    """Make the staff, with new passwords whenever the note that says them is not there."""
    if note.exists() and Customer.objects.filter(reference=STAFF[-1].reference).exists():
        return
    # There after migrate, unless somebody emptied the database since.
    for make in (make_queues, make_rules, make_roles):
        make(apps)
    staff = [_make(one) for one in STAFF]
    customers = [
        {"name": one.name, "email": one.email, "locale": one.locale} for one in (ADA, LI_XUE)
    ]
    _write_privately(note, {"customers": customers, "staff": staff})


def _lines(anchor: date) -> Iterator[bytes]:
    for line in sample_decisions(anchor):
        yield json.dumps(line, ensure_ascii=False).encode()


def _today() -> date:
    return timezone.now().date()


def _make(one: DemoStaff) -> dict[str, str]:
    password, secret = secrets.token_urlsafe(12), generate_totp_secret()
    person, _ = Customer.objects.update_or_create(
        reference=one.reference,
        defaults={
            "name": one.name,
            "email": one.email,
            "locale": one.locale,
            "is_staff": True,
            "is_active": True,
        },
    )
    person.set_password(password)
    person.save(update_fields=["password"])
    person.groups.add(Group.objects.get(name=one.group))
    if one.is_cleared or one.works_in_queues:
        ReviewerProfile.objects.update_or_create(
            person=person, defaults={"is_cleared": one.is_cleared}
        )
    person.review_queues.set(_queues_of(one))
    Authenticator.objects.filter(user=person).delete()
    TOTP.activate(person, secret)
    return {
        "name": one.name,
        "email": one.email,
        "password": password,
        "totp_secret": secret,
        "role": one.role,
    }


def _queues_of(one: DemoStaff) -> QuerySet[ReviewQueue]:
    if not one.works_in_queues:
        return ReviewQueue.objects.none()
    queues = ReviewQueue.objects.all()
    return queues if one.is_cleared else queues.exclude(key=GUARDED_QUEUE)


def _write_privately(path: Path, tree: dict[str, Any]) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(tree, file, ensure_ascii=False, indent=2)
