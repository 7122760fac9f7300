"""The answer to a reviewer who asked for documents, or a question: sent, or come by post."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import acts_in
from appeals.actions.clocks import resume_clocks
from appeals.actions.complaints import suggest_clocks
from appeals.actions.events import record
from appeals.errors import NotAllowed, WrongState
from appeals.models import Appeal, Claim, DocumentRequest, EventKind
from appeals.states import AppealState, EvidenceState
from portal.models import Customer

USABLE = (EvidenceState.WAITING, EvidenceState.READY)


@transaction.atomic
def answer_document_request(*, request: DocumentRequest, answer: str, by: Customer) -> Appeal:
    """Give the case back to the reviewers; the promise goes on from where it was paused."""
    if not acts_in(by, request.appeal):
        raise NotAllowed(_("Only the person whose appeal it is can answer."))
    return _answer(request, answer, by)


def missing_kinds(request: DocumentRequest) -> list[str]:
    """What was asked for and has not come, in the order it was asked."""
    came = set(request.evidence.filter(state__in=USABLE).values_list("kind", flat=True))
    return [kind for kind in request.kinds if kind not in came]


@transaction.atomic
def answer_by_post(*, request: DocumentRequest, by: Customer) -> bool:
    """Count posted papers as the answer once every kind that was asked for is there."""
    if not request.kinds or missing_kinds(request):
        return False
    _answer(request, "", by, way="post")
    return True


def _answer(request: DocumentRequest, answer: str, by: Customer, **way: Any) -> Appeal:
    now = timezone.now()
    appeal = _lock_waiting(request)
    open_request = DocumentRequest.objects.filter(pk=request.pk, answered_at__isnull=True)
    if not open_request.update(answered_at=now, answer=answer):
        raise WrongState(_("You have already answered this. A reviewer has your answer."))
    claim = Claim.objects.filter(appeal=appeal, until__gt=now).first()
    if claim is None:
        Claim.objects.filter(appeal=appeal).delete()
    resume_clocks(appeal, AppealState.IN_REVIEW if claim else AppealState.SUBMITTED, now)
    suggest_clocks(appeal, [answer], now)
    record(
        appeal,
        EventKind.DOCUMENTS_ANSWERED,
        by,
        request=request.pk,
        documents=request.evidence.filter(state__in=USABLE).count(),
        **way,
    )
    return appeal


def _lock_waiting(request: DocumentRequest) -> Appeal:
    rows = Appeal.objects.select_related("customer", "queue")
    appeal = rows.select_for_update(of=("self",), no_key=True).get(pk=request.appeal_id)
    if appeal.state == AppealState.WITHDRAWN:
        raise WrongState(_("You have withdrawn this appeal, so no answer is needed."))
    if request.is_called_off:
        raise WrongState(_("We do not need this any more. You need not answer."))
    if appeal.state != AppealState.WAITING:
        raise WrongState(_("You have already answered this. A reviewer has your answer."))
    return appeal
