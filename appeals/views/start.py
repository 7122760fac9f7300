"""The beginning of an appeal."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from appeals.access import get_decision
from appeals.actions.drafts import begun_appeal, start_appeal
from appeals.deadlines import appeal_window_end
from appeals.errors import AlreadyAppealed, NotAllowed, WrongState
from appeals.models import Appeal, LineDecision
from appeals.views.drafts import grounds_of, resume_page
from appeals.views.reasons import frozen_text
from appeals.views.requests import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def start(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say what an appeal takes and begin it; one begun before is carried on with."""
    decision = get_decision(request.user, reference)
    try:
        draft = _draft(request, decision)
    except (AlreadyAppealed, NotAllowed) as refusal:
        return _refuse(request, decision, refusal)
    if draft is not None:
        return redirect(resume_page(draft, grounds_of(draft)))
    window_end = appeal_window_end(decision.notice.created_at, request.user.zone)
    context = {
        "decision": decision,
        "notice_text": frozen_text(decision.notice),
        "window_end": window_end,
        "is_late": timezone.now() >= window_end,
    }
    return render(request, "appeals/start.html", context)


def _draft(request: SignedInRequest, decision: LineDecision) -> Appeal | None:
    if request.method == "POST":
        return start_appeal(decision=decision, by=request.user)
    return begun_appeal(decision=decision, by=request.user)


def _refuse(
    request: SignedInRequest, decision: LineDecision, refusal: WrongState | NotAllowed
) -> HttpResponse:
    context = {
        "decision": decision,
        "message": refusal.message,
        "appeal_reference": getattr(refusal, "reference", ""),
        "newer": getattr(decision, "overridden_by", None),
    }
    return render(request, "appeals/start_refused.html", context, status=409)
