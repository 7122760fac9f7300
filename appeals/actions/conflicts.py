"""A declared conflict of interest: from then on the person has no part in the case.

It can be ended when it was declared by mistake, by a supervisor who is somebody else, who says
why; both stay written down.
"""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import checks_quality, is_approver, is_reviewer, is_supervisor
from appeals.actions.claims import give_back
from appeals.actions.events import record
from appeals.actions.independence import hold_person
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import (
    Appeal,
    Claim,
    ConflictOfInterest,
    EventKind,
    Finding,
    Outcome,
    QualityReview,
)
from appeals.states import AppealState
from portal.models import Customer

MOST_CHARACTERS = 300


@transaction.atomic
def declare_conflict(
    *, person: Customer, about: Customer | Appeal, because: str, by: Customer
) -> ConflictOfInterest:
    """Write down that the person stays away from a customer, or from one appeal only.

    What they have of it is taken from them at once: what they hold goes back to its queue without
    what they found so far, what they proposed is not put before anybody, and what was kept for
    them is kept no longer. Declared twice is declared once.
    """
    words = _checked(because)
    _check_may_declare(person, about, by)
    hold_person(person)
    thing = {"appeal": about} if isinstance(about, Appeal) else {"customer": about}
    declared, is_new = ConflictOfInterest.objects.standing().get_or_create(
        person=person,
        **thing,
        defaults={"because": words, "declared_at": timezone.now(), "declared_by": by},
    )
    taken = _take_away(declared)
    if is_new and isinstance(about, Appeal) and about not in taken:
        taken.append(about)
    for appeal in taken:
        record(appeal, EventKind.RECUSED, by, visible=False)
    return declared


@transaction.atomic
def end_conflict(*, conflict: ConflictOfInterest, because: str, by: Customer) -> None:
    """A supervisor who is not the person themself says that there is no conflict, and why."""
    if not is_supervisor(by):
        raise NotAllowed(_("Only a supervisor can end a conflict of interest."))
    if conflict.person_id == by.pk:
        raise NotAllowed(_("Somebody else has to end your own conflict of interest."))
    words = _checked(because)
    standing = ConflictOfInterest.objects.standing().filter(pk=conflict.pk)
    if not standing.update(ended_at=timezone.now(), ended_by=by, ended_because=words):
        raise WrongState(_("This conflict of interest was ended before."))


def _check_may_declare(person: Customer, about: Customer | Appeal, by: Customer) -> None:
    if person.pk != by.pk and not is_supervisor(by):
        raise NotAllowed(_("Only a supervisor can say this of somebody else."))
    if not (is_reviewer(by) or is_approver(by) or is_supervisor(by) or checks_quality(by)):
        raise NotAllowed(_("Only people who work on appeals can declare a conflict of interest."))
    if not person.is_staff:
        raise BadInput(_("Choose a member of staff."), field="person")
    customer = about.customer_id if isinstance(about, Appeal) else about.pk
    if person.pk == customer:
        raise BadInput(_("This is their own case: nobody reviews that anyway."), field="person")


def _checked(because: str) -> str:
    words = because.strip()
    if not words:
        raise BadInput(_("Say why, in a few words."), field="because")
    if len(words) > MOST_CHARACTERS:
        raise BadInput(
            _("Say why in at most %(most)d characters.") % {"most": MOST_CHARACTERS},
            field="because",
        )
    return words


def _take_away(conflict: ConflictOfInterest) -> list[Appeal]:
    """Take what the person has of the customer or the appeal; what was taken."""
    person = conflict.person
    cases = Appeal.objects.filter(_is_about(conflict))
    unread = QualityReview.objects.filter(reader=person, read_at__isnull=True)
    unread.filter(outcome__appeal__in=cases.values("pk")).update(reader=None)
    proposed = Outcome.objects.filter(decided_by=person, sent_back_at__isnull=True, is_final=False)
    theirs = Q(claim__reviewer=person) | Q(reserved_for=person)
    rows = cases.open().filter(theirs | Q(pk__in=proposed.values("appeal"))).order_by("pk")
    locked = list(rows.select_for_update(of=("self",), no_key=True))
    return [appeal for appeal in locked if _take_one(appeal, person)]


def _is_about(conflict: ConflictOfInterest) -> Q:
    if conflict.appeal_id is not None:
        return Q(pk=conflict.appeal_id)
    return Q(customer=conflict.customer_id)


def _take_one(appeal: Appeal, person: Customer) -> bool:
    """Take this one from the person; False when it had just gone into other hands."""
    held, _by_model = Claim.objects.filter(appeal=appeal, reviewer=person).delete()
    if appeal.state == AppealState.APPROVAL:
        held += _void_proposal(appeal, person)
    if appeal.state == AppealState.IN_REVIEW and held:
        Finding.objects.filter(ground__appeal=appeal, by=person).delete()
        give_back(appeal, review_draft={})
        return True
    kept = Appeal.objects.filter(pk=appeal.pk, reserved_for=person)
    freed = kept.update(reserved_for=None, reserved_until=None, version=appeal.version + 1)
    return bool(held or freed)


def _void_proposal(appeal: Appeal, person: Customer) -> int:
    """Send the person's proposal back as if an approver had, to be written anew by another."""
    words = _("The person who proposed this declared a conflict of interest.")
    theirs = Outcome.objects.filter(appeal=appeal, decided_by=person, is_final=False)
    voided = theirs.filter(sent_back_at__isnull=True).update(
        sent_back_at=timezone.now(), sent_back_note=words
    )
    if voided:
        appeal.move_to(AppealState.IN_REVIEW)
    return voided
