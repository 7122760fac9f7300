"""Did each customer hear in time? Clocks of notices end when the notice arrived, else staff hear.

A feed begins thousands of clocks at once, so supervisors hear in one message an hour how many are
near, how many have passed and how many notices are held, and the list shows which.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from appeals.access import list_all_supervisors
from appeals.models import ClockEnd, NoticeClock, NoticeHold
from appeals.truth import DECISION, undone_decisions
from notifications.api import NotificationRequest, arrivals, notify_many

BATCH = 2000
# How long until a clock whose notice has not arrived is looked at again.
LOOK_AGAIN = timedelta(hours=1)
CALENDAR_PATH = "/admin/notice-calendar/"


@dataclass(frozen=True)
class Found:
    """What supervisors have not heard of yet."""

    held: int = 0
    near: int = 0
    passed: int = 0

    def __bool__(self) -> bool:
        return bool(self.held or self.near or self.passed)


@transaction.atomic
def look_at_arrivals(*, limit: int = BATCH) -> int:
    """End the clocks whose notice arrived or is not owed any more; how many were ended."""
    now = timezone.now()
    rows = NoticeClock.objects.filter(ended_at__isnull=True, look_at__lte=now)
    clocks = list(
        rows.select_for_update(skip_locked=True, of=("self",), no_key=True)
        .select_related("decision")
        .order_by("look_at")[:limit]
    )
    keys = [f"{DECISION}{clock.decision.reference}" for clock in clocks]
    arrived, undone = arrivals(keys), undone_decisions(set(keys))
    for clock, key in zip(clocks, keys, strict=True):
        _settle(clock, arrived.get(key), now, is_undone=key in undone)
    NoticeClock.objects.bulk_update(clocks, ["ended_at", "ended_as", "look_at"])
    return sum(clock.ended_at is not None for clock in clocks)


def _settle(
    clock: NoticeClock, arrived_at: datetime | None, now: datetime, *, is_undone: bool
) -> None:
    if is_undone or (clock.is_guard and clock.due_at <= now):
        # What was undone needs no notice; a guard has done what it was for.
        clock.ended_at, clock.ended_as = now, ClockEnd.STOPPED
    elif arrived_at and not clock.is_guard:
        clock.ended_at = arrived_at
        clock.ended_as = ClockEnd.MET if arrived_at <= clock.due_at else ClockEnd.MISSED
    else:
        clock.look_at = max(clock.due_at, now) if clock.is_guard else now + LOOK_AGAIN


@transaction.atomic
def tell_supervisors(*, limit: int = BATCH) -> int:
    """Tell them of clocks that are near or have passed and of notices that are held, once each."""
    now = timezone.now()
    duties = NoticeClock.objects.filter(ended_at__isnull=True, is_guard=False)
    passed = _take(duties.filter(escalated_at__isnull=True, due_at__lte=now), "due_at", limit)
    near = _take(duties.filter(warned_at__isnull=True, warn_at__lte=now), "warn_at", limit)
    held = _take(NoticeHold.objects.filter(staff_told_at__isnull=True), "held_at", limit)
    NoticeClock.objects.filter(pk__in=passed).update(escalated_at=now)
    NoticeClock.objects.filter(pk__in=near).update(warned_at=now)
    NoticeHold.objects.filter(pk__in=held).update(staff_told_at=now)
    # Of what has passed it is too late to be warned.
    found = Found(held=len(held), near=len(set(near) - set(passed)), passed=len(passed))
    return notify_many(_messages(found, now)) if found else 0


def _take(rows: QuerySet[NoticeClock] | QuerySet[NoticeHold], order: str, limit: int) -> list[int]:
    locked = rows.select_for_update(skip_locked=True, of=("self",), no_key=True)
    return list(locked.order_by(order).values_list("pk", flat=True)[:limit])


def _messages(found: Found, now: datetime) -> Sequence[NotificationRequest]:
    return [
        NotificationRequest(
            recipient_id=person.pk,
            type="notices_waiting",
            dedupe_key=f"notices:{now.isoformat()}:{person.pk}",
            context={
                "held": str(found.held),
                "near": str(found.near),
                "passed": str(found.passed),
            },
            path=CALENDAR_PATH,
        )
        for person in list_all_supervisors()
    ]
