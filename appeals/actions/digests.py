"""A note in the morning to each reviewer: how much waits in which of their queues."""

from collections import defaultdict
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from appeals.deadlines import is_working_day
from appeals.models import Appeal, ReviewQueue
from appeals.states import AppealState
from notifications.api import NotificationRequest, notify_many
from portal.models import Customer

# The first round inside these hours tells them; the day in the key keeps it to one.
MORNING = range(8, 12)


def send_digests(now: datetime | None = None) -> int:
    """Tell the reviewers whose working morning it is; how many were told."""
    now = now or timezone.now()
    waiting = _waiting_by_queue()
    requests = [
        _digest(person, waiting, queues, now)
        for person, queues in _queues_by_member().items()
        if _is_morning(person, now) and any(waiting[queue.pk] for queue in queues)
    ]
    return notify_many(requests)


def _waiting_by_queue() -> dict[int, int]:
    rows = Appeal.objects.filter(state=AppealState.SUBMITTED).values_list("queue")
    return defaultdict(int, rows.annotate(Count("pk")).order_by())


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


def _digest(
    person: Customer, waiting: dict[int, int], queues: list[ReviewQueue], now: datetime
) -> NotificationRequest:
    busy = [queue for queue in queues if waiting[queue.pk]]
    is_chinese = person.locale.startswith("zh")
    lines = [
        f"{queue.name_zh if is_chinese else queue.name_en}: {waiting[queue.pk]}" for queue in busy
    ]
    today = now.astimezone(person.zone).date()
    return NotificationRequest(
        recipient_id=person.pk,
        type="reviewer_digest",
        dedupe_key=f"reviewer:{person.pk}:digest:{today.isoformat()}",
        context={
            "waiting": str(sum(waiting[queue.pk] for queue in busy)),
            "queues": "\n".join(lines),
        },
        path="/admin/",
    )
