"""Answering a reviewer who asked for documents, or a question."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from appeals.access import get_appeal_to_act_in
from appeals.actions.document_requests import answer_document_request
from appeals.forms.answers import AnswerForm
from appeals.models import Appeal, DocumentRequest
from appeals.states import AppealState, EvidenceState
from appeals.views.drafts import posted
from appeals.views.requests import SignedInRequest
from appeals.views.sending import documents_of
from appeals.views.story import request_in_words


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def answer(request: SignedInRequest, reference: str) -> HttpResponse:
    """Take documents and words; a POST gives the case back to the reviewers."""
    appeal = get_appeal_to_act_in(request.user, reference)
    asked = _open_request(appeal)
    if asked is None:
        messages.info(request, _nothing_needed(appeal))
        return redirect("appeals:appeal", appeal.reference)
    documents = list(documents_of(appeal))
    sent = [document for document in documents if document.request_id == asked.pk]
    has_documents = any(document.state != EvidenceState.REFUSED for document in sent)
    form = AnswerForm(posted(request), has_documents=has_documents, is_question=not asked.kinds)
    if form.is_valid():
        answer_document_request(request=asked, answer=form.words(), by=request.user)
        messages.success(request, _("Thank you. A reviewer has your answer now."))
        return redirect("appeals:appeal", appeal.reference)
    context = {
        "appeal": appeal,
        "asked": request_in_words(asked),
        "documents": documents,
        "sent": sent,
        "form": form,
        "is_question": not asked.kinds,
    }
    return render(request, "appeals/answer.html", context, status=422 if form.errors else 200)


def _nothing_needed(appeal: Appeal) -> str:
    last = appeal.document_requests.last()
    if last is not None and last.is_called_off:
        return _("We do not need this any more. You need not answer.")
    return _("Nothing more is needed from you. A reviewer has your answer.")


def _open_request(appeal: Appeal) -> DocumentRequest | None:
    if appeal.state != AppealState.WAITING:
        return None
    return appeal.document_requests.filter(answered_at__isnull=True).first()
