"""What the pages of an unfinished appeal share: the way in, the way on and the reasons' words."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from appeals import wizard
from appeals.access import get_appeal_to_act_in
from appeals.actions.appeals import Missing, missing_answers
from appeals.models import Appeal, Ground
from appeals.states import AppealState
from appeals.views.requests import SignedInRequest

DraftView = Callable[..., HttpResponse]


def draft_page(view: DraftView) -> DraftView:
    """Fetch the draft for who may write it; one that was sent leads to where it can be followed."""

    @functools.wraps(view)
    def fetched(request: SignedInRequest, reference: str, **parts: Any) -> HttpResponse:
        appeal = get_appeal_to_act_in(request.user, reference)
        if appeal.is_draft:
            return view(request, appeal, **parts)
        if appeal.state == AppealState.WITHDRAWN:
            messages.warning(request, _("You withdrew this appeal, so it cannot be changed."))
        else:
            messages.warning(request, _("You have already sent this appeal. Here it is."))
        return redirect("appeals:appeal", appeal.reference)

    return require_http_methods(["GET", "HEAD", "POST"])(never_cache(login_required(fetched)))


def grounds_of(appeal: Appeal) -> list[Ground]:
    """What is disputed, heaviest reason first."""
    return list(appeal.grounds.select_related("decision_reason"))


def ranks_of(grounds: Sequence[Ground]) -> list[int]:
    return [ground.decision_reason.rank for ground in grounds]


def is_returning(request: SignedInRequest) -> bool:
    """Whether the page was opened from the check page, to change one answer."""
    return request.GET.get("return") == "check"


def missing_page(appeal: Appeal, missing: Missing, ground: Ground | None) -> str:
    """The address of the page that asks for a missing answer."""
    if ground is not None:
        return wizard.page(appeal, missing, ground.decision_reason.rank)
    return wizard.page(appeal, missing)


def resume_page(appeal: Appeal, grounds: Sequence[Ground]) -> str:
    """Where to go on with a draft: the first answer that is missing, else the check page."""
    for missing, ground in missing_answers(appeal, grounds):
        return missing_page(appeal, missing, ground)
    return wizard.page(appeal, "check")


def posted(request: SignedInRequest) -> QueryDict | None:
    """What the form was sent with, even when nothing was filled in."""
    return request.POST if request.method == "POST" else None


def leaves(request: SignedInRequest, form: Form) -> bool:
    """Whether the customer goes without having changed anything: there is nothing to mend."""
    return "later" in request.POST and not form.has_changed()


def go_on(request: SignedInRequest, address: str) -> HttpResponseRedirect:
    """After a saved answer: on, or out when the customer wants to finish later."""
    return leave(request) if "later" in request.POST else redirect(address)


def leave(request: SignedInRequest) -> HttpResponseRedirect:
    messages.success(request, _("Saved. You can come back and finish whenever you like."))
    return redirect("appeals:appeals")


def ask(
    request: SignedInRequest, template: str, appeal: Appeal, place: wizard.Place, **context: Any
) -> HttpResponse:
    """Show a question; one with errors is answered with 422, so that nothing takes it for saved."""
    form = context.get("form")
    status = 422 if form is not None and form.errors else 200
    return render(request, template, {"appeal": appeal, "place": place, **context}, status=status)
