"""Keeping a waiting appeal for one reviewer, because of a rule, a named queue or an even share.

What is kept is still waiting: nobody has begun it, and it goes back to everybody when its reviewer
does not begin it in time, goes away or may not have it any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import (
    Case,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    When,
)
from django.utils import timezone

from appeals.actions.eligibility import (
    Wanted,
    WhyNot,
    away_now,
    reviewers,
    why_not,
)
from appeals.actions.independence import hold_person
from appeals.deadlines import promise
from appeals.models import (
    Appeal,
    Assignment,
    CaseEvent,
    EventKind,
    ReviewerProfile,
    ReviewQueue,
)
from appeals.states import AppealState
from portal.models import Customer

# Whole working days a reviewer has to begin what is kept for them, today not counted.
KEPT_DAYS = {Assignment.PULL: 2, Assignment.NAMED: 2, Assignment.BALANCED: 1}
# One round gives back this many; the next comes within a minute.
BATCH = 200


@dataclass(frozen=True)
class Reservation:
    """For whom an appeal is kept and until when, or why it is not."""

    person: Customer | None = None
    until: datetime | None = None
    meant_for: str = ""
    refusal: WhyNot | None = None


def reserve(
    person: Customer | None, wanted: Wanted, *, queue: ReviewQueue, now: datetime
) -> Reservation:
    """Keep an appeal that is put in this queue for the person it is meant for, if they can."""
    if person is None:
        return Reservation()
    hold_person(person)
    refusal = why_not(person, wanted, queue=queue, now=now)
    if refusal:
        return Reservation(meant_for=person.reference, refusal=refusal)
    return Reservation(person, kept_until(person, queue, now))


def kept_until(person: Customer, queue: ReviewQueue, now: datetime) -> datetime:
    """The end of the reviewer's last working day to begin it, by the queue's calendar."""
    days = KEPT_DAYS[Assignment(queue.assignment)]
    return promise(now, days, queue.calendar or person.jurisdiction, person.zone)


# --- giving back -------------------------------------------------------------------------------


@transaction.atomic
def return_reservations() -> int:
    """Put back what was kept for somebody who did not begin it or cannot any more; how many."""
    now = timezone.now()
    rows = _ended(now).select_related("reserved_for")
    ended = list(rows.select_for_update(of=("self",), skip_locked=True, no_key=True)[:BATCH])
    Appeal.objects.filter(pk__in=[appeal.pk for appeal in ended]).update(
        reserved_for=None,
        # Over and still there: it was offered once, and is not kept for anybody again.
        reserved_until=Case(When(reserved_until__lte=now, then=F("reserved_until"))),
    )
    record_kept(EventKind.RELEASED, ((one, _why_ended(one, now)) for one in ended), now)
    return len(ended)


def _ended(now: datetime) -> QuerySet[Appeal]:
    """What is kept for somebody whose time is over, or who may not take it any more."""
    kept = Appeal.objects.filter(state=AppealState.SUBMITTED, reserved_for__isnull=False)
    member = ReviewQueue.members.through.objects.filter(
        reviewqueue=OuterRef("queue"), customer=OuterRef("reserved_for")
    )
    cleared = ReviewerProfile.objects.filter(person=OuterRef("reserved_for"), is_cleared=True)
    bar = Func("reserved_for", "pk", "customer", "decision", function="appeals_bar")
    cannot = (
        ~Q(reserved_for__in=reviewers().order_by().values("pk"))
        | Q(reserved_for__in=away_now(now))
        | ~Exists(member)
        | (Q(is_restricted=True) & ~Exists(cleared))
        | Q(bar__isnull=False)
    )
    kept = kept.annotate(bar=ExpressionWrapper(bar, CharField()))
    return kept.filter(Q(reserved_until__lte=now) | cannot)


def _why_ended(appeal: Appeal, now: datetime) -> dict[str, str]:
    is_over = appeal.reserved_until is not None and appeal.reserved_until <= now
    reviewer = appeal.reserved_for.reference if appeal.reserved_for else ""
    return {"reviewer": reviewer, "because": "not_begun" if is_over else "cannot_take_it"}


def record_kept(
    kind: EventKind, rows: Iterable[tuple[Appeal, dict[str, str]]], now: datetime
) -> None:
    CaseEvent.objects.bulk_create(
        CaseEvent(appeal=appeal, kind=kind, at=now, is_visible=False, details=details)
        for appeal, details in rows
    )
