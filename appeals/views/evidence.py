"""The customer's papers: the step of the appeal, adding, mending and taking back."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from appeals import wizard
from appeals.access import (
    get_appeal,
    get_appeal_to_act_in,
    get_own_evidence,
    get_own_upload,
)
from appeals.actions.evidence import (
    AlreadyReceived,
    Purpose,
    label_evidence,
    receive_evidence,
    remove_evidence,
)
from appeals.actions.held_papers import use_held_paper
from appeals.actions.uploads import stop_upload
from appeals.errors import AppealError, AppealNotFound
from appeals.evidence.naming import clean_name
from appeals.evidence.refusals import Refusal
from appeals.evidence.suggestions import suggest
from appeals.evidence.wording import refusal_text
from appeals.forms.evidence import PaperForm
from appeals.models import Appeal, DocumentRequest, EvidenceDocument
from appeals.views.drafts import grounds_of, is_returning, ranks_of
from appeals.views.requests import SignedInRequest
from appeals.views.sending import documents_of
from appeals.views.uploads import UploadRequest, receives_files, wants_json
from portal.lib.problems import CONTENT_TYPE, problem


@dataclass(frozen=True)
class Trouble:
    """A file that was not taken, and why."""

    name: str
    text: str
    status: int = 400


@require_safe
@never_cache
@login_required
def documents(request: SignedInRequest, reference: str) -> HttpResponse:
    """The papers step of a draft; later, the page on which papers are added."""
    appeal = get_appeal_to_act_in(request.user, reference)
    grounds = grounds_of(appeal)
    context: dict[str, Any] = {
        "appeal": appeal,
        "documents": list(documents_of(appeal)),
        "suggestions": suggest(grounds),
        "asked": _open_request(appeal),
        "removable": appeal.is_draft and appeal.customer_id == request.user.pk,
    }
    if appeal.is_draft:
        context["place"] = wizard.place(
            appeal, "documents", ranks=ranks_of(grounds), is_returning=is_returning(request)
        )
    return render(request, "appeals/documents.html", context)


def refuse_upload(request: HttpRequest, reference: str, error: AppealError) -> HttpResponse:
    """Say why nothing was read; what was there before is still there."""
    if wants_json(request):
        return _problem(400, error.message)
    messages.error(request, error.message)
    return redirect("appeals:documents", reference)


@require_POST
@receives_files(refuse_upload)
def upload(request: UploadRequest, appeal: Appeal) -> HttpResponse:
    """Take the files one by one: what is wrong with one of them does not touch the others."""
    purpose = _purpose(request, appeal)
    received: list[EvidenceDocument] = []
    troubles = [
        Trouble(clean_name(name), refusal_text(Refusal.TOO_BIG), 413) for name in request.oversized
    ]
    for file in request.FILES.getlist("files"):
        try:
            received.append(_receive(appeal, file, request, purpose))
        except AppealError as error:
            troubles.append(Trouble(clean_name(file.name or ""), error.message))
    if not received and not troubles:
        troubles.append(Trouble("", _("Choose at least one file.")))
    if wants_json(request):
        return _as_json(received, troubles)
    return _as_page(request, appeal, received, troubles)


def _purpose(request: UploadRequest, appeal: Appeal) -> Purpose:
    # While a reviewer waits for papers, whatever arrives is part of the answer.
    asked = _open_request(appeal)
    return PaperForm(request.POST, grounds=grounds_of(appeal), asked=asked).purpose()


def _open_request(appeal: Appeal) -> DocumentRequest | None:
    return appeal.document_requests.filter(answered_at__isnull=True).first()


def _receive(
    appeal: Appeal, file: UploadedFile, request: UploadRequest, purpose: Purpose
) -> EvidenceDocument:
    try:
        return receive_evidence(appeal=appeal, file=file, by=request.user, purpose=purpose)
    except AlreadyReceived as error:
        if wants_json(request):  # an answer was lost on the way and the script asked again
            return error.document
        raise


def _as_json(received: list[EvidenceDocument], troubles: list[Trouble]) -> HttpResponse:
    refused = [{"name": each.name, "detail": each.text} for each in troubles]
    if troubles and not received:
        return _problem(troubles[0].status, troubles[0].text, refused=refused)
    body = {
        "received": [{"id": str(row.public_id), "name": row.original_name} for row in received],
        "refused": refused,
    }
    return JsonResponse(body, status=201)


def _problem(status: int, detail: str, **more: Any) -> JsonResponse:
    body = problem(status, detail, slug="bad-input", **more)
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def _as_page(
    request: UploadRequest,
    appeal: Appeal,
    received: list[EvidenceDocument],
    troubles: list[Trouble],
) -> HttpResponseRedirect:
    if received:
        count = len(received)
        text = ngettext("We have received %d file.", "We have received %d files.", count) % count
        messages.success(request, text)
    for each in troubles:
        messages.error(request, f"{each.name}: {each.text}" if each.name else each.text)
    return redirect(_way_back(request, appeal))


def _way_back(request: HttpRequest, appeal: Appeal) -> str:
    """The page the form was on, if it is one of ours."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else reverse("appeals:documents", args=[appeal.reference])


@require_POST
@login_required
def use_held(request: SignedInRequest, reference: str) -> HttpResponse:
    """Let a paper that was sent before join this appeal."""
    appeal = get_appeal(request.user, reference)
    paper = get_own_evidence(request.user, _public_id(request.POST.get("paper", "")))
    purpose = Purpose(kind=paper.kind, request=_open_request(appeal))
    use_held_paper(appeal=appeal, paper=paper, by=request.user, purpose=purpose)
    messages.success(request, _("We use “%(name)s” again.") % {"name": paper.original_name})
    return redirect(_way_back(request, appeal))


def _public_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise AppealNotFound(_("We could not find this page.")) from None


@require_POST
@login_required
def label(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    document = get_own_evidence(request.user, public_id)
    form = PaperForm(request.POST, grounds=grounds_of(document.appeal))
    label_evidence(document=document, by=request.user, purpose=form.purpose())
    messages.success(request, _("Saved."))
    return redirect(_way_back(request, document.appeal))


@require_POST
@login_required
def remove(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    document = get_own_evidence(request.user, public_id)
    name = document.original_name
    remove_evidence(document=document, by=request.user)
    messages.success(request, _("We have deleted “%(name)s”.") % {"name": name})
    return redirect(_way_back(request, document.appeal))


@require_POST
@login_required
def stop(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Forget a file that did not arrive; the form for who has no script, or comes back later."""
    upload = get_own_upload(request.user, public_id)
    stop_upload(upload=upload)
    return redirect(_way_back(request, upload.appeal))
