"""Saying so when we are late."""

from django.db import transaction
from django.utils import timezone

from appeals.actions.events import record
from appeals.deadlines import last_day
from appeals.models import Appeal, EventKind
from appeals.truth import about_appeal
from notifications.api import notify

BATCH = 200


def tell_of_late_promises(*, limit: int = BATCH) -> int:
    """Tell each customer whose promised day has passed, once; returns how many were told."""
    late = Appeal.objects.overdue(timezone.now()).filter(lateness_told_at__isnull=True)
    ids = late.order_by("promised_at").values_list("pk", flat=True)[:limit]
    return sum(_tell(pk) for pk in ids)


@transaction.atomic
def _tell(pk: int) -> bool:
    now = timezone.now()
    still_late = Appeal.objects.overdue(now).filter(pk=pk, lateness_told_at__isnull=True)
    if not still_late.update(lateness_told_at=now):
        return False  # Answered, paused or told by another worker meanwhile.
    appeal = Appeal.objects.select_related("customer").get(pk=pk)
    assert appeal.promised_at is not None  # the database keeps it so
    record(appeal, EventKind.LATE)
    notify(
        recipient=appeal.customer,
        type="promise_overdue",
        dedupe_key=f"appeal:{appeal.reference}:overdue",
        context={
            "reference": appeal.reference,
            "promised_on": last_day(appeal.promised_at, appeal.customer.zone).isoformat(),
        },
        path=f"/appeals/{appeal.reference}/",
        about=about_appeal(appeal),
    )
    return True
