"""The customer's answer to a reviewer who asked for more documents."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.actions.events import record
from appeals.deadlines import resume_promise
from appeals.errors import NotAllowed, WrongState
from appeals.models import Appeal, Claim, DocumentRequest, EventKind
from appeals.states import AppealState, EvidenceState
from portal.models import Customer

USABLE = (EvidenceState.WAITING, EvidenceState.READY)


@transaction.atomic
def answer_document_request(*, request: DocumentRequest, answer: str, by: Customer) -> Appeal:
    """Give the case back to the reviewers; the promise goes on from where it was paused."""
    if request.appeal.customer_id != by.pk:
        raise NotAllowed(_("Only the person whose appeal it is can answer."))
    now = timezone.now()
    appeal = _lock_waiting(request, by)
    open_request = DocumentRequest.objects.filter(pk=request.pk, answered_at__isnull=True)
    if not open_request.update(answered_at=now, answer=answer):
        raise WrongState(_("You have already answered this. A reviewer has your answer."))
    claim = Claim.objects.filter(appeal=appeal, until__gt=now).first()
    if claim is None:
        Claim.objects.filter(appeal=appeal).delete()
    appeal.move_to(
        AppealState.IN_REVIEW if claim else AppealState.SUBMITTED, **_resumed(appeal, now)
    )
    record(
        appeal,
        EventKind.DOCUMENTS_ANSWERED,
        by,
        request=request.pk,
        documents=request.evidence.filter(state__in=USABLE).count(),
    )
    return appeal


def _lock_waiting(request: DocumentRequest, by: Customer) -> Appeal:
    appeal = Appeal.objects.select_for_update(no_key=True).get(pk=request.appeal_id)
    if appeal.state == AppealState.WITHDRAWN:
        raise WrongState(_("You have withdrawn this appeal, so no answer is needed."))
    if appeal.state != AppealState.WAITING:
        raise WrongState(_("You have already answered this. A reviewer has your answer."))
    return appeal


def _resumed(appeal: Appeal, now: datetime) -> dict[str, Any]:
    assert appeal.promised_at is not None  # the database keeps it so
    promised_at = resume_promise(
        appeal.promised_at,
        appeal.paused_at or now,
        now,
        jurisdiction=appeal.customer.jurisdiction,
        zone=appeal.customer.zone,
    )
    return {"promised_at": promised_at, "paused_at": None}
