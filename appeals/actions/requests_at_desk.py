"""A request at the desk: taken, put back, answered, or passed to the appeal it belongs to."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import is_approver, is_reviewer, is_supervisor
from appeals.actions.independence import never_your_own
from appeals.actions.request_clocks import end_clocks
from appeals.actions.request_ends import join_appeal, live_appeal
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import CustomerRequest, RequestKind, RequestResult
from appeals.models.requests import LONGEST_TEXT
from appeals.reply_texts import places_in
from appeals.request_rules import RULES
from appeals.states import RequestState
from appeals.truth import about_request
from notifications.api import notify
from portal.models import Customer

# Whoever says that a fact is wrong, or complains, is told whether they were right.
JUDGED = frozenset({RequestKind.CORRECT_FACT, RequestKind.COMPLAIN})
VERDICTS = (RequestResult.AGREED, RequestResult.PARTLY, RequestResult.DECLINED)


def may_answer(person: Customer) -> bool:
    return is_reviewer(person) or is_approver(person) or is_supervisor(person)


def results_of(request: CustomerRequest) -> tuple[RequestResult, ...]:
    """The results an answer to it can have."""
    return VERDICTS if request.kind in JUDGED else (RequestResult.TOLD,)


@never_your_own
@transaction.atomic
def take_request(*, request: CustomerRequest, by: Customer) -> CustomerRequest:
    """Have it in hand; nobody takes what is about a decision of their own."""
    _check_may_answer(by)
    if request.kind == RequestKind.DATA_COPY:
        raise WrongState(_("The copy is made by itself. Nobody has to answer it."))
    request.move_to(RequestState.IN_HAND, taken_by=by, taken_at=timezone.now())
    return request


@transaction.atomic
def put_back_request(*, request: CustomerRequest, by: Customer) -> CustomerRequest:
    """Let somebody else take it; a supervisor can put back what a colleague has."""
    _check_may_answer(by)
    if request.taken_by_id != by.pk and not is_supervisor(by):
        raise NotAllowed(_("A colleague has this request. Only they or a supervisor put it back."))
    request.move_to(RequestState.RECEIVED, taken_at=None)
    return request


@transaction.atomic
def answer_request(
    *, request: CustomerRequest, by: Customer, result: str, answer: str
) -> CustomerRequest:
    """Answer in the customer's language and tell them; its clocks end with that."""
    _check_may_answer(by)
    if request.state != RequestState.IN_HAND or request.taken_by_id != by.pk:
        raise NotAllowed(_("Take this request first. Then you can answer it."))
    answer = _checked(answer)
    results = results_of(request)
    if len(results) == 1:
        result = results[0]
    if result not in results:
        raise BadInput(_("Choose whether the customer is right."), field="result")
    now = timezone.now()
    request.move_to(
        RequestState.ANSWERED, answered_at=now, answered_by=by, result=result, answer=answer
    )
    end_clocks(CustomerRequest.objects.filter(pk=request.pk), now)
    notify(
        recipient=request.customer,
        type="request_answered",
        dedupe_key=f"request:{request.reference}:answered",
        context={"reference": request.reference},
        path=f"/requests/{request.reference}/",
        about=about_request(request),
    )
    return request


@transaction.atomic
def pass_to_appeal(*, request: CustomerRequest, by: Customer) -> CustomerRequest:
    """Make it part of the live appeal about the same decision, to be answered with it."""
    _check_may_answer(by)
    if request.taken_by_id not in {None, by.pk} and not is_supervisor(by):
        raise NotAllowed(_("A colleague has this request."))
    if not RULES[request.kind].joins or request.decision_id is None:
        raise WrongState(_("This is not answered with an appeal."))
    appeal = live_appeal(request.decision_id)
    if appeal is None:
        raise WrongState(_("There is no open appeal about this decision."))
    request.move_to(
        RequestState.WITH_APPEAL,
        appeal=appeal,
        queue=appeal.queue,
        is_restricted=request.is_restricted or appeal.is_restricted,
        taken_at=None,
    )
    join_appeal(request, appeal)
    return request


def _checked(answer: str) -> str:
    answer = answer.strip()
    if not answer:
        raise BadInput(_("Write the answer."), field="answer")
    if len(answer) > LONGEST_TEXT:
        raise BadInput(_("Write at most 4,000 characters."), field="answer")
    if left := places_in(answer):
        names = ", ".join(f"{{{place}}}" for place in left)
        message = _("Nothing is known to put in the place of %(names)s.") % {"names": names}
        raise BadInput(message, field="answer")
    return answer


def _check_may_answer(by: Customer) -> None:
    if not may_answer(by):
        raise NotAllowed(_("Only reviewers can do this."))
