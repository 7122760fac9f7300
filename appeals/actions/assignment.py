"""Keeping a waiting appeal for one reviewer: by a rule, by a named queue, or shared out evenly.

What is kept is still waiting: nobody has begun it, and it goes back to everybody when its reviewer
does not begin it in time, goes away or may not have it any more.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.conf import settings
from django.db import transaction
from django.db.models import (
    Case,
    CharField,
    Count,
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
    away_now,
    is_away,
    lacks,
    profile_of,
    reviewers,
    why_not,
)
from appeals.actions.independence import hold_person, hold_who_is_free, list_bars
from appeals.deadlines import promise
from appeals.models import (
    Appeal,
    Assignment,
    CaseEvent,
    Claim,
    EventKind,
    ReviewerProfile,
    ReviewQueue,
)
from appeals.states import AppealState
from portal.models import Customer

# Whole working days a reviewer has to begin what is kept for them, today not counted.
KEPT_DAYS = {Assignment.PULL: 2, Assignment.NAMED: 2, Assignment.BALANCED: 1}
# One round takes this many from a queue; the next comes within a minute.
BATCH = 200


@dataclass(frozen=True)
class Reservation:
    """For whom an appeal is kept and until when, or why it is not."""

    person: Customer | None = None
    until: datetime | None = None
    because: str = ""


def reserve(
    person: Customer | None, wanted: Wanted, *, queue: ReviewQueue, now: datetime
) -> Reservation:
    """Keep an appeal that is put in this queue for the person it is meant for, if they can."""
    if person is None:
        return Reservation()
    hold_person(person)
    refusal = why_not(person, wanted, queue=queue, now=now)
    if refusal:
        return Reservation(because=f"not kept for {person.reference}, {refusal}")
    return Reservation(person, kept_until(person, queue, now))


def kept_until(person: Customer, queue: ReviewQueue, now: datetime) -> datetime:
    """The end of the reviewer's last working day to begin it, by the queue's calendar."""
    days = KEPT_DAYS[Assignment(queue.assignment)]
    return promise(now, days, queue.calendar or person.jurisdiction, person.zone)


# --- sharing out -------------------------------------------------------------------------------


def share_out() -> int:
    """Give waiting appeals of the balanced queues to whoever has the least; how many."""
    keys = ReviewQueue.objects.filter(assignment=Assignment.BALANCED).values_list("pk", flat=True)
    return sum(_share_out_one(key, timezone.now()) for key in keys)


@dataclass
class Member:
    """A member who is here, with what they have and how much more they may be given."""

    person: Customer
    profile: ReviewerProfile
    load: int  # in all queues
    room: int  # in this one


@transaction.atomic
def _share_out_one(key: int, now: datetime) -> int:
    queue = ReviewQueue.objects.get(pk=key)
    team = [member for member in _team(queue, now) if member.room > 0]
    room = sum(member.room for member in team)
    waiting = _waiting(queue, min(room, BATCH)) if room else []
    picked = _pick(team, waiting)
    for member in team:
        _keep(picked.get(member.person.pk, []), member, queue, now)
    return sum(map(len, picked.values()))


def _team(queue: ReviewQueue, now: datetime) -> list[Member]:
    """The members who are here, held so that no other round gives them more at the same time."""
    people = Customer.objects.filter(
        review_queues=queue, pk__in=reviewers().order_by().values("pk")
    )
    profiles = {one.pk: profile_of(one) for one in people.select_related("reviewer_profile")}
    able = [
        profile.person_id
        for profile in profiles.values()
        if not is_away(profile, now) and (profile.is_cleared or not queue.is_restricted)
    ]
    # Counted only once they are held: what another round gave them is seen.
    free = hold_who_is_free(able)
    everywhere, here = _loads(free), _loads(free, queue)
    return [
        Member(
            person=profiles[key].person,
            profile=profiles[key],
            load=everywhere[key],
            room=queue.most_held - here[key],
        )
        for key in sorted(free)
    ]


def _loads(people: Collection[int], queue: ReviewQueue | None = None) -> dict[int, int]:
    """How many appeals each person holds and has waiting for them, in all queues or in one."""
    held = Claim.objects.filter(reviewer__in=people)
    kept = Appeal.objects.filter(state=AppealState.SUBMITTED, reserved_for__in=people)
    if queue is not None:
        held, kept = held.filter(appeal__queue=queue), kept.filter(queue=queue)
    loads: dict[int, int] = defaultdict(int)
    counted = (held.order_by().values_list("reviewer"), kept.order_by().values_list("reserved_for"))
    for rows in counted:
        for person, count in rows.annotate(count=Count("pk")):
            loads[person] += count
    return loads


def _waiting(queue: ReviewQueue, limit: int) -> list[Appeal]:
    """The heads of the queue, most urgent first; what somebody claims at this moment is left out.

    Each language is read from its own stretch of the index, however long the queue is. What was
    kept for somebody who let it lie (`reserved_until` is over) stays for everybody.
    """
    free = Appeal.objects.filter(
        queue=queue,
        state=AppealState.SUBMITTED,
        reserved_for__isnull=True,
        reserved_until__isnull=True,
    ).select_for_update(skip_locked=True, no_key=True)
    in_order = attrgetter("urgency", "promised_at", "pk")
    heads = [
        appeal
        for code, _name in settings.LANGUAGES
        for appeal in free.filter(language=code).order_by("urgency", "promised_at", "pk")[:limit]
    ]
    return sorted(heads, key=in_order)


def _pick(team: list[Member], waiting: list[Appeal]) -> dict[int, list[Appeal]]:
    """One member for each appeal: of those who can take it and have room, who has the least."""
    keys = [member.person.pk for member in team]
    barred = list_bars(keys, [appeal.pk for appeal in waiting]) if waiting else frozenset()
    picked: dict[int, list[Appeal]] = defaultdict(list)
    for appeal in waiting:
        wanted = Wanted(appeal.pk, appeal.language, appeal.is_restricted)
        able = [
            member
            for member in team
            if member.room > 0
            and not lacks(member.profile, wanted)
            and (member.person.pk, appeal.pk) not in barred
        ]
        if able:
            chosen = min(able, key=lambda member: (member.load, member.person.pk))
            chosen.load, chosen.room = chosen.load + 1, chosen.room - 1
            picked[chosen.person.pk].append(appeal)
    return picked


def _keep(appeals: list[Appeal], member: Member, queue: ReviewQueue, now: datetime) -> None:
    if not appeals:
        return
    until = kept_until(member.person, queue, now)
    rows = Appeal.objects.filter(pk__in=[appeal.pk for appeal in appeals])
    rows.update(reserved_for=member.person, reserved_until=until)
    reference = member.person.reference
    _record(EventKind.RESERVED, ((one, {"reviewer": reference}) for one in appeals), now)


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
    _record(EventKind.RELEASED, ((one, _why_ended(one, now)) for one in ended), now)
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


def _record(kind: EventKind, rows: Iterable[tuple[Appeal, dict[str, str]]], now: datetime) -> None:
    CaseEvent.objects.bulk_create(
        CaseEvent(appeal=appeal, kind=kind, at=now, is_visible=False, details=details)
        for appeal, details in rows
    )
