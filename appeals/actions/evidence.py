"""Papers of an appeal: received, labelled, taken back, opened."""

from dataclasses import dataclass
from typing import IO, Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import acts_in
from appeals.actions.events import record
from appeals.errors import AppealError, BadInput, NotAllowed, WrongState
from appeals.evidence import storage
from appeals.evidence.arrival import look_at
from appeals.evidence.checking import erase_evidence
from appeals.evidence.limits import (
    MAX_APPEAL_BYTES,
    MAX_APPEAL_FILES,
    MAX_APPEAL_TRIES,
    SITTING,
)
from appeals.evidence.naming import clean_name
from appeals.evidence.refusals import Refused
from appeals.evidence.sniffing import MediaType
from appeals.evidence.wording import refusal_text
from appeals.evidence_tasks import check_evidence
from appeals.models import (
    Appeal,
    DocumentRequest,
    EventKind,
    EvidenceDocument,
    EvidenceOpening,
    Ground,
)
from appeals.models.evidence import KEPT
from appeals.states import EvidenceState, UploadState
from portal.models import Customer


class AlreadyReceived(BadInput):
    """The same bytes were sent in this appeal before; `document` is what was made of them."""

    def __init__(self, message: str, *, document: EvidenceDocument) -> None:
        super().__init__(message)
        self.document = document


class NoRoom(BadInput):
    """The appeal has as many papers as it can hold."""


@dataclass(frozen=True)
class Purpose:
    """What a paper is, and what it is meant to answer."""

    kind: str = ""  # catalogue document key; empty for "something else"
    ground: Ground | None = None
    request: DocumentRequest | None = None


def receive_evidence(
    *, appeal: Appeal, file: "File[Any]", by: Customer, purpose: Purpose
) -> EvidenceDocument:
    """Keep an uploaded file and have it checked; refuses what can be seen to be wrong at once."""
    if not acts_in(by, appeal):
        raise NotAllowed(_("Only the person whose appeal it is can add papers to it."))
    return take_in(appeal=appeal, file=file, by=by, purpose=purpose)


def take_in(
    *, appeal: Appeal, file: "File[Any]", by: Customer, purpose: Purpose
) -> EvidenceDocument:
    """`receive_evidence`, whoever brings the file: who may is asked by the action that calls."""
    media_type = _look_at(file)
    sha256 = storage.sha256_of(file)
    # The slow part comes before the lock; what turns out to be one too many is erased again.
    stored_name = _keep(file)
    try:
        return _write_down(
            appeal,
            purpose,
            by,
            original_name=clean_name(file.name or ""),
            stored_name=stored_name,
            size=file.size,
            media_type=media_type,
            sha256=sha256,
        )
    except AppealError:
        storage.erase(stored_name)
        raise


def _look_at(file: "File[Any]") -> MediaType:
    try:
        return look_at(file, file.size)
    except Refused as refused:
        raise BadInput(refusal_text(refused.code), field="files") from refused


def _keep(file: IO[bytes] | "File[Any]") -> str:
    try:
        return storage.keep(file)
    except OSError as error:
        raise AppealError(
            _("We could not store this file just now. Please try again in a few minutes.")
        ) from error


@transaction.atomic
def _write_down(appeal: Appeal, purpose: Purpose, by: Customer, **fields: Any) -> EvidenceDocument:
    locked = hold_appeal(appeal)
    if not locked.accepts_evidence:
        raise WrongState(_("No more papers can be added: a reviewer has already decided."))
    _refuse_second_copy(locked, fields["sha256"])
    refuse_too_much(locked, fields["size"])
    now = timezone.now()
    document = EvidenceDocument.objects.create(
        appeal=locked,
        kind=purpose.kind,
        ground=purpose.ground,
        request=purpose.request,
        uploaded_at=now,
        check_after=now,
        **fields,
    )
    if locked.is_draft:
        Appeal.objects.filter(pk=locked.pk).update(saved_at=now)
    # What customers do in their own draft is no history; what somebody does for them is.
    if not locked.is_draft or by.pk != locked.customer_id:
        came = EventKind.POSTED if by.is_staff else EventKind.EVIDENCE_ADDED
        record(locked, came, by, document=str(document.public_id))
    check_evidence.delay_on_commit(document.pk)
    return document


def hold_appeal(appeal: Appeal) -> Appeal:
    """Hold the appeal, so that two uploads at once cannot both take the last place."""
    return Appeal.objects.select_for_update(no_key=True).get(pk=appeal.pk)


def _refuse_second_copy(appeal: Appeal, sha256: str) -> None:
    first = appeal.evidence.filter(sha256=sha256, state__in=KEPT).first()
    if first:
        raise AlreadyReceived(
            _("You have sent this file already, as “%(name)s”. We keep it once.")
            % {"name": first.original_name},
            document=first,
        )


def refuse_too_much(appeal: Appeal, size: int) -> None:
    """Refuse a file that does not fit in; files on their way have their place already."""
    held = appeal.evidence.filter(state__in=KEPT).aggregate(files=Count("pk"), size=Sum("size"))
    coming = appeal.uploads.filter(state=UploadState.RECEIVING).aggregate(
        files=Count("pk"), size=Sum("length")
    )
    if held["files"] + coming["files"] >= MAX_APPEAL_FILES:
        raise NoRoom(
            _("You have sent 20 files, and an appeal can hold no more. You can remove some first.")
            if appeal.is_draft
            else _("You have sent 20 files, and an appeal can hold no more."),
            field="files",
        )
    if (held["size"] or 0) + (coming["size"] or 0) + size > MAX_APPEAL_BYTES:
        raise NoRoom(
            _("With this file your papers would be bigger than 60 MB. Send a smaller copy of it."),
            field="files",
        )
    if appeal.evidence.count() >= MAX_APPEAL_TRIES:
        raise NoRoom(
            _("Very many files were sent for this appeal. Please ask us for help."), field="files"
        )


@transaction.atomic
def label_evidence(
    *, document: EvidenceDocument, by: Customer, purpose: Purpose
) -> EvidenceDocument:
    """Say anew what kind of paper it is and which reason it answers."""
    _lock_own_draft(document, by)
    document.kind = purpose.kind
    document.ground = purpose.ground
    document.save(update_fields=["kind", "ground"])
    return document


@transaction.atomic
def remove_evidence(*, document: EvidenceDocument, by: Customer) -> EvidenceDocument:
    """Take a paper back out of an appeal that was not sent; its file is deleted for good."""
    _lock_own_draft(document, by)
    present = EvidenceDocument.objects.filter(pk=document.pk).exclude(state=EvidenceState.REMOVED)
    # From here on no check can give it another file, and its name has no more use.
    present.update(state=EvidenceState.REMOVED, original_name="")
    document.refresh_from_db()
    transaction.on_commit(lambda: erase_evidence(document))
    return document


def _lock_own_draft(document: EvidenceDocument, by: Customer) -> None:
    locked = hold_appeal(document.appeal)
    if locked.customer_id != by.pk:
        raise NotAllowed(_("Only the person whose appeal it is can change its papers."))
    if not locked.is_draft:
        raise WrongState(_("You have sent this appeal, so its papers can no longer be changed."))


@transaction.atomic
def open_evidence(*, document: EvidenceDocument, by: Customer) -> EvidenceOpening:
    """Record that somebody looks at another's paper; one sitting is one opening."""
    recent = document.openings.filter(by=by, at__gt=timezone.now() - SITTING)
    opening = recent.first()
    if opening is None:
        # Pictures of many pages are asked for at once: only the first of them writes.
        EvidenceDocument.objects.select_for_update(no_key=True).get(pk=document.pk)
        opening = recent.first() or document.openings.create(by=by, at=timezone.now())
    return opening
