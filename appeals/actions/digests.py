"""A note in the morning to each reviewer: how much waits in which of their queues."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.utils import timezone

from appeals.deadlines import is_working_day
from appeals.models import Appeal, ReviewerProfile, ReviewQueue
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
    cleared = set(ReviewerProfile.objects.filter(is_cleared=True).values_list("person", flat=True))
    requests = []
    for person, queues in _queues_by_member().items():
        kinds = (False, True) if person.pk in cleared else (False,)
        keys = [(queue.pk, is_hidden) for queue in queues for is_hidden in kinds]
        theirs = [loads[key] for key in keys if key in loads]
        if theirs and _is_morning(person, now):
            requests.append(_digest(person, theirs, now))
    return notify_many(requests)


@dataclass(frozen=True)
class Load:
    """What waits in a queue, and how much of it is late or due within a day."""

    waiting: int
    due: int


def _loads(now: datetime) -> dict[tuple[int, bool], Load]:
    """What waits in each queue, apart for what only cleared members know of."""
    waiting = Appeal.objects.filter(state=AppealState.SUBMITTED).order_by()
    urgent = Q(promised_at__lte=now + DUE_WITHIN)
    hidden = Q(is_restricted=True) | Q(queue__is_restricted=True)
    rows = waiting.annotate(is_hidden=ExpressionWrapper(hidden, BooleanField()))
    sums = rows.values("queue", "is_hidden").annotate(
        waiting=Count("pk"), due=Count("pk", filter=urgent)
    )
    return {(row["queue"], row["is_hidden"]): Load(row["waiting"], row["due"]) for row in sums}


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
