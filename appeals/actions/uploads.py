"""Files that come in parts: begun, continued, finished once, stopped, forgotten."""

import functools
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

import structlog
from django.core.files.base import File
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from appeals.access import acts_in
from appeals.actions.evidence import (
    AlreadyReceived,
    NoRoom,
    Purpose,
    hold_appeal,
    receive_evidence,
    refuse_too_much,
)
from appeals.errors import AppealError, BadInput, NotAllowed, WrongState
from appeals.evidence import parts
from appeals.evidence.arrival import look_at
from appeals.evidence.limits import (
    MAX_APPEAL_TRIES,
    MAX_FILE_BYTES,
    UPLOAD_MEMORY,
    UPLOAD_PATIENCE,
)
from appeals.evidence.naming import clean_name
from appeals.evidence.refusals import Refusal, Refused
from appeals.evidence.sniffing import HEAD_BYTES
from appeals.evidence.wording import refusal_text, words_of_refusal
from appeals.models import Appeal, EvidenceUpload
from appeals.states import UploadState
from portal.models import Customer

logger = structlog.get_logger(__name__)

# A file without a row that receives is what a process left that died between the two.
LONGEST_PART = timedelta(hours=1)


class TooBig(BadInput):
    """No file of this size is taken."""


class PartElsewhere(WrongState):
    """This part does not begin where the last one ended: another tab, or an answer was lost."""

    def __init__(self) -> None:
        super().__init__(_("Another part of this file has arrived meanwhile."))


class UploadEnded(WrongState):
    """Nothing more can be added to it."""

    def __init__(self) -> None:
        super().__init__(_("This file is not here any more. Please send it again."))


@dataclass(frozen=True)
class Announced:
    """What the browser says of a file before it sends it."""

    name: str
    length: int
    fingerprint: str = ""


def begin_upload(
    *, appeal: Appeal, by: Customer, file: Announced, purpose: Purpose
) -> EvidenceUpload:
    """Keep a place for a file; the same file again is the one that is on its way."""
    if not acts_in(by, appeal):
        raise NotAllowed(_("Only the person whose appeal it is can add papers to it."))
    if file.length <= 0:
        raise BadInput(refusal_text(Refusal.EMPTY), field="files")
    if file.length > MAX_FILE_BYTES:
        raise TooBig(refusal_text(Refusal.TOO_BIG), field="files")
    return _begin(appeal, by, file, purpose)


@transaction.atomic
def _begin(appeal: Appeal, by: Customer, file: Announced, purpose: Purpose) -> EvidenceUpload:
    locked = hold_appeal(appeal)
    if not locked.accepts_evidence:
        raise WrongState(_("No more papers can be added: a reviewer has already decided."))
    now = timezone.now()
    coming = locked.uploads.filter(state=UploadState.RECEIVING, expires_at__gt=now)
    if file.fingerprint:
        same = coming.filter(fingerprint=file.fingerprint, length=file.length).first()
        if same:
            return same
        # Its time is over, though the clock has not been there yet.
        _end(locked.uploads.filter(fingerprint=file.fingerprint), UploadState.EXPIRED)
    refuse_too_much(locked, file.length)
    if locked.uploads.exclude(state=UploadState.DONE).count() >= MAX_APPEAL_TRIES:
        raise NoRoom(
            _("Very many files were sent for this appeal. Please ask us for help."), field="files"
        )
    return EvidenceUpload.objects.create(
        appeal=locked,
        by=by,
        kind=purpose.kind,
        ground=purpose.ground,
        request=purpose.request,
        original_name=clean_name(file.name),
        fingerprint=file.fingerprint,
        length=file.length,
        created_at=now,
        expires_at=now + UPLOAD_PATIENCE,
    )


def append_part(*, upload: EvidenceUpload, offset: int, steps: Iterable[bytes]) -> EvidenceUpload:
    """Add what comes to what is there, step by step; each step that is done stays done."""
    for step in steps:
        if not offset:
            _look_at_beginning(upload, step)
        _append(upload, offset, step)
        offset += len(step)
    upload.refresh_from_db()
    if upload.is_whole:
        upload = finish_upload(upload=upload)
    if upload.state == UploadState.REFUSED:
        raise BadInput(words_of_refusal(upload.refusal), field="files")
    return upload


def _look_at_beginning(upload: EvidenceUpload, content: bytes) -> None:
    """Nobody should send 20 MB to learn that we cannot open them."""
    if len(content) < HEAD_BYTES:
        return
    try:
        look_at(io.BytesIO(content), upload.length)
    except Refused as refused:
        _end(_row_of(upload).filter(offset=0), UploadState.REFUSED, refusal=refused.code)
        raise BadInput(refusal_text(refused.code), field="files") from refused


def _append(upload: EvidenceUpload, offset: int, content: bytes) -> None:
    end = offset + len(content)
    now = timezone.now()
    ours = _row_of(upload).filter(
        state=UploadState.RECEIVING, offset=offset, length__gte=end, expires_at__gt=now
    )
    try:
        # The row is ours until the bytes lie on the disk, and only then does it count them.
        with transaction.atomic():
            if not ours.update(offset=end, expires_at=now + UPLOAD_PATIENCE):
                _say_why_not(upload)
            parts.write(upload.public_id, offset, content)
    except parts.PartsLost as error:
        logger.error("parts of an upload are gone", upload=str(upload.public_id))
        _end(_row_of(upload), UploadState.EXPIRED)
        raise UploadEnded from error
    except OSError as error:
        raise AppealError(
            _("We could not store this file just now. Please try again in a few minutes.")
        ) from error


def _say_why_not(upload: EvidenceUpload) -> NoReturn:
    upload.refresh_from_db()
    refuse_ended(upload)
    raise PartElsewhere


def refuse_ended(upload: EvidenceUpload) -> None:
    """Raise UploadEnded for a file of which nothing more is taken; one that is done is no such."""
    is_late = upload.is_receiving and upload.expires_at <= timezone.now()
    if is_late or upload.state not in {UploadState.RECEIVING, UploadState.DONE}:
        raise UploadEnded


@transaction.atomic
def finish_upload(*, upload: EvidenceUpload) -> EvidenceUpload:
    """Make a paper of a file that is whole, once; nothing happens to any other."""
    rows = EvidenceUpload.objects.select_for_update(no_key=True, of=("self",))
    locked = rows.select_related("appeal", "by", "ground", "request").get(pk=upload.pk)
    if not (locked.is_receiving and locked.is_whole):
        return locked
    # From here on its place in the appeal is the paper's.
    _end(_row_of(locked), UploadState.DONE)
    try:
        _receive(locked)
    except AlreadyReceived:
        logger.info("the file of an upload was there", upload=str(locked.public_id))
    except parts.PartsLost:
        logger.error("parts of an upload are gone", upload=str(locked.public_id))
        _row_of(locked).update(state=UploadState.REFUSED, refusal=Refusal.TECHNICAL)
    except (BadInput, WrongState, NotAllowed) as error:
        cause = error.__cause__
        refusal = cause.code if isinstance(cause, Refused) else error.message
        _row_of(locked).update(state=UploadState.REFUSED, refusal=refusal)
    locked.refresh_from_db()
    return locked


def _receive(upload: EvidenceUpload) -> None:
    purpose = Purpose(kind=upload.kind, ground=upload.ground, request=upload.request)
    with parts.open_whole(upload.public_id, upload.length) as content:
        file = File(content, name=upload.original_name)
        receive_evidence(appeal=upload.appeal, file=file, by=upload.by, purpose=purpose)


@transaction.atomic
def stop_upload(*, upload: EvidenceUpload) -> None:
    """Forget a file that is on its way, or one of which the customer has read what became."""
    _end(_row_of(upload), UploadState.STOPPED)
    _row_of(upload).exclude(state=UploadState.DONE).update(
        state=UploadState.STOPPED, original_name=""
    )


def _row_of(upload: EvidenceUpload) -> QuerySet[EvidenceUpload]:
    return EvidenceUpload.objects.filter(pk=upload.pk)


def _end(rows: QuerySet[EvidenceUpload], state: UploadState, *, refusal: str = "") -> int:
    """Move those that still receive to their end; what had come of them is deleted."""
    with transaction.atomic():
        ending = rows.filter(state=UploadState.RECEIVING).select_for_update(no_key=True)
        ended = dict(ending.values_list("pk", "public_id"))
        EvidenceUpload.objects.filter(pk__in=ended).update(
            state=state, refusal=refusal, ended_at=timezone.now()
        )
        for public_id in ended.values():
            transaction.on_commit(functools.partial(parts.erase, public_id))
    return len(ended)


# --- what the clock does ------------------------------------------------------------------------


def finish_whole_uploads() -> int:
    """Finish what was whole when the process died that should have."""
    rows = EvidenceUpload.objects.filter(state=UploadState.RECEIVING, offset=F("length"))
    whole = list(rows.select_related("by")[:100])
    for upload in whole:
        with translation.override(upload.by.locale):
            finish_upload(upload=upload)
    return len(whole)


def expire_uploads(now: datetime) -> int:
    """End what was not continued in time, and forget what ended long ago."""
    ended = EvidenceUpload.objects.exclude(state=UploadState.RECEIVING)
    ended.filter(ended_at__lt=now - UPLOAD_MEMORY).delete()
    rows = EvidenceUpload.objects.filter(expires_at__lte=now).exclude(offset=F("length"))
    return _end(rows, UploadState.EXPIRED)


def erase_lost_parts(now: datetime) -> int:
    """Delete files that no upload continues."""
    lying = set(parts.lying_since(now - LONGEST_PART))
    rows = EvidenceUpload.objects.filter(public_id__in=lying, state=UploadState.RECEIVING)
    lost = lying - set(rows.values_list("public_id", flat=True))
    for public_id in lost:
        parts.erase(public_id)
    return len(lost)
