"""Before and after a deadline of a request that stands alone: who is told, each once a clock.

What is with an appeal is watched by the clocks of its case (`appeals.actions.escalations`).
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from appeals.access import list_supervisors_of
from appeals.deadlines import last_day
from appeals.models import ClockEnd, CustomerRequest, RequestClock
from appeals.request_rules import OWN_PROMISE
from appeals.states import RequestState
from appeals.truth import about_request
from notifications.api import NotificationRequest, notify, notify_many
from portal.models import Customer

BATCH = 200
MOST_TOLD = 20
ALONE = (RequestState.RECEIVED, RequestState.IN_HAND)


def warn_of_requests(*, limit: int = BATCH) -> int:
    """Warn whoever has the request, else the supervisors, that a deadline is near."""
    return _each(_to_warn(timezone.now()).order_by("warn_at"), _warn, limit)


def escalate_requests(*, limit: int = BATCH) -> int:
    """Tell the supervisors, and of our own promise the customer, that a deadline has passed."""
    return _each(_passed(timezone.now()).order_by("due_at"), _escalate, limit)


def _live() -> QuerySet[RequestClock]:
    return RequestClock.objects.filter(ended_at__isnull=True, request__state__in=ALONE)


def _to_warn(now: datetime) -> QuerySet[RequestClock]:
    return _live().filter(warned_at__isnull=True, warn_at__lte=now)


def _passed(now: datetime) -> QuerySet[RequestClock]:
    return _live().filter(escalated_at__isnull=True, due_at__lte=now)


def _each(
    clocks: QuerySet[RequestClock], act: Callable[[RequestClock, datetime], bool], limit: int
) -> int:
    rows = clocks.select_related("request__customer", "request__queue", "request__taken_by")
    return sum(act(clock, timezone.now()) for clock in list(rows[:limit]))


@transaction.atomic
def _warn(clock: RequestClock, now: datetime) -> bool:
    if not _to_warn(now).filter(pk=clock.pk).update(warned_at=now):
        return False  # Answered, or warned of by another worker meanwhile.
    if clock.due_at <= now:
        return False  # Too late for a warning: it goes before the supervisors.
    holder = clock.request.taken_by
    _tell(clock, "request_near", [holder] if holder else _in_charge(clock.request))
    return True


@transaction.atomic
def _escalate(clock: RequestClock, now: datetime) -> bool:
    passed = _passed(now).filter(pk=clock.pk)
    if not clock.is_duty:
        passed.update(ended_at=now, ended_as=ClockEnd.STOPPED)
        return False
    if not passed.update(escalated_at=now):
        return False
    _tell(clock, "request_passed", _in_charge(clock.request))
    if clock.rule == OWN_PROMISE:
        _apologise(clock.request)
    return True


def _apologise(request: CustomerRequest) -> None:
    notify(
        recipient=request.customer,
        type="request_late",
        dedupe_key=f"request:{request.reference}:late",
        context={"reference": request.reference},
        path=f"/requests/{request.reference}/",
        about=about_request(request),
    )


def _in_charge(request: CustomerRequest) -> list[Customer]:
    """The supervisors who work in its queue; where there is none, all of them."""
    people = list_supervisors_of(request)
    own = list(people.filter(review_queues=request.queue_id)[:MOST_TOLD])
    return own or list(people[:MOST_TOLD])


def _tell(clock: RequestClock, type_name: str, people: Iterable[Customer]) -> None:
    request = clock.request
    day = last_day(clock.due_at, request.customer.zone).isoformat()
    notify_many(
        NotificationRequest(
            recipient_id=person.pk,
            type=type_name,
            dedupe_key=f"request-clock:{clock.pk}:{type_name}:{person.pk}",
            context={"reference": request.reference, "due_on": day},
            path=f"/admin/requests/{request.reference}/",
            about=about_request(request),
        )
        for person in people
    )
