"""The clocks of a request: our promise and those the law sets, begun with it, ended with it."""

from datetime import datetime
from typing import Any

from django.db.models import Case, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from appeals.actions.clocks import Cause, start_clocks
from appeals.actions.clocks import running as clocks_of_case
from appeals.catalogue.packs import Clock, Pack
from appeals.clock_rules import CLOCKS
from appeals.deadlines import WORKING, Period, due_after, morning_before
from appeals.models import Appeal, ClockEnd, ClockKind, CustomerRequest, RequestClock
from appeals.request_rules import OWN_PROMISE, RULES
from portal.models import Customer


def clocks_for(kind: str, customer: Customer, pack: Pack, now: datetime) -> list[RequestClock]:
    """Our own promise and what the law sets for it, not stored yet."""
    rule = RULES[kind]
    period = Period(rule.days, WORKING, customer.jurisdiction, customer.zone)
    clocks = [_begun(OWN_PROMISE, period, now, warn=rule.warn, is_duty=True)]
    for clock in legal_clocks(kind, pack):
        legal = Period(clock.number, clock.unit, customer.jurisdiction, customer.zone)
        clocks.append(_begun(clock.key, legal, now, warn=clock.warn, is_duty=clock.is_duty))
    return clocks


def legal_clocks(kind: str, pack: Pack) -> list[Clock]:
    """The clock its right names, and the others the law has for the same thing."""
    right = pack.rights.get(kind)
    if right is None or right.clock is None:
        return []
    what = pack.clocks[right.clock].kind
    return [clock for clock in pack.clocks.values() if clock.kind == what]


def start_clocks_of_appeal(request: CustomerRequest, appeal: Appeal, pack: Pack) -> None:
    """Begin the law's clocks on the case, where its reviewers see them."""
    kinds = {ClockKind(clock.kind) for clock in legal_clocks(request.kind, pack)}
    for kind in sorted(kinds):
        # What only words seemed to ask for is asked for now.
        suggested = clocks_of_case(appeal).filter(kind=kind, is_suggested=True)
        suggested.update(is_suggested=False)
        cause = Cause(request.reference, request.customer)
        start_clocks(appeal, kind, request.received_at, cause)


def running(requests: QuerySet[CustomerRequest]) -> QuerySet[RequestClock]:
    return RequestClock.objects.filter(request__in=requests, ended_at__isnull=True)


def end_clocks(requests: QuerySet[CustomerRequest], now: datetime) -> None:
    """End every clock of answered requests: kept, late, or a chance that is not needed any more."""
    end: Any = Case(
        When(due_at__gte=now, then=Value(ClockEnd.MET)),
        When(is_duty=False, then=Value(ClockEnd.STOPPED)),
        default=Value(ClockEnd.MISSED),
    )
    running(requests).update(ended_at=now, ended_as=end)


def name_of(clock: RequestClock, language: str) -> str:
    if clock.rule == OWN_PROMISE:
        return str(_("Our promise of an answer"))
    rule = CLOCKS.rules.get(clock.rule)
    return rule.name(language) if rule else clock.rule


def source_of(clock: RequestClock, language: str) -> str:
    """The law in words, or that it is our own."""
    rule = CLOCKS.rules.get(clock.rule)
    return rule.told_by(language) if rule else str(_("Our own promise to the customer."))


def _begun(key: str, period: Period, now: datetime, *, warn: int, is_duty: bool) -> RequestClock:
    due = due_after(now, period)
    return RequestClock(
        rule=key,
        started_at=now,
        due_at=due,
        is_duty=is_duty,
        warn_at=morning_before(due, warn, now, period),
    )
