"""Following one's appeals, and taking one back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from appeals.access import (
    find_treatment,
    get_appeal,
    get_appeal_to_act_in,
    list_appeals,
    list_helped,
)
from appeals.actions.appeals import withdraw_appeal
from appeals.actions.finished import finished_at
from appeals.actions.representatives import NO_HELP
from appeals.actions.treatment import is_asked
from appeals.incident_scope import is_gathered
from appeals.views.drafts import grounds_of, resume_page
from appeals.views.headlines import with_line_words
from appeals.views.requests import SignedInRequest
from appeals.views.story import story_of

APPEALS_A_PAGE = 20


@require_safe
@never_cache
@login_required
def show_appeals(request: SignedInRequest) -> HttpResponse:
    rows = with_line_words(list_appeals(request.user)).annotate(
        decision_reference=F("decision__reference"),
        is_gathered=is_gathered(),
        finished_at=finished_at(),
    )
    page = Paginator(rows, APPEALS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "now": timezone.now(),
        "helped": list_helped(request.user).select_related("customer")[:APPEALS_A_PAGE],
    }
    return render(request, "appeals/appeals.html", context)


@require_safe
@never_cache
@login_required
def show_appeal(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show where it stands; a draft leads to where it can be carried on with."""
    appeal = get_appeal_to_act_in(request.user, reference)
    if appeal.is_draft:
        return redirect(resume_page(appeal, grounds_of(appeal)))
    is_own = appeal.customer_id == request.user.pk
    asks = is_own and is_asked(appeal)
    context = {
        "appeal": appeal,
        "is_own": is_own,
        "story": story_of(appeal),
        "asks_treatment": asks,
        "treatment": find_treatment(appeal) if asks else None,
        "can_name_helper": is_own and appeal.state not in NO_HELP,
        "representative": appeal.representatives.standing().first(),
    }
    return render(request, "appeals/appeal.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def withdraw(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask whether it is meant; a POST withdraws."""
    appeal = get_appeal(request.user, reference)
    if request.method == "POST":
        withdraw_appeal(appeal=appeal, by=request.user)
        messages.success(request, _("You have withdrawn your appeal."))
        return redirect("appeals:appeals")
    if not appeal.can_be_withdrawn:
        return redirect("appeals:appeal", appeal.reference)
    return render(request, "appeals/withdraw.html", {"appeal": appeal})
