"""The buttons under a reason that ask whether it was clear."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appeals.access import get_decision
from appeals.actions.clarity import say_whether_clear
from appeals.errors import BadInput
from appeals.views.requests import SignedInRequest

ANSWERS = {"yes": True, "no": False}


@require_POST
@login_required
def say_clear(request: SignedInRequest, reference: str, rank: int) -> HttpResponse:
    """Keep the answer and go back to the reason it is about."""
    decision = get_decision(request.user, reference)
    back = f"{reverse('appeals:decision', args=[decision.reference])}#reason-{rank}"
    given = ANSWERS.get(request.POST.get("clear", ""))
    if given is None:
        return redirect(back)
    try:
        say_whether_clear(
            decision=decision,
            rank=rank,
            by=request.user,
            is_clear=given,
            words=request.POST.get("words", ""),
        )
        messages.success(request, _("Thank you. Your answer is kept."))
    except BadInput as error:
        messages.error(request, error.message)
    return redirect(back)
