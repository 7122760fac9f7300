"""Changing a queue, and what a reviewer can take on."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from appeals.access import clearance_of, is_supervisor
from appeals.actions.changes import changed_by
from appeals.errors import NotAllowed
from appeals.models import Appeal, Ground, ReviewerProfile, ReviewQueue, RuleOwner
from appeals.routing import guarded_codes
from appeals.states import OPEN
from portal.models import Customer


def is_cleared(person: Customer) -> bool:
    return Customer.objects.filter(clearance_of(person), pk=person.pk).exists()


def may_clear(person: Customer) -> bool:
    """Who decides who sees restricted cases: nobody who may not see them, but for a superuser."""
    return is_supervisor(person) and (person.is_superuser or is_cleared(person))


@transaction.atomic
def save_queue(*, queue: ReviewQueue, members: Iterable[Customer], by: Customer) -> ReviewQueue:
    """Keep the queue and who works in it; its open appeals are restricted with it."""
    _check_supervises(by)
    stored = ReviewQueue.objects.select_for_update(of=("self",), no_key=True).get(pk=queue.pk)
    is_turned = stored.is_restricted != queue.is_restricted
    if (is_turned or stored.is_restricted) and not may_clear(by):
        raise NotAllowed(_("Only a cleared supervisor decides who may see this queue."))
    with changed_by(by):
        queue.save()
        queue.members.set(members)
    if is_turned:
        _turn_open_appeals(queue)
    return queue


def _turn_open_appeals(queue: ReviewQueue) -> None:
    """What waits or is being worked on follows its queue; a guarded reason stays guarded."""
    appeals = Appeal.objects.filter(queue=queue, state__in=OPEN)
    if queue.is_restricted:
        appeals.filter(is_restricted=False).update(is_restricted=True)
        return
    codes = guarded_codes(ReviewQueue.objects.all())
    guarded = Ground.objects.filter(appeal=OuterRef("pk"), decision_reason__code__in=codes)
    appeals.filter(~Exists(guarded), is_restricted=True).update(is_restricted=False)


@transaction.atomic
def save_profile(*, profile: ReviewerProfile, by: Customer) -> ReviewerProfile:
    """Keep what somebody reads and until when they are away; clearance by who has it themself."""
    _check_supervises(by)
    stored = ReviewerProfile.objects.select_for_update(no_key=True)
    was = stored.filter(person=profile.person_id).values_list("is_cleared", flat=True).first()
    if profile.is_cleared != bool(was) and not may_clear(by):
        raise NotAllowed(_("Only a cleared supervisor can give or take clearance."))
    with changed_by(by):
        profile.save()
    return profile


def save_owner(*, owner: RuleOwner, by: Customer) -> RuleOwner:
    """Keep who answers for a rule of the engine and so judges no appeal against it."""
    _check_supervises(by)
    owner.save()
    return owner


def remove_owner(*, owner: RuleOwner, by: Customer) -> None:
    """They answer for the rule no more."""
    _check_supervises(by)
    owner.delete()


def _check_supervises(person: Customer) -> None:
    if not is_supervisor(person):
        raise NotAllowed(_("Only a supervisor can change this."))
