"""Is what a message says still so? Asked just before it goes out, of many messages at once.

A message about a changed line names its decision ("decision:LD-..."), one about an appeal its
appeal ("appeal:AP-..."), one about something else a customer asked for that ("request:RQ-...").
"""

from collections.abc import Iterable

from django.db.models import F
from django.utils.translation import gettext_noop

from appeals.models import (
    Action,
    AffectedDecision,
    AffectedState,
    Appeal,
    CustomerRequest,
    LineDecision,
)
from appeals.states import OPEN, AppealState, OutcomeKind, RequestState
from notifications.api import check_before_sending

UNDONE = gettext_noop("The decision it speaks of was undone.")
WITHDRAWN = gettext_noop("The appeal it speaks of was withdrawn.")
NO_DRAFT = gettext_noop("The draft it speaks of was sent or thrown away.")
NOT_DUE = gettext_noop("The appeal it speaks of needs no answer from us at the moment.")
NOT_OURS = gettext_noop("The request it speaks of waits for nobody any more.")
COPY_GONE = gettext_noop("The copy it speaks of has been erased.")
DECISION, APPEAL, REQUEST = "decision:", "appeal:", "request:"
# An answer to an appeal is owed whatever happened since, and so is the word that it is withdrawn.
ABOUT_OPEN_APPEALS = (
    "appeal_received",
    "paper_refused",
    "promise_overdue",
)
# A clock of the law goes on while we wait for the customer; our promise does not.
ABOUT_WORK_TO_DO = ("deadline_near", "deadline_passed", "no_news_waiting")
ABOUT_OPEN_REQUESTS = ("request_near", "request_passed", "request_late")
OURS_TO_ANSWER = frozenset({AppealState.SUBMITTED, AppealState.IN_REVIEW, AppealState.APPROVAL})


def about_decision(decision: LineDecision) -> str:
    return f"{DECISION}{decision.reference}"


def about_appeal(appeal: Appeal) -> str:
    return f"{APPEAL}{appeal.reference}"


def about_request(request: CustomerRequest) -> str:
    return f"{REQUEST}{request.reference}"


def watch() -> None:
    """Have the messages of this app checked before each is sent."""
    check_before_sending("line_changed", "reason_passed", overtaken=undone_decisions)
    check_before_sending(*ABOUT_OPEN_APPEALS, overtaken=withdrawn_appeals)
    check_before_sending(*ABOUT_WORK_TO_DO, overtaken=closed_appeals)
    check_before_sending("promise_at_risk", "no_news", "appeal_gathered", overtaken=appeals_not_due)
    check_before_sending("helper_ready", overtaken=drafts_gone)
    check_before_sending("documents_asked", "question_asked", overtaken=nothing_asked)
    check_before_sending(*ABOUT_OPEN_REQUESTS, overtaken=requests_done)
    check_before_sending("data_copy_ready", overtaken=erased_copies)


def undone_decisions(keys: set[str]) -> dict[str, str]:
    """Return the decisions that were undone altogether: nothing of them holds any more.

    Only a restoring decision that overrides this very one and gives the whole old limit back makes
    "your limit was lowered" untrue. A part given back leaves a cut that the law wants told; a
    further cut is a decision of its own, and each cut is owed its own notice; a limit given back
    on a condition or for a time may be lost again, so the customer must have heard of the cut.
    """
    undone = LineDecision.objects.filter(
        overrides__reference__in=_references(keys, DECISION),
        action=Action.RESTORE,
        new_limit__gte=F("overrides__old_limit"),
    ).exclude(outcome__kind__in=[OutcomeKind.CONDITIONAL, OutcomeKind.TEMPORARY])
    # What a faulty rule decided is undone whatever else stands by now.
    faulty = AffectedDecision.objects.filter(
        decision__reference__in=_references(keys, DECISION), state=AffectedState.RESTORED
    )
    references = undone.values_list("overrides__reference", flat=True).union(
        faulty.values_list("decision__reference", flat=True)
    )
    return {f"{DECISION}{reference}": UNDONE for reference in references}


def withdrawn_appeals(keys: set[str]) -> dict[str, str]:
    """Return the appeals that were taken back: nobody works on them or wants papers for them."""
    withdrawn = Appeal.objects.filter(
        reference__in=_references(keys, APPEAL), state=AppealState.WITHDRAWN
    )
    references = withdrawn.values_list("reference", flat=True)
    return {f"{APPEAL}{reference}": WITHDRAWN for reference in references}


def closed_appeals(keys: set[str]) -> dict[str, str]:
    """Return the appeals that need nothing of us any more: answered or closed without an answer."""
    return _outside(OPEN, keys)


def appeals_not_due(keys: set[str]) -> dict[str, str]:
    """Return the appeals whose promise does not run: closed, or waiting for the customer."""
    return _outside(OURS_TO_ANSWER, keys)


def drafts_gone(keys: set[str]) -> dict[str, str]:
    """Return the appeals that are no drafts any more: there is nothing to read before sending."""
    return _outside({AppealState.DRAFT}, keys, NO_DRAFT)


def nothing_asked(keys: set[str]) -> dict[str, str]:
    """Return the appeals whose customer is asked for nothing: withdrawn, answered or called off."""
    return _outside({AppealState.WAITING}, keys)


def requests_done(keys: set[str]) -> dict[str, str]:
    """Return the requests that nobody has to answer by themselves: answered, or with an appeal."""
    done = CustomerRequest.objects.filter(reference__in=_references(keys, REQUEST)).exclude(
        state__in=[RequestState.RECEIVED, RequestState.IN_HAND]
    )
    return {f"{REQUEST}{one}": NOT_OURS for one in done.values_list("reference", flat=True)}


def erased_copies(keys: set[str]) -> dict[str, str]:
    """Return the requests whose copy of data is no longer there to be taken."""
    gone = CustomerRequest.objects.filter(
        reference__in=_references(keys, REQUEST), data_copy__erased_at__isnull=False
    )
    return {f"{REQUEST}{one}": COPY_GONE for one in gone.values_list("reference", flat=True)}


def _outside(states: Iterable[AppealState], keys: set[str], why: str = NOT_DUE) -> dict[str, str]:
    done = Appeal.objects.filter(reference__in=_references(keys, APPEAL)).exclude(
        state__in=sorted(states)
    )
    return {f"{APPEAL}{reference}": why for reference in done.values_list("reference", flat=True)}


def _references(keys: set[str], kind: str) -> list[str]:
    return [key.removeprefix(kind) for key in keys if key.startswith(kind)]
