"""A customer asks for something outside an appeal: kept once, with a promise, and confirmed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from appeals.actions.request_checks import Asked, check_asked, refuse_too_many
from appeals.actions.request_clocks import clocks_for
from appeals.actions.request_ends import join_appeal, live_appeal
from appeals.catalogue.packs import pack_of
from appeals.copy_tasks import make_data_copy
from appeals.deadlines import last_day
from appeals.models import (
    Appeal,
    CustomerRequest,
    DataCopy,
    Ground,
    LineDecision,
    RequestClock,
    RequestKind,
    ReviewQueue,
)
from appeals.request_rules import OWN_PROMISE, RULES
from appeals.routing import Table, route
from appeals.states import RequestState
from appeals.truth import about_request
from notifications.api import notify
from portal.lib.references import new_reference
from portal.models import Customer


@transaction.atomic
def make_request(
    *, asked: Asked, by: Customer, decision: LineDecision | None = None
) -> CustomerRequest:
    """Keep it, join it to a live appeal about the decision, and confirm it to the customer.

    Sent twice with the same form it is one request; the form sent again with other words is
    another one.
    """
    now = timezone.now()
    pack = pack_of(by, now)
    check_asked(asked, by, decision, pack)
    # One of two taps waits here for the other; and nobody slips past the limits by haste.
    Customer.objects.select_for_update(no_key=True).get(pk=by.pk)
    key = asked.key(decision)
    before = CustomerRequest.objects.filter(customer=by, token=key).first()
    if before is not None:
        return before
    refuse_too_many(asked, by, now)
    joins = RULES[asked.kind].joins and decision is not None
    appeal = live_appeal(decision.pk) if joins and decision is not None else None
    clocks = clocks_for(asked.kind, by, pack, now)
    request = CustomerRequest.objects.create(
        reference=new_reference("RQ"),
        token=key,
        customer=by,
        decision=decision,
        kind=asked.kind,
        text=asked.text,
        facts=asked.facts,
        situation=asked.situation,
        language=by.locale,
        state=RequestState.WITH_APPEAL if appeal else RequestState.RECEIVED,
        appeal=appeal,
        received_at=now,
        promised_at=_promised_at(appeal, clocks),
        **_place(asked, by, decision, appeal),
    )
    _follow_up(request, clocks)
    return request


def _promised_at(appeal: Appeal | None, clocks: Sequence[RequestClock]) -> datetime:
    """Our own day, or that of the appeal it is answered with; never later than the law's."""
    own = appeal.promised_at if appeal is not None else None
    duties = [clock.due_at for clock in clocks if clock.is_duty]
    if own is not None:
        duties = [own, *(c.due_at for c in clocks if c.is_duty and c.rule != OWN_PROMISE)]
    return min(duties)


def _place(
    asked: Asked, by: Customer, decision: LineDecision | None, appeal: Appeal | None
) -> dict[str, Any]:
    """In which queue it waits, and whether cleared people only may see it."""
    if appeal is not None:
        return {"queue": appeal.queue, "is_restricted": appeal.is_restricted}
    own = RULES[asked.kind].queue
    if decision is None or own is not None:
        # Whoever cannot pay is helped whatever the decision rests on: it is not shown there.
        return {"queue": ReviewQueue.objects.get(key=own), "is_restricted": False}
    return _routed(Appeal(decision=decision, customer=by), asked)


def _routed(imagined: Appeal, asked: Asked) -> dict[str, Any]:
    """Where an appeal against these reasons would go; of a wrong fact only its reason decides."""
    table = Table.load()
    reasons = list(imagined.decision.reasons.all())
    wrong = [row for row in reasons if asked.fact and row.rank == asked.fact.rank]
    way = route(imagined, [Ground(decision_reason=row) for row in wrong or reasons], table)
    # Whoever reads it sees all reasons of the decision beside it.
    is_guarded = any(table.is_guarded(row.reason) for row in reasons)
    return {"queue": way.queue, "is_restricted": way.is_restricted or is_guarded}


def _follow_up(request: CustomerRequest, clocks: Sequence[RequestClock]) -> None:
    for clock in clocks:
        clock.request = request
    RequestClock.objects.bulk_create(clocks)
    if request.appeal is not None:
        join_appeal(request, request.appeal)
    if request.kind == RequestKind.DATA_COPY:
        copy = DataCopy.objects.create(request=request, look_at=request.received_at)
        make_data_copy.delay_on_commit(copy.pk)
    notify(
        recipient=request.customer,
        type="request_received",
        dedupe_key=f"request:{request.reference}:received",
        context={
            "reference": request.reference,
            "promised_on": last_day(request.promised_at, request.customer.zone).isoformat(),
        },
        path=f"/requests/{request.reference}/",
        about=about_request(request),
    )
