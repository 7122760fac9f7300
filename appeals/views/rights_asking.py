"""The rights that ask one thing: a view, a complaint, help with payments, a question."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from appeals.access import get_decision
from appeals.actions.request_checks import Asked, TooManyRequests
from appeals.actions.requests_by_customer import make_request
from appeals.errors import AppealNotFound
from appeals.forms.rights import PaymentHelpForm, TokenForm, WordsForm
from appeals.models import LineDecision, RequestKind
from appeals.rights import Rights, rights_of
from appeals.views.drafts import posted
from appeals.views.reasons import frozen_text
from appeals.views.requests import SignedInRequest
from appeals.views.rights import helpers
from appeals.views.rights_words import PAGES, SLUGS


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def ask(request: SignedInRequest, reference: str, kind: str) -> HttpResponse:
    """Ask the one question; a POST sends it."""
    wanted = SLUGS.get(kind)
    decision = decision_with(request, reference, wanted)
    assert wanted is not None
    form = _form(request, wanted)
    if form.is_valid():
        given = {name: form.cleaned_data.get(name, "") for name in ("text", "situation")}
        asked = Asked(kind=wanted, token=form.key(), **given)
        if answer := sent(request, form, asked, decision):
            return answer
    rights = rights_with(request, decision)
    return show_form(
        request,
        "appeals/rights/ask.html",
        decision,
        form,
        words=PAGES[wanted],
        kind=wanted,
        helpers=helpers(rights.bodies(wanted)),
    )


def decision_with(
    request: SignedInRequest, reference: str, kind: RequestKind | None
) -> LineDecision:
    """The customer's decision, if this can be asked about it where they live."""
    decision = get_decision(request.user, reference)
    decision.customer = request.user
    if kind is None or not rights_with(request, decision).has(kind):
        raise AppealNotFound(_("We could not find this page."))
    return decision


def rights_with(request: SignedInRequest, decision: LineDecision) -> Rights:
    return rights_of(decision, frozen_text(decision.notice), timezone.now())


def sent(
    request: SignedInRequest, form: TokenForm, asked: Asked, decision: LineDecision | None
) -> HttpResponse | None:
    """Send it and go to its receipt; too many is said on the form, and nothing typed is lost."""
    try:
        made = make_request(asked=asked, by=request.user, decision=decision)
    except TooManyRequests as refusal:
        form.add_error(None, refusal.message)
        return None
    return redirect("appeals:received", made.reference)


def show_form(
    request: SignedInRequest,
    template: str,
    decision: LineDecision,
    form: TokenForm,
    **context: Any,
) -> HttpResponse:
    context |= {
        "decision": decision,
        "notice_text": frozen_text(decision.notice),
        "form": form,
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _form(request: SignedInRequest, kind: RequestKind) -> TokenForm:
    if kind == RequestKind.PAYMENT_HELP:
        return PaymentHelpForm(posted(request))
    return WordsForm(posted(request), kind=kind)
