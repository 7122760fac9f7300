"""Saying so when we may be late, and when we are."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from appeals.actions.events import record
from appeals.deadlines import last_day
from appeals.models import Appeal, CaseClock, ClockKind, EventKind
from appeals.truth import about_appeal
from notifications.api import notify

BATCH = 200


def tell_of_promises_at_risk(*, limit: int = BATCH) -> int:
    """Tell customers, before the promised day is over, that the answer may be late; how many.

    On the morning of the last working day before the promised one, whoever has the case; earlier,
    when staff are warned and nobody has taken it.
    """
    now = timezone.now()
    waiting = _at_risk(now).order_by("tell_at").values_list("pk", flat=True)[:limit]
    return sum(_tell_of_risk(pk) for pk in waiting)


def apologise(clock: CaseClock, now: datetime) -> None:
    """Tell the customer that the promised day has passed, in the caller's transaction.

    The caller holds the appeal's row, and does this once a deadline.
    """
    appeal = clock.appeal
    Appeal.objects.filter(pk=appeal.pk).update(lateness_told_at=now)
    record(appeal, EventKind.LATE)
    promised_on = last_day(clock.due_at, appeal.customer.zone).isoformat()
    notify(
        recipient=appeal.customer,
        type="promise_overdue",
        dedupe_key=f"appeal:{appeal.reference}:overdue:{promised_on}",
        context={"reference": appeal.reference, "promised_on": promised_on},
        path=f"/appeals/{appeal.reference}/",
        about=about_appeal(appeal),
    )


def _at_risk(now: datetime) -> QuerySet[CaseClock]:
    """Promises that are not over, of which the customer has yet to hear that they may be."""
    live = CaseClock.objects.filter(
        kind=ClockKind.RECONSIDERATION,
        ended_at__isnull=True,
        paused_at__isnull=True,
        customer_told_at__isnull=True,
        due_at__gt=now,
    )
    return live.filter(tell_at__lte=now)


@transaction.atomic
def _tell_of_risk(pk: int) -> bool:
    now = timezone.now()
    if not _at_risk(now).filter(pk=pk).update(customer_told_at=now):
        return False  # Answered, paused or told by another worker meanwhile.
    clock = CaseClock.objects.select_related("appeal__customer").get(pk=pk)
    appeal = clock.appeal
    promised_on = last_day(clock.due_at, appeal.customer.zone).isoformat()
    record(appeal, EventKind.WARNED, clock=clock.kind)
    notify(
        recipient=appeal.customer,
        type="promise_at_risk",
        dedupe_key=f"appeal:{appeal.reference}:at-risk:{promised_on}",
        context={"reference": appeal.reference, "promised_on": promised_on},
        path=f"/appeals/{appeal.reference}/",
        about=about_appeal(appeal),
    )
    return True
