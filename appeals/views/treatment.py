"""The buttons under our answer that ask whether the person felt treated fairly."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appeals.access import get_appeal
from appeals.actions.treatment import say_whether_fair
from appeals.errors import BadInput, NotAllowed
from appeals.views.requests import SignedInRequest

ANSWERS = {"yes": True, "no": False}


@require_POST
@login_required
def say_fair(request: SignedInRequest, reference: str) -> HttpResponse:
    """Keep the answer and go back to the appeal it is about."""
    appeal = get_appeal(request.user, reference)
    back = f"{reverse('appeals:appeal', args=[appeal.reference])}#treatment"
    given = ANSWERS.get(request.POST.get("fair", ""))
    if given is None:
        return redirect(back)
    try:
        say_whether_fair(
            appeal=appeal, by=request.user, is_fair=given, words=request.POST.get("words", "")
        )
        messages.success(request, _("Thank you. Your answer is kept."))
    except (BadInput, NotAllowed) as error:
        messages.error(request, error.message)
    return redirect(back)
