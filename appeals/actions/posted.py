"""Who cannot upload: said by the customer, and their papers brought in by staff."""

import enum
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from appeals.access import works_on_appeals
from appeals.actions.document_requests import answer_by_post
from appeals.actions.events import record
from appeals.actions.evidence import Purpose, hold_appeal, take_in
from appeals.catalogue import DocumentKind
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.evidence.suggestions import kinds_to_offer
from appeals.models import Appeal, DocumentRequest, EventKind, EvidenceDocument
from portal.models import Customer


class Way(enum.StrEnum):
    """How the papers come instead."""

    POST = "post"
    PHONE = "phone"


@transaction.atomic
def say_cannot_upload(*, appeal: Appeal, by: Customer, way: Way) -> bool:
    """Write it into the history, once for each way; whether it was new."""
    if appeal.customer_id != by.pk:
        raise NotAllowed(_("Only the person whose appeal it is can add papers to it."))
    locked = hold_appeal(appeal)
    if not locked.accepts_evidence:
        raise WrongState(_("No more papers can be added: a reviewer has already decided."))
    said = locked.events.filter(kind=EventKind.CANNOT_UPLOAD, details__way=way.value)
    if said.exists():
        return False
    record(locked, EventKind.CANNOT_UPLOAD, by, way=way.value)
    return True


def open_request_of(appeal: Appeal) -> DocumentRequest | None:
    return DocumentRequest.objects.filter(appeal=appeal, answered_at__isnull=True).first()


def kinds_by_post(appeal: Appeal, asked: DocumentRequest | None) -> list[DocumentKind]:
    """What a paper for this appeal can be: what a reviewer asked for, then what helps."""
    grounds = list(appeal.grounds.select_related("decision_reason"))
    return kinds_to_offer(grounds, asked)


@transaction.atomic
def receive_posted_paper(
    *, appeal: Appeal, file: "File[Any]", kind: str, by: Customer
) -> EvidenceDocument:
    """Keep the scan of a paper that came by post, as one the customer sent.

    `kind` is one of `kinds_by_post`, or empty for another paper. With the last kind that a
    reviewer asked for their question is answered.
    """
    if not works_on_appeals(by) or appeal.customer_id == by.pk:
        raise NotAllowed(_("You cannot add papers to this appeal."))
    asked = open_request_of(appeal)
    if kind and kind not in {one.key for one in kinds_by_post(appeal, asked)}:
        raise BadInput(_("Choose what the paper is."), field="kind")
    purpose = Purpose(kind=kind, request=asked)
    document = take_in(appeal=appeal, file=file, by=by, purpose=purpose)
    if asked is not None:
        answer_by_post(request=asked, by=by)
    return document
