"""Until when papers and the words of a request are kept: the pack's months, or their kind's.

They count from the end of the case, or from the answer. Days here are the customer's own. What
belongs to an open case has no such day.
"""

import hashlib
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from appeals.catalogue import RETENTION
from appeals.catalogue.packs import PACKS, pack_of
from appeals.deadlines import add_months
from appeals.models import Appeal, CustomerRequest, EvidenceDocument, LegalHold, RequestKind

EVIDENCE = "evidence"
REQUEST = "request"
# A pack that says nothing of its own about complaints keeps them as any request.
RECORDS = {RequestKind.COMPLAIN: "complaint"}


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


def words_erasable_on(request: CustomerRequest, now: datetime) -> date | None:
    """The first day on which the words of this request may be erased, by the rules of today."""
    ends = [request.answered_at]
    if request.appeal is not None:
        ends.append(request.appeal.closed_at)
    known = [end for end in ends if end is not None]
    if len(known) < len(ends):
        return None
    retention = pack_of(request.customer, now).retention
    rule = retention.get(RECORDS.get(RequestKind(request.kind), REQUEST)) or retention[REQUEST]
    return add_months(max(known).astimezone(request.customer.zone).date(), rule.months)


def on_hold() -> Q:
    """Whether a hold stands on its appeal or on its customer, beside each document."""
    standing = LegalHold.objects.standing()
    return Q(Exists(standing.filter(appeal=OuterRef("appeal")))) | Q(
        Exists(standing.filter(customer=OuterRef("appeal__customer")))
    )


def request_on_hold() -> Q:
    """Whether a hold stands on its customer or on an appeal about its decision, beside each."""
    standing = LegalHold.objects.standing()
    return Q(Exists(standing.filter(customer=OuterRef("customer")))) | Q(
        Exists(standing.filter(appeal__decision=OuterRef("decision")))
    )


def is_on_hold(appeal: Appeal) -> bool:
    about = Q(appeal=appeal) | Q(customer=appeal.customer_id)
    return LegalHold.objects.standing().filter(about).exists()
