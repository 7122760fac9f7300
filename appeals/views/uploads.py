"""Receiving files within limits: what is too much is refused before, or while, it is read."""

import functools
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFilesSent,
)
from django.core.files.uploadhandler import SkipFile
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from appeals.access import get_appeal_to_act_in
from appeals.errors import AppealError, BadInput, WrongState
from appeals.evidence.limits import (
    FORM_BYTES,
    MAX_APPEAL_BYTES,
    MAX_DISCARDED_BYTES,
    MAX_FILE_BYTES,
)
from appeals.models import Appeal
from appeals.views.requests import SignedInRequest
from portal.lib.upload_handlers import NamelessUploadHandler

PIECE_BYTES = 64 * 1024


class UploadRequest(SignedInRequest):
    """A request whose files have been read; those that were too big are here by name only."""

    oversized: list[str]


class BoundedUploadHandler(NamelessUploadHandler):
    """Not a byte of a file beyond the limit."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.oversized: list[str] = []
        self.seen = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.seen += len(raw_data)
        if self.seen > MAX_FILE_BYTES:
            self.oversized.append(self.file_name or "")
            raise SkipFile
        super().receive_data_chunk(raw_data, start)


UploadView = Callable[[UploadRequest, Appeal], HttpResponse]
Refusal = Callable[[HttpRequest, str, AppealError], HttpResponse]


def receives_files(
    refuse: Refusal,
) -> Callable[[UploadView], Callable[[HttpRequest, str], HttpResponse]]:
    """Fetch the appeal and read the files for a view; `refuse` answers when that cannot be done.

    The CSRF check reads the whole body, so it comes after ours, not before.
    """

    def decorate(view: UploadView) -> Callable[[HttpRequest, str], HttpResponse]:
        protected = csrf_protect(view)

        @csrf_exempt
        @functools.wraps(view)
        def receive(request: HttpRequest, reference: str) -> HttpResponse:
            if not request.user.is_authenticated:
                return _sign_in_again(request)
            appeal = get_appeal_to_act_in(request.user, reference)
            try:
                _check_before_reading(request, appeal)
                _read(request)
            except AppealError as error:
                return refuse(request, reference, error)
            return protected(cast(UploadRequest, request), appeal)

        return receive

    return decorate


def wants_json(request: HttpRequest) -> bool:
    """Whether our script asks, and not a form; a browser's form takes anything, HTML first."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _sign_in_again(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        return HttpResponse(status=401)
    return redirect_to_login(request.headers.get("Referer", "/"), settings.LOGIN_URL)


def _check_before_reading(request: HttpRequest, appeal: Appeal) -> None:
    if not appeal.accepts_evidence:
        discard(request)
        raise WrongState(_("No more papers can be added: a reviewer has already decided."))
    if length_of(request) > MAX_APPEAL_BYTES + FORM_BYTES:
        discard(request)
        raise BadInput(
            _("These files are bigger than 60 MB together. Send fewer of them, or smaller copies."),
            field="files",
        )


def length_of(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise BadRequest("Content-Length is not a number.") from None


def discard(request: HttpRequest) -> None:
    """Read and forget: a browser that is cut off while it sends shows an error of its own."""
    left = min(length_of(request), MAX_DISCARDED_BYTES)
    try:
        while left > 0 and (piece := request.read(min(PIECE_BYTES, left))):
            left -= len(piece)
    except UnreadablePostError:
        return


def _read(request: HttpRequest) -> None:
    handler = BoundedUploadHandler(request)
    request.upload_handlers = [handler]
    try:
        request.POST  # noqa: B018 - reads the body
    except TooManyFilesSent:
        raise BadInput(_("Choose at most 20 files at once."), field="files") from None
    except UnreadablePostError:
        raise AppealError(_("The connection was lost. Please send the files again.")) from None
    except (RequestDataTooBig, MultiPartParserError, SuspiciousOperation):
        raise BadInput(_("We could not read what was sent. Please try again.")) from None
    except OSError:  # the disk for what is on its way is full
        raise AppealError(
            _("We could not store this file just now. Please try again in a few minutes.")
        ) from None
    request.oversized = handler.oversized  # type: ignore[attr-defined]
