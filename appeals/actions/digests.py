"""A note in the morning to each reviewer: how much waits in which of their queues."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from appeals.deadlines import is_working_day
from appeals.models import Appeal, ReviewQueue
from appeals.states import AppealState
from notifications.api import NotificationRequest, notify_many
from portal.models import Customer

# The first round inside these hours tells them; the day in the key keeps it to one.
MORNING = range(8, 12)
DUE_WITHIN = timedelta(days=1)


def send_digests(now: datetime | None = None) -> int:
    """Tell the reviewers whose working morning it is; how many were told."""
    now = now or timezone.now()
    loads = _loads(now)
    requests = [
        _digest(person, [loads[queue.pk] for queue in queues if queue.pk in loads], now)
        for person, queues in _queues_by_member().items()
        if _is_morning(person, now) and any(queue.pk in loads for queue in queues)
    ]
    return notify_many(requests)


@dataclass(frozen=True)
class Load:
    """What waits in a queue, and how much of it is late or due within a day."""

    waiting: int
    due: int


def _loads(now: datetime) -> dict[int, Load]:
    waiting = Appeal.objects.filter(state=AppealState.SUBMITTED).order_by()
    urgent = Q(promised_at__lte=now + DUE_WITHIN)
    rows = waiting.values("queue").annotate(waiting=Count("pk"), due=Count("pk", filter=urgent))
    return {row["queue"]: Load(row["waiting"], row["due"]) for row in rows}


def _queues_by_member() -> dict[Customer, list[ReviewQueue]]:
    by_member: dict[Customer, list[ReviewQueue]] = defaultdict(list)
    for queue in ReviewQueue.objects.prefetch_related("members"):
        for person in queue.members.all():
            if person.is_active and person.is_staff:
                by_member[person].append(queue)
    return by_member


def _is_morning(person: Customer, now: datetime) -> bool:
    local = now.astimezone(person.zone)
    return local.hour in MORNING and is_working_day(local.date(), person.jurisdiction)


def _digest(person: Customer, loads: list[Load], now: datetime) -> NotificationRequest:
    today = now.astimezone(person.zone).date()
    return NotificationRequest(
        recipient_id=person.pk,
        type="reviewer_digest",
        dedupe_key=f"reviewer:{person.pk}:digest:{today.isoformat()}",
        context={
            "waiting": str(sum(load.waiting for load in loads)),
            "due": str(sum(load.due for load in loads)),
        },
        path="/admin/",
    )
