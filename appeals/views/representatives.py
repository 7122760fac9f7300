"""Somebody on my behalf: naming them, seeing who it is, ending it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from appeals.access import get_appeal, get_representation
from appeals.actions.finished import ToldAlready, say_finished
from appeals.actions.representatives import NO_HELP, end_representation, name_representative
from appeals.errors import BadInput
from appeals.forms.representatives import HelperForm
from appeals.models import Appeal
from appeals.views.drafts import posted
from appeals.views.requests import SignedInRequest


def words_agreed(appeal: Appeal) -> str:
    """What the customer reads beside the tick, and what is kept as agreed to."""
    if appeal.is_draft:
        return _(
            "This person may read this appeal, our reasons and its papers, help me write it and "
            "add papers. Only I can send it. Once it is sent, they may answer for me. "
            "They see nothing else of mine. I can end this at any time."
        )
    return _(
        "This person may read this appeal and its papers, send papers and answer for me. "
        "They see nothing else of mine. I can end this at any time."
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def helper(request: SignedInRequest, reference: str) -> HttpResponse:
    """Who helps with this appeal; a POST names somebody."""
    appeal = get_appeal(request.user, reference)
    if appeal.state in NO_HELP:
        return redirect("appeals:appeal", appeal.reference)
    form = HelperForm(posted(request))
    if form.is_valid() and _is_named(request, appeal, form):
        messages.success(request, _("We have told them. You can end this at any time."))
        return redirect("appeals:helper", appeal.reference)
    context = {
        "appeal": appeal,
        "representative": appeal.representatives.standing().first(),
        "form": form,
        "words": words_agreed(appeal),
    }
    return render(request, "appeals/helper.html", context, status=422 if form.errors else 200)


def _is_named(request: SignedInRequest, appeal: Appeal, form: HelperForm) -> bool:
    try:
        name_representative(
            appeal=appeal, helper=form.helper(), words=words_agreed(appeal), by=request.user
        )
    except BadInput as error:
        form.add_error(error.field or None, error.message)
        return False
    return True


@require_POST
@login_required
def end(request: SignedInRequest, reference: str) -> HttpResponse:
    """The customer or the one who helps ends it."""
    representative = get_representation(request.user, reference)
    end_representation(representative=representative, by=request.user)
    if representative.appeal.customer_id != request.user.pk:
        messages.success(request, _("You no longer help with this appeal."))
        return redirect("appeals:appeals")
    messages.success(request, _("This person can no longer see your appeal."))
    return redirect("appeals:helper", reference)


@require_POST
@login_required
def finished(request: SignedInRequest, reference: str) -> HttpResponse:
    """The one who helps says that their part of the draft is done."""
    representative = get_representation(request.user, reference)
    name = representative.appeal.customer.name
    try:
        say_finished(representative=representative, by=request.user)
    except ToldAlready as error:
        messages.info(request, error.message)
    else:
        told = _("We have told %(name)s. You can still change things until it is sent.")
        messages.success(request, told % {"name": name})
    return redirect("appeals:check", reference)
