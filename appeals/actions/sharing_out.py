"""Balanced queues: whoever has the least is kept the next appeal they can take.

What takes long, such as asking who may judge what, is asked before anybody is held: while somebody
is held they cannot claim. What changed meanwhile is seen again under the lock.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from appeals.actions.assignment import kept_until, record_kept
from appeals.actions.eligibility import Wanted, is_away, lacks, profile_of, reviewers
from appeals.actions.independence import hold_who_is_free, list_bars
from appeals.models import (
    SERVED,
    Appeal,
    Assignment,
    Claim,
    EventKind,
    ReviewerProfile,
    ReviewQueue,
)
from appeals.states import AppealState
from portal.models import Customer

# One round takes this many from a queue; the next comes within a minute.
BATCH = 200


def share_out() -> int:
    """Give waiting appeals of the balanced queues to whoever has the least; how many."""
    queues = list(ReviewQueue.objects.filter(assignment=Assignment.BALANCED))
    return sum(_share_out_one(queue, timezone.now()) for queue in queues)


@dataclass
class Member:
    """A member who is here, with what they have and how much more they may be given."""

    person: Customer
    profile: ReviewerProfile
    load: int  # in all queues
    room: int  # in this one


def _share_out_one(queue: ReviewQueue, now: datetime) -> int:
    profiles = _here(queue, now)
    room = sum(member.room for member in _team(profiles, profiles, queue))
    waiting = _heads(queue, min(room, BATCH))
    if not waiting:
        return 0
    barred = list_bars(profiles, [appeal.pk for appeal in waiting])
    try:
        with transaction.atomic():
            team = _team(profiles, hold_who_is_free(profiles), queue)
            picked = _pick(team, _still_free(waiting), barred)
            for member in team:
                _keep(picked.get(member.person.pk, []), member, queue, now)
    except IntegrityError:
        # Somebody declared a conflict at this very moment: the next round knows of it.
        return 0
    return sum(map(len, picked.values()))


def _here(queue: ReviewQueue, now: datetime) -> dict[int, ReviewerProfile]:
    """The skills of the members who are here and may see what is in the queue."""
    able = reviewers().order_by().values("pk")
    people = Customer.objects.filter(review_queues=queue, pk__in=able)
    profiles = [profile_of(person) for person in people.select_related("reviewer_profile")]
    return {
        profile.person_id: profile
        for profile in profiles
        if not is_away(profile, now) and (profile.is_cleared or not queue.is_restricted)
    }


def _team(
    profiles: dict[int, ReviewerProfile], keys: Collection[int], queue: ReviewQueue
) -> list[Member]:
    """Those of them who may be given more, as it stands now."""
    everywhere, here = _loads(keys), _loads(keys, queue)
    return [
        Member(
            person=profiles[key].person,
            profile=profiles[key],
            load=everywhere[key],
            room=queue.most_held - here[key],
        )
        for key in sorted(keys)
        if here[key] < queue.most_held
    ]


def _loads(people: Collection[int], queue: ReviewQueue | None = None) -> dict[int, int]:
    """How many appeals each person holds and has waiting for them, in all queues or in one."""
    held = Claim.objects.filter(reviewer__in=people)
    kept = Appeal.objects.filter(
        state=AppealState.SUBMITTED, is_set_aside=False, reserved_for__in=people
    )
    if queue is not None:
        held, kept = held.filter(appeal__queue=queue), kept.filter(queue=queue)
    loads: dict[int, int] = defaultdict(int)
    counted = (held.order_by().values_list("reviewer"), kept.order_by().values_list("reserved_for"))
    for rows in counted:
        for person, count in rows.annotate(count=Count("pk")):
            loads[person] += count
    return loads


def _free() -> QuerySet[Appeal]:
    """What waits for anybody; what somebody let lie (`reserved_until` is over) stays for all."""
    return Appeal.objects.filter(
        state=AppealState.SUBMITTED,
        is_set_aside=False,
        reserved_for__isnull=True,
        reserved_until__isnull=True,
    )


def _heads(queue: ReviewQueue, limit: int) -> list[Appeal]:
    """The heads of the queue; each language is read from its own stretch of the index."""
    free = _free().filter(queue=queue).order_by(*SERVED)
    return [
        appeal
        for code, _name in settings.LANGUAGES
        for appeal in free.filter(language=code)[:limit]
    ]


def _still_free(appeals: list[Appeal]) -> list[Appeal]:
    """Those still waiting, locked, most urgent first; what is claimed right now is left out."""
    rows = _free().filter(pk__in=[appeal.pk for appeal in appeals])
    locked = rows.select_for_update(skip_locked=True, no_key=True)
    return sorted(locked, key=attrgetter(*SERVED))


def _pick(
    team: list[Member], waiting: list[Appeal], barred: frozenset[tuple[int, int]]
) -> dict[int, list[Appeal]]:
    """One member for each appeal: of those who can take it and have room, who has the least."""
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
    record_kept(EventKind.RESERVED, ((one, {"reviewer": reference}) for one in appeals), now)
