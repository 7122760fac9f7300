"""A request beside an appeal: it joins the case, is answered with it, or stands alone again.

An appeal's row is always taken before a request's.
"""

from datetime import datetime

from django.db.models import F

from appeals.actions.events import record
from appeals.actions.request_clocks import end_clocks, start_clocks_of_appeal
from appeals.catalogue.packs import pack_of
from appeals.models import Appeal, CustomerRequest, EventKind
from appeals.request_rules import JOINING
from appeals.states import OPEN, RequestState


def live_appeal(decision_id: int) -> Appeal | None:
    """The sent appeal about this decision that has no answer yet, held to the end of here."""
    rows = Appeal.objects.filter(decision=decision_id, state__in=sorted(OPEN))
    rows = rows.select_related("customer", "queue", "decision")
    return rows.select_for_update(of=("self",), no_key=True).first()


def join_appeal(request: CustomerRequest, appeal: Appeal) -> None:
    """Make it part of the case; the clocks the law sets run there too, from when it came in."""
    pack = pack_of(request.customer, request.received_at)
    start_clocks_of_appeal(request, appeal, pack)
    record(
        appeal, EventKind.REQUEST_JOINED, request.customer, request=request.reference,
        asked=request.kind,
    )  # fmt: skip


def join_sent_appeal(appeal: Appeal) -> None:
    """What was asked about the decision before the appeal was sent, and nobody has in hand."""
    waiting = CustomerRequest.objects.filter(
        decision=appeal.decision_id, kind__in=JOINING, state=RequestState.RECEIVED
    )
    for request in waiting.select_related("customer").select_for_update(of=("self",)):
        request.move_to(
            RequestState.WITH_APPEAL,
            appeal=appeal,
            queue=appeal.queue,
            is_restricted=request.is_restricted or appeal.is_restricted,
        )
        join_appeal(request, appeal)


def release_requests(appeal: Appeal, now: datetime, *, is_answered: bool) -> None:
    """The appeal is closed: its answer answers them, or each stands alone again with its clocks."""
    joined = CustomerRequest.objects.filter(appeal=appeal, state=RequestState.WITH_APPEAL)
    keys = list(joined.values_list("pk", flat=True))
    if not keys:
        return
    requests = CustomerRequest.objects.filter(pk__in=keys)
    version = F("version") + 1
    if is_answered:
        joined.update(state=RequestState.ANSWERED, answered_at=now, version=version)
        end_clocks(requests, now)
    else:
        joined.update(state=RequestState.RECEIVED, appeal=None, version=version)
