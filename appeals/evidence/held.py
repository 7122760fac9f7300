"""Papers of a customer that we hold already and that are still good: they are not asked for twice.

Good is what was found safe, is of the kind that is wanted, and was received no longer ago than the
catalogue lets a paper of its kind be old. Used again it is a row of its own with the same file.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import DateTimeField, F, QuerySet
from django.db.models.functions import Coalesce

from appeals.catalogue import CATALOGUE
from appeals.models import Appeal, EvidenceDocument
from appeals.states import EvidenceState

MOST_SHOWN = 20


def is_still_good(document: EvidenceDocument, now: datetime) -> bool:
    """Whether it may answer for its kind in another appeal today."""
    kind = CATALOGUE.documents.get(document.kind)
    if kind is None or document.state != EvidenceState.READY or not document.stored_name:
        return False
    if kind.max_age_days is None:
        return True
    return document.received_at >= now - timedelta(days=kind.max_age_days)


def held_papers(customer_id: int, kinds: Iterable[str]) -> QuerySet[EvidenceDocument]:
    """Every paper of these kinds from this customer whose file is there, the newest first."""
    rows = EvidenceDocument.objects.kept().filter(
        appeal__customer=customer_id, state=EvidenceState.READY, kind__in=list(kinds)
    )
    received = Coalesce("first_received_at", F("uploaded_at"), output_field=DateTimeField())
    return rows.select_related("appeal").order_by(received.desc(), "-pk")


def papers_to_offer(
    appeal: Appeal, kinds: Iterable[str], now: datetime, *, own: Iterable[str]
) -> list[EvidenceDocument]:
    """What could join this appeal; `own` are the hashes of what it has. Each file once."""
    seen = set(own)
    found = []
    for document in held_papers(appeal.customer_id, kinds).exclude(appeal=appeal):
        if document.sha256 not in seen and is_still_good(document, now):
            seen.add(document.sha256)
            found.append(document)
    return found[:MOST_SHOWN]
