"""Checking the answers, sending the appeal and the receipt for it."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from appeals import wizard
from appeals.access import get_appeal
from appeals.actions.appeals import Missing, is_late, missing_answers, submit_appeal
from appeals.actions.finished import last_finished
from appeals.clock_rules import promise_period
from appeals.deadlines import due_after
from appeals.errors import AlreadySent
from appeals.models import Appeal, EvidenceDocument, Ground
from appeals.routing import route
from appeals.states import EvidenceState
from appeals.views.drafts import draft_page, grounds_of, missing_page
from appeals.views.promises import promised
from appeals.views.reasons import grounds_in_words
from appeals.views.requests import SignedInRequest


@dataclass(frozen=True)
class MissingAnswer:
    """An answer the check page asks for, with the page that takes it."""

    kind: Missing
    title: str  # of the reason, where it is about one
    address: str


@draft_page
def check(request: SignedInRequest, appeal: Appeal) -> HttpResponse:
    """Show all answers; a POST sends them."""
    grounds = grounds_of(appeal)
    missing = missing_answers(appeal, grounds)
    if request.method == "POST" and not missing:
        # Who helps is refused there: only the customer sends.
        # The second of two taps has nothing left to do, and reads the same receipt.
        with contextlib.suppress(AlreadySent):
            submit_appeal(appeal=appeal, by=request.user)
        return redirect("appeals:receipt", appeal.reference)
    words = grounds_in_words(grounds, appeal.decision.notice)
    titles = {told.ground.pk: told.reason.title for told in words}
    context = {
        "appeal": appeal,
        "place": wizard.place(appeal, "check"),
        "grounds": words,
        "missing": [
            MissingAnswer(
                kind,
                titles[ground.pk] if ground else "",
                missing_page(appeal, kind, ground) + wizard.RETURNING,
            )
            for kind, ground in missing
        ],
        "documents": documents_of(appeal),
        "is_late": is_late(appeal),
        "finished": last_finished(appeal),
        "expected_at": None if missing else _expected(appeal, grounds),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "appeals/check.html", context, status=status)


def _expected(appeal: Appeal, grounds: Sequence[Ground]) -> datetime:
    """The promise if it were sent now."""
    queue = route(appeal, grounds).queue
    return due_after(timezone.now(), promise_period(queue, appeal.customer))


def documents_of(appeal: Appeal) -> QuerySet[EvidenceDocument]:
    """The papers of an appeal, with who opened them; those taken back are left out."""
    rows = appeal.evidence.exclude(state=EvidenceState.REMOVED)
    return rows.select_related("ground__decision_reason").prefetch_related("openings__by")


@require_safe
@never_cache
@login_required
def receipt(request: SignedInRequest, reference: str) -> HttpResponse:
    appeal = get_appeal(request.user, reference)
    if appeal.is_draft:
        return redirect("appeals:check", appeal.reference)
    if appeal.submitted_at is None:
        return redirect("appeals:appeal", appeal.reference)
    context = {"appeal": appeal, "promised": promised(appeal, timezone.now())}
    return render(request, "appeals/receipt.html", context)
