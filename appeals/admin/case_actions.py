"""The buttons of a case beside its big form; each fetches, acts, and goes back to the page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from appeals.access import get_colleague
from appeals.actions.claims import claim_appeal, reassign_appeal, release_claim, renew_claim
from appeals.actions.conflicts import declare_conflict
from appeals.actions.outcomes import approve_outcome, send_back_outcome
from appeals.actions.passing_on import pass_on
from appeals.admin.case import case_or_404
from appeals.admin.forms import AmountField
from appeals.admin.people import desk_view, staff
from appeals.admin.places import after_case
from appeals.errors import AppealError, AppealNotFound, BadInput
from appeals.models import Appeal
from appeals.sentences import Terms, outcome_sentence
from appeals.states import OutcomeKind
from portal.models import Customer

CaseView = Callable[[HttpRequest, str], HttpResponse]


def says_why_not(view: CaseView) -> CaseView:
    """A refusal becomes a message on the case's page."""

    @wraps(view)
    def told(request: HttpRequest, reference: str) -> HttpResponse:
        try:
            return view(request, reference)
        except AppealError as error:
            messages.error(request, error.message)
            return redirect("desk:case", reference)

    return told


@desk_view
@require_POST
@says_why_not
def claim(request: HttpRequest, reference: str) -> HttpResponse:
    claim_appeal(appeal=case_or_404(request, reference), by=staff(request))
    return redirect("desk:case", reference)


@desk_view
@require_POST
@says_why_not
def release(request: HttpRequest, reference: str) -> HttpResponse:
    release_claim(appeal=case_or_404(request, reference), by=staff(request))
    messages.success(request, _("%(reference)s is back in its queue.") % {"reference": reference})
    return after_case(request, reference)


@desk_view
@require_POST
@says_why_not
def reassign(request: HttpRequest, reference: str) -> HttpResponse:
    appeal = case_or_404(request, reference)
    to = _chosen_colleague(request, appeal)
    reassign_appeal(appeal=appeal, by=staff(request), to=to)
    messages.success(request, _("%(name)s has this appeal now.") % {"name": to.name})
    return redirect("desk:case", reference)


@desk_view
@require_POST
@says_why_not
def hand_over(request: HttpRequest, reference: str) -> HttpResponse:
    """Pass on what one holds, with a note."""
    appeal = case_or_404(request, reference)
    to = _chosen_colleague(request, appeal)
    pass_on(appeal=appeal, by=staff(request), to=to, note=request.POST.get("note", ""))
    words = {"reference": reference, "name": to.name}
    messages.success(request, _("%(reference)s is kept for %(name)s, with your note.") % words)
    return after_case(request, reference)


@desk_view
@require_POST
@says_why_not
def recuse(request: HttpRequest, reference: str) -> HttpResponse:
    """Declare one's own conflict of interest: with the customer, or with this case only."""
    appeal, person = case_or_404(request, reference), staff(request)
    is_one_case = request.POST.get("about") == "appeal"
    declare_conflict(
        person=person,
        about=appeal if is_one_case else appeal.customer,
        because=request.POST.get("because", ""),
        by=person,
    )
    messages.success(
        request,
        _("Your conflict of interest is written down. %(reference)s is for a colleague now.")
        % {"reference": reference},
    )
    return after_case(request, reference)


@desk_view
@require_POST
@says_why_not
def approve(request: HttpRequest, reference: str) -> HttpResponse:
    approve_outcome(
        appeal=case_or_404(request, reference), by=staff(request), version=_version(request)
    )
    messages.success(
        request,
        _("%(reference)s is decided. We are telling the customer.") % {"reference": reference},
    )
    return after_case(request, reference)


@desk_view
@require_POST
@says_why_not
def send_back(request: HttpRequest, reference: str) -> HttpResponse:
    send_back_outcome(
        appeal=case_or_404(request, reference),
        by=staff(request),
        version=_version(request),
        note=request.POST.get("note", ""),
    )
    messages.success(
        request, _("%(reference)s is back with its reviewer.") % {"reference": reference}
    )
    return after_case(request, reference)


@desk_view
@require_POST
def renew(request: HttpRequest, reference: str) -> HttpResponse:
    """Asked for by the open page while somebody works on it."""
    until = renew_claim(appeal=case_or_404(request, reference), by=staff(request))
    return JsonResponse({"until": until.isoformat() if until else None})


@desk_view
@require_safe
def suggest(request: HttpRequest, reference: str) -> HttpResponse:
    """The sentence we suggest for an outcome, in the customer's language."""
    appeal = case_or_404(request, reference)
    language = appeal.customer.locale
    kind = request.GET.get("kind", "")
    if kind not in set(OutcomeKind):
        return JsonResponse({"text": ""})
    terms = Terms(
        _cleaned(AmountField(required=False, max_length=24), request.GET.get("new_limit", "")),
        _cleaned(forms.DateField(required=False), request.GET.get("until", "")),
        request.GET.get("bureau", "")[:80],
    )
    text = outcome_sentence(OutcomeKind(kind), appeal.decision, language, terms)
    return JsonResponse({"text": text})


def _cleaned(field: forms.Field, typed: str) -> Any:
    """What was typed so far; nothing while it is not a value yet."""
    try:
        return field.clean(typed)
    except ValidationError:
        return None


def _chosen_colleague(request: HttpRequest, appeal: Appeal) -> Customer:
    try:
        return get_colleague(appeal, request.POST.get("to", ""))
    except AppealNotFound as error:
        raise BadInput(_("Choose who should have this appeal."), field="to") from error


def _version(request: HttpRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() else 0
