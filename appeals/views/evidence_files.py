"""Showing and handing out papers: to their owner and to the reviewers of the case, recorded."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import IO, Concatenate, ParamSpec
from uuid import UUID

import structlog
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from appeals.access import get_case_evidence, get_evidence_to_read
from appeals.actions.evidence import open_evidence
from appeals.errors import AppealError, AppealNotFound
from appeals.evidence import storage
from appeals.evidence.limits import SITTING
from appeals.evidence.naming import download_name
from appeals.evidence.passes import is_good, make_pass
from appeals.evidence.pictures import open_page
from appeals.evidence.refusals import Refused
from appeals.evidence.sandbox import SandboxFailed
from appeals.models import EvidenceDocument
from appeals.views.requests import SignedInRequest
from portal.storage.errors import BrokenSeal, StorageAway

P = ParamSpec("P")

logger = structlog.get_logger(__name__)

# A stranger's file can do nothing with our pages, and other sites nothing with the file.
ALONE = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
# The page with the pictures: no script, no form, no frame; our style and our pictures only.
VIEWER = {
    **ALONE,
    "Content-Security-Policy": (
        "sandbox allow-same-origin allow-downloads; default-src 'none'; img-src 'self'; "
        "style-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'; "
        "frame-ancestors 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
}


class PaperClosed(AppealError):
    """It is kept, but cannot be shown."""


View = Callable[Concatenate[SignedInRequest, P], HttpResponseBase]


def says_when_closed(view: View[P]) -> View[P]:
    """Answer with a page that says why a paper cannot be shown."""

    @functools.wraps(view)
    def answer(
        request: SignedInRequest, /, *arguments: P.args, **more: P.kwargs
    ) -> HttpResponseBase:
        try:
            return view(request, *arguments, **more)
        except PaperClosed as error:
            context = {"message": error.message}
            return render(request, "appeals/paper_closed.html", context, status=409)

    return answer


def _for_reader(request: SignedInRequest, public_id: UUID) -> tuple[EvidenceDocument, bool]:
    """The paper, and whether the reader is its owner; anybody else's opening is recorded."""
    try:
        document = get_evidence_to_read(request.user, public_id)
    except AppealNotFound:
        document = get_case_evidence(request.user, public_id)
    if document.appeal.customer_id == request.user.pk:
        return document, True
    open_evidence(document=document, by=request.user)
    return document, False


@require_GET
@login_required
def open_paper(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """Show the paper as pictures of its pages."""
    document, is_own = _for_reader(request, public_id)
    context = {
        "document": document,
        "is_own": is_own,
        "pages": range(1, (document.pages or 1) + 1),
        "minutes": int(SITTING.total_seconds() // 60),
    }
    return _with(render(request, "appeals/viewer.html", context), VIEWER)


@require_GET
@login_required
@says_when_closed
def page(request: SignedInRequest, public_id: UUID, number: int) -> HttpResponseBase:
    document, _is_own = _for_reader(request, public_id)
    if not _has_pass(request, document):
        return _ended(request, document)
    if not 1 <= number <= (document.pages or 1):
        raise AppealNotFound(_("We could not find this page."))
    with _said_plainly(document):
        try:
            picture, media_type = open_page(document, number)
        except (Refused, SandboxFailed):
            message = _("This page cannot be shown here. Download the file to read it.")
            raise PaperClosed(message) from None
    return _with(FileResponse(picture, content_type=media_type), ALONE)


@require_GET
@login_required
@says_when_closed
def download(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    document, _is_own = _for_reader(request, public_id)
    if not _has_pass(request, document):
        return _ended(request, document)
    response = FileResponse(
        _stored(document),
        as_attachment=True,
        filename=download_name(document.original_name, document.media_type),
        content_type=document.media_type,
    )
    return _with(response, ALONE)


@require_GET
@login_required
def fresh_pass(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """A new pass for a page that has been open longer than its first one lasted."""
    document, _is_own = _for_reader(request, public_id)
    return _with(JsonResponse({"pass": make_pass(document.public_id, request.user.pk)}), ALONE)


def _has_pass(request: SignedInRequest, document: EvidenceDocument) -> bool:
    return is_good(request.GET.get("pass", ""), document.public_id, request.user.pk)


def _ended(request: SignedInRequest, document: EvidenceDocument) -> HttpResponseBase:
    """Say that the link has ended, and give a fresh one: this person may still see the paper."""
    context = {"document": document, "minutes": int(SITTING.total_seconds() // 60)}
    page = render(request, "appeals/link_ended.html", context, status=410)
    page["Cache-Control"] = ALONE["Cache-Control"]
    return page


def _stored(document: EvidenceDocument) -> IO[bytes]:
    with _said_plainly(document):
        return storage.open_stored(document.stored_name)


@contextlib.contextmanager
def _said_plainly(document: EvidenceDocument) -> Iterator[None]:
    """A file that is gone does not exist; one that is not what we kept is never shown."""
    try:
        yield
    except FileNotFoundError:
        raise AppealNotFound(_("We could not find this page.")) from None
    except StorageAway:
        message = _("We cannot reach this paper just now. Please try again in a few minutes.")
        raise PaperClosed(message) from None
    except BrokenSeal as error:
        logger.error("evidence file is broken", document=str(document.public_id), error=str(error))
        message = _(
            "This paper is not as we stored it, so we do not show it. We are looking into it."
        )
        raise PaperClosed(message) from None


def _with(response: HttpResponseBase, headers: dict[str, str]) -> HttpResponseBase:
    for name, value in headers.items():
        response[name] = value
    return response
