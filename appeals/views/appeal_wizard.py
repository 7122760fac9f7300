"""Writing an appeal, one question a page; every answer is saved as it is given."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from appeals import wizard
from appeals.actions.appeals import is_late, needs_statement
from appeals.actions.drafts import (
    save_ground_statement,
    save_grounds,
    save_late_reason,
    save_statement,
    save_wish,
)
from appeals.deadlines import appeal_window_end
from appeals.errors import AppealNotFound
from appeals.forms.drafts import (
    GroundsForm,
    GroundStatementForm,
    LateReasonForm,
    StatementForm,
    WishForm,
)
from appeals.models import Appeal, Ground
from appeals.views.drafts import (
    ask,
    draft_page,
    go_on,
    grounds_of,
    is_returning,
    leave,
    leaves,
    posted,
    ranks_of,
    resume_page,
)
from appeals.views.reasons import grounds_in_words, in_words
from appeals.views.requests import SignedInRequest


@draft_page
def late(request: SignedInRequest, appeal: Appeal) -> HttpResponse:
    if not is_late(appeal):
        raise AppealNotFound(_("We could not find this page."))
    place = wizard.place(appeal, "reasons", is_returning=is_returning(request))
    form = LateReasonForm(posted(request), initial={"late_reason": appeal.late_reason})
    if leaves(request, form):
        return leave(request)
    if form.is_valid():
        save_late_reason(appeal=appeal, by=request.user, **form.cleaned_data)
        after = place.next if place.is_returning else wizard.page(appeal, "reasons")
        return go_on(request, after)
    window_end = appeal_window_end(appeal.decision.notice.created_at, appeal.customer.zone)
    return ask(request, "appeals/late.html", appeal, place, form=form, window_end=window_end)


@draft_page
def reasons(request: SignedInRequest, appeal: Appeal) -> HttpResponse:
    words = in_words(appeal.decision.reasons.all(), appeal.decision.notice)
    chosen = ranks_of(grounds_of(appeal))
    ranks = [reason.rank for reason in words]
    form = GroundsForm(posted(request), ranks=ranks, initial={"reasons": chosen})
    if leaves(request, form):
        return leave(request)
    if form.is_valid():
        disputed = form.cleaned_data["reasons"]
        grounds = save_grounds(appeal=appeal, ranks=disputed, by=request.user)
        return go_on(request, _after_reasons(request, appeal, grounds))
    if form.is_bound:
        chosen = [int(rank) for rank in request.POST.getlist("reasons") if rank.isdecimal()]
    place = wizard.place(appeal, "reasons", is_returning=is_returning(request))
    return ask(
        request, "appeals/reasons.html", appeal, place, form=form, reasons=words, chosen=chosen
    )


def _after_reasons(request: SignedInRequest, appeal: Appeal, grounds: list[Ground]) -> str:
    if not is_returning(request):
        return wizard.page(appeal, "reason", grounds[0].decision_reason.rank)
    unexplained = [ground for ground in grounds if needs_statement(ground) and not ground.statement]
    if unexplained:
        rank = unexplained[0].decision_reason.rank
        return wizard.page(appeal, "reason", rank) + wizard.RETURNING
    return wizard.page(appeal, "check")


@draft_page
def reason(request: SignedInRequest, appeal: Appeal, rank: int) -> HttpResponse:
    """Ask why one disputed reason is wrong."""
    grounds = grounds_of(appeal)
    ground = next((one for one in grounds if one.decision_reason.rank == rank), None)
    if ground is None:
        raise AppealNotFound(_("We could not find this page."))
    place = wizard.place(
        appeal,
        "reasons",
        ranks=ranks_of(grounds),
        rank=rank,
        is_returning=is_returning(request),
    )
    form = GroundStatementForm(
        posted(request),
        is_restricted=not needs_statement(ground),
        is_leaving="later" in request.POST,
        initial={"statement": ground.statement},
    )
    if leaves(request, form):
        return leave(request)
    if form.is_valid():
        save_ground_statement(ground=ground, by=request.user, **form.cleaned_data)
        return go_on(request, _after_reason(appeal, grounds, place))
    [words] = grounds_in_words([ground], appeal.decision.notice)
    return ask(request, "appeals/reason.html", appeal, place, form=form, words=words)


def _after_reason(appeal: Appeal, grounds: list[Ground], place: wizard.Place) -> str:
    """Back to the check page, unless another reason added there is still unexplained."""
    if not place.is_returning:
        return place.next
    address = resume_page(appeal, grounds)
    return address if address == place.next else address + wizard.RETURNING


@draft_page
def wish(request: SignedInRequest, appeal: Appeal) -> HttpResponse:
    form = WishForm(posted(request), appeal=appeal)
    if leaves(request, form):
        return leave(request)
    if form.is_valid():
        save_wish(appeal=appeal, by=request.user, **form.cleaned_data)
        return go_on(request, _after(request, appeal, "wish"))
    place = wizard.place(
        appeal,
        "wish",
        ranks=ranks_of(grounds_of(appeal)),
        is_returning=is_returning(request),
    )
    return ask(request, "appeals/wish.html", appeal, place, form=form)


@draft_page
def more(request: SignedInRequest, appeal: Appeal) -> HttpResponse:
    """Ask for anything else, and whether it should be looked at sooner."""
    said = {"statement": appeal.statement, "is_vulnerable": appeal.is_vulnerable}
    form = StatementForm(posted(request), initial=said)
    if leaves(request, form):
        return leave(request)
    if form.is_valid():
        save_statement(appeal=appeal, by=request.user, **form.cleaned_data)
        return go_on(request, _after(request, appeal, "more"))
    place = wizard.place(appeal, "more", is_returning=is_returning(request))
    return ask(request, "appeals/more.html", appeal, place, form=form)


def _after(request: SignedInRequest, appeal: Appeal, key: str) -> str:
    return wizard.place(appeal, key, is_returning=is_returning(request)).next
