"""Files in parts over tus 1.0 (tus.io): creation, expiration and termination beside the core.

The form at `evidence_upload` does the same for who has no script.
"""

import base64
import functools
from collections.abc import Callable, Iterator
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from appeals.access import get_appeal_to_act_in, get_own_upload
from appeals.actions.uploads import (
    Announced,
    PartElsewhere,
    TooBig,
    UploadEnded,
    append_part,
    begin_upload,
    finish_upload,
    refuse_ended,
    stop_upload,
)
from appeals.errors import AppealError, AppealNotFound, BadInput, NotAllowed, WrongState
from appeals.evidence.limits import MAX_FILE_BYTES, STEP_BYTES
from appeals.forms.evidence import PaperForm
from appeals.models import EvidenceUpload
from appeals.views.drafts import grounds_of
from appeals.views.requests import SignedInRequest
from appeals.views.uploads import discard, length_of
from portal.lib.problems import CONTENT_TYPE, problem

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination"
PART = "application/offset+octet-stream"
# What may be lost of a body that ends with a reset.
BLOCK_BYTES = 16 * 1024
# Who sends nothing for so long is in a tunnel, and a thread waits for somebody else.
SILENCE_SECONDS = 30
LONGEST_FINGERPRINT = 64
# Subclasses before their classes. A conflict is what a script may try again by itself.
STATUSES: tuple[tuple[type[AppealError], int], ...] = (
    (PartElsewhere, 409),
    (UploadEnded, 410),
    (TooBig, 413),
    (NotAllowed, 403),
    (BadInput, 400),
    (WrongState, 403),
)

View = Callable[..., HttpResponse]


def speaks_tus(view: View) -> View:
    """Answer as the protocol asks, and never with a page: 401 where a form is led to sign in.

    The CSRF check comes after ours: without a session there is no token either.
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @functools.wraps(view)
    def answer(request: HttpRequest, *args: object, **words: object) -> HttpResponse:
        response = _answer(protected, request, *args, **words)
        response["Tus-Resumable"] = VERSION
        response["Cache-Control"] = "no-store"
        return response

    return answer


def _answer(view: View, request: HttpRequest, *args: object, **words: object) -> HttpResponse:
    request.method = request.headers.get("X-HTTP-Method-Override", request.method or "").upper()
    if request.method == "OPTIONS":
        return _capabilities()
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    if request.headers.get("Tus-Resumable") != VERSION:
        return HttpResponse(status=412, headers={"Tus-Version": VERSION})
    try:
        return view(request, *args, **words)
    except AppealNotFound:
        raise
    except AppealError as error:
        discard(request)
        return _problem(error)


def _capabilities() -> HttpResponse:
    headers = {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(MAX_FILE_BYTES),
    }
    return HttpResponse(status=204, headers=headers)


def _problem(error: AppealError) -> JsonResponse:
    # What is none of these is a trouble of ours, and passes.
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), 503)
    body = problem(status, error.message, slug="bad-input" if status == 400 else "")
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


@speaks_tus
def uploads(request: SignedInRequest, reference: str) -> HttpResponse:
    """Announce a file of an appeal; `Location` says where its parts go."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST, OPTIONS"})
    appeal = get_appeal_to_act_in(request.user, reference)
    told = _metadata(request)
    asked = appeal.document_requests.filter(answered_at__isnull=True).first()
    form = PaperForm(told, grounds=grounds_of(appeal), asked=asked)
    file = Announced(
        name=told.get("filename", ""),
        length=_number(request, "Upload-Length"),
        fingerprint=told.get("fingerprint", "")[:LONGEST_FINGERPRINT],
    )
    upload = begin_upload(appeal=appeal, by=request.user, file=file, purpose=form.purpose())
    response = HttpResponse(status=201, headers=_headers(upload))
    response["Location"] = reverse("appeals:upload", args=[upload.public_id])
    return response


@speaks_tus
def upload(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Ask how much of a file is here, add to it, or stop it."""
    found = get_own_upload(request.user, public_id)
    verbs = {"HEAD": _tell, "PATCH": _append, "DELETE": _stop}
    verb = verbs.get(request.method or "")
    if verb is None:
        return HttpResponse(status=405, headers={"Allow": "HEAD, PATCH, DELETE, OPTIONS"})
    return verb(request, found)


def _tell(_request: SignedInRequest, upload: EvidenceUpload) -> HttpResponse:
    if upload.is_receiving and upload.is_whole:  # the process died that should have finished it
        upload = finish_upload(upload=upload)
    refuse_ended(upload)
    return HttpResponse(headers={"Upload-Length": str(upload.length), **_headers(upload)})


def _append(request: SignedInRequest, upload: EvidenceUpload) -> HttpResponse:
    if request.content_type != PART:
        return HttpResponse(status=415)
    offset = _number(request, "Upload-Offset")
    refuse_ended(upload)
    if offset != upload.offset:
        raise PartElsewhere
    length = length_of(request)
    if offset + length > upload.length:
        raise BadRequest("The part is longer than what is left of the file.")
    _do_not_wait_for_ever(request)
    upload = append_part(upload=upload, offset=offset, steps=_steps(request, length))
    return HttpResponse(status=204, headers=_headers(upload))


def _stop(_request: SignedInRequest, upload: EvidenceUpload) -> HttpResponse:
    stop_upload(upload=upload)
    return HttpResponse(status=204)


def _headers(upload: EvidenceUpload) -> dict[str, str]:
    return {
        "Upload-Offset": str(upload.offset),
        "Upload-Expires": http_date(upload.expires_at.timestamp()),
    }


def _number(request: HttpRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit()):
        raise BadRequest(f"{header} is missing or not a number.")
    return int(text)


def _metadata(request: HttpRequest) -> dict[str, str]:
    """What the browser says of the file: words, each with a value in base64."""
    told = {}
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        name, _space, value = pair.strip().partition(" ")
        try:
            told[name] = base64.b64decode(value, validate=True).decode()
        except ValueError:
            raise BadRequest("Upload-Metadata is not in base64.") from None
    return told


def _do_not_wait_for_ever(request: HttpRequest) -> None:
    socket = request.META.get("gunicorn.socket")
    if socket is not None:
        socket.settimeout(SILENCE_SECONDS)


def _steps(request: HttpRequest, left: int) -> Iterator[bytes]:
    """The body as it comes, in steps; when it is cut, what came before is the last one."""
    step = bytearray()
    while left:
        try:
            block = request.read(min(BLOCK_BYTES, left, STEP_BYTES - len(step)))
        except UnreadablePostError:
            break
        if not block:
            break
        step += block
        left -= len(block)
        if len(step) == STEP_BYTES:
            yield bytes(step)
            step.clear()
    if step:
        yield bytes(step)
