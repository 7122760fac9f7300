"""Until when a paper is kept: the pack's months, or its kind's, from the end of its case.

Days here are the customer's own. A paper of an open case has no such day.
"""

import hashlib
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from appeals.catalogue import RETENTION
from appeals.catalogue.packs import PACKS, pack_of
from appeals.deadlines import add_months
from appeals.models import Appeal, EvidenceDocument, LegalHold

EVIDENCE = "evidence"


def rules_on(day: date) -> str:
    """A word for the rules of a day; another one once any of them changes."""
    words = [RETENTION.version, *PACKS.in_force(day)]
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:16]


def erasable_on(document: EvidenceDocument, now: datetime) -> date | None:
    """The first day on which this paper may be erased, by the rules of today."""
    appeal = document.appeal
    customer = appeal.customer
    if appeal.is_draft:
        last = appeal.saved_at.astimezone(customer.zone).date()
        return last + timedelta(days=RETENTION.unsent_days)
    if appeal.closed_at is None:
        return None
    pack = pack_of(customer, now)
    months = RETENTION.months(
        document.kind, pack.jurisdiction, usual=pack.retention[EVIDENCE].months
    )
    return add_months(appeal.closed_at.astimezone(customer.zone).date(), months)


def on_hold() -> Q:
    """Whether a hold stands on its appeal or on its customer, beside each document."""
    standing = LegalHold.objects.standing()
    return Q(Exists(standing.filter(appeal=OuterRef("appeal")))) | Q(
        Exists(standing.filter(customer=OuterRef("appeal__customer")))
    )


def is_on_hold(appeal: Appeal) -> bool:
    about = Q(appeal=appeal) | Q(customer=appeal.customer_id)
    return LegalHold.objects.standing().filter(about).exists()
