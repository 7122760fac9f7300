"""The case on one screen, and its one big form: the findings and the outcome."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appeals.access import get_case, sees_all_queues
from appeals.actions.claims import LEASE, WORTH_RENEWING, claim_next, renew_claim
from appeals.actions.findings import SavedElsewhere, save_draft
from appeals.actions.notes import see_mentions
from appeals.actions.outcomes import propose_outcome
from appeals.actions.suggestions import keep_suggestions
from appeals.admin.case_answer import form_context
from appeals.admin.case_data import CasePage, load_case
from appeals.admin.case_difference import difference_of
from appeals.admin.case_where import load_where
from appeals.admin.forms import ReviewForm
from appeals.admin.frame import frame
from appeals.admin.people import desk_view, staff
from appeals.admin.places import after_case, place_of
from appeals.errors import AppealError, AppealNotFound, BadInput, HeldByAnother
from appeals.incident_scope import gathering_of
from appeals.models import Appeal, Outcome

BAD_REQUEST, CONFLICT = 400, 409
DECIDING = {"decide", "decide_next"}


def case_or_404(request: HttpRequest, reference: str) -> Appeal:
    """The appeal if this person may see it; otherwise it does not exist."""
    try:
        return get_case(staff(request), reference)
    except AppealNotFound as error:
        raise Http404(error.message) from error


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def show_case(request: HttpRequest, reference: str) -> HttpResponse:
    appeal = case_or_404(request, reference)
    if request.method == "POST":
        return _save_or_decide(request, appeal)
    now = timezone.now()
    page = load_case(appeal, staff(request), now)
    # A page looked at twice in a minute costs neither a look nor a write.
    if page.claim and page.is_mine and now + LEASE - page.claim.until >= WORTH_RENEWING:
        page.claim.until = renew_claim(appeal=appeal, by=page.viewer) or page.claim.until
    if page.is_mine and page.alike.made:
        page = page.with_suggestions(
            keep_suggestions(appeal=appeal, by=page.viewer, made=page.alike.made)
        )
    if page.talk.has_new:
        see_mentions(appeal=appeal, person=page.viewer)
    return _render(request, page)


def _save_or_decide(request: HttpRequest, appeal: Appeal) -> HttpResponse:
    page = load_case(appeal, staff(request), timezone.now())
    form = ReviewForm(page, request.POST)
    if not form.is_valid():
        return _render(request, page, form, status=BAD_REQUEST, version=request.POST.get("version"))
    try:
        _save(page, form)
        outcome = _decide(page, form) if request.POST.get("do") in DECIDING else None
    except (SavedElsewhere, HeldByAnother) as error:
        form.add_error(None, error.message)
        fresh = load_case(case_or_404(request, appeal.reference), staff(request), timezone.now())
        return _render(request, fresh, form, status=CONFLICT)
    except AppealError as error:
        field = error.field if isinstance(error, BadInput) else ""
        form.add_error(field if field in form.fields else None, error.message)
        return _render(request, page, form, status=BAD_REQUEST)
    return _go_on(request, appeal, outcome)


def _save(page: CasePage, form: ReviewForm) -> None:
    save_draft(
        appeal=page.appeal,
        by=page.viewer,
        version=form.cleaned_data["version"],
        findings=form.rulings(),
        unfinished=form.unfinished(),
    )


def _decide(page: CasePage, form: ReviewForm) -> Outcome:
    if not form.cleaned_data["kind"]:
        raise BadInput(_("Choose an outcome."), field="kind")
    return propose_outcome(
        appeal=page.appeal, by=page.viewer, version=page.appeal.version, answer=form.answer()
    )


def _go_on(request: HttpRequest, appeal: Appeal, outcome: Outcome | None) -> HttpResponse:
    _say_what_happened(request, appeal, outcome)
    if outcome is None:
        return redirect("desk:case", appeal.reference)
    if request.POST.get("do") == "decide_next":
        return _to_next(request)
    return after_case(request, appeal.reference)


def _say_what_happened(request: HttpRequest, appeal: Appeal, outcome: Outcome | None) -> None:
    words = {"reference": appeal.reference}
    if outcome is None:
        messages.success(request, _("Draft saved."))
    elif outcome.needs_approval:
        messages.success(request, _("%(reference)s now waits for a second person.") % words)
    else:
        messages.success(
            request, _("%(reference)s is decided. We are telling the customer.") % words
        )


def _to_next(request: HttpRequest) -> HttpResponse:
    """The next case, claimed; what was decided stays decided if none can be had."""
    try:
        following = claim_next(by=staff(request))
    except AppealError as error:
        messages.error(request, error.message)
        return redirect("admin:index")
    if following is None:
        messages.info(request, _("Nothing waits in your queues. Well done."))
        return redirect("admin:index")
    return redirect("desk:case", following.reference)


def _render(
    request: HttpRequest,
    page: CasePage,
    form: ReviewForm | None = None,
    *,
    status: int = 200,
    version: str | None = None,
) -> TemplateResponse:
    # What was typed stays on the page even when the case is no longer theirs.
    shows_form = page.is_mine or form is not None
    if shows_form:
        parts = form_context(page, form, is_conflict=status == CONFLICT)
    else:
        parts = {"difference": difference_of(page)}
    context = {
        **frame(),
        "title": page.appeal.reference,
        "page": page,
        "appeal": page.appeal,
        "decision": page.decision,
        "place": place_of(request, page.appeal),
        "where": load_where(page.appeal, page.viewer),
        "gathered": gathering_of(page.appeal.pk),
        "sees_incidents": sees_all_queues(page.viewer),
        # A page that could not be saved stays as old as it is, or it would overwrite a newer one.
        "version": version or page.appeal.version,
        "shows_form": shows_form,
        **parts,
    }
    return TemplateResponse(request, "appeals/desk/case.html", context, status=status)
