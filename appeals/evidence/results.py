"""How a check ends, written down in one go with what follows from it."""

from django.db import transaction
from django.utils import timezone

from appeals.evidence.refusals import Refusal
from appeals.models import CaseEvent, EventKind, EvidenceDocument
from appeals.states import EvidenceState
from appeals.truth import about_appeal
from notifications.api import notify


def finish(document: EvidenceDocument, **result: object) -> bool:
    """Write the result, unless the customer took the paper back or another worker took over."""
    ours = EvidenceDocument.objects.filter(
        pk=document.pk, state=EvidenceState.WAITING, tries=document.tries
    )
    return bool(ours.update(checked_at=timezone.now(), **result))


@transaction.atomic
def refuse(document: EvidenceDocument, code: Refusal) -> bool:
    """Refuse the file and have its sender told: by then they may have left the page."""
    if not finish(document, state=EvidenceState.REFUSED, refusal=code):
        return False
    appeal, now = document.appeal, timezone.now()
    if not appeal.is_draft:
        CaseEvent.objects.create(
            appeal=appeal,
            kind=EventKind.EVIDENCE_REFUSED,
            at=now,
            details={"document": str(document.public_id), "refusal": code.value},
        )
    notify(
        recipient=appeal.customer,
        type="paper_refused",
        # Who sends ten locked files in a row hears of it once: the page tells of each.
        dedupe_key=f"appeal:{appeal.reference}:paper-refused:{now:%Y-%m-%dT%H}",
        context={"reference": appeal.reference},
        path=f"/appeals/{appeal.reference}/documents/",
        about=about_appeal(appeal),
    )
    return True
