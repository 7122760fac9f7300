"""A supervisor puts an appeal into another queue than the routing table chose."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import is_supervisor, list_queues
from appeals.actions.assignment import Reservation, reserve
from appeals.actions.clocks import shorten_promise
from appeals.actions.eligibility import Wanted
from appeals.actions.events import record
from appeals.actions.independence import hold_person
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import (
    Appeal,
    Assignment,
    CaseNote,
    Claim,
    EventKind,
    Ground,
    ReviewQueue,
    Urgency,
)
from appeals.routing import HARDSHIP, guarded_codes
from appeals.states import AppealState
from portal.models import Customer

# An outcome that waits for its second person is not taken from them.
MOVABLE = frozenset({AppealState.SUBMITTED, AppealState.IN_REVIEW, AppealState.WAITING})
MOST_WORDS = 300


@transaction.atomic
def move_queue(*, appeal: Appeal, to: ReviewQueue, because: str, by: Customer) -> Appeal:
    """Put the appeal there and let go of it; its promise may become shorter, never longer.

    The rule that chose the first queue stays written on it; why it was moved is a note of staff.
    """
    if not is_supervisor(by):
        raise NotAllowed(_("Only a supervisor can put an appeal into another queue."))
    why = because.strip()
    if not why or len(why) > MOST_WORDS:
        raise BadInput(_("Write in a few words why it belongs there."), field="because")
    if to.named_reviewer is not None:
        # Before the appeal, as in every action that gives somebody something.
        hold_person(to.named_reviewer)
    appeal = _held(appeal)
    left = appeal.queue
    assert left is not None  # a sent appeal has a queue
    if left.pk == to.pk:
        raise BadInput(_("It is in this queue already."), field="queue")
    if not list_queues(by).filter(pk=to.pk).exists():
        raise NotAllowed(_("You cannot put an appeal into this queue."))
    _put(appeal, to)
    record(
        appeal,
        EventKind.MOVED,
        by,
        visible=False,
        from_queue=left.key,
        to_queue=to.key,
    )
    CaseNote.objects.create(
        appeal=appeal,
        by=by,
        at=timezone.now(),
        text=_("Moved to %(queue)s: %(because)s") % {"queue": to, "because": why},
    )
    return appeal


def _held(appeal: Appeal) -> Appeal:
    """The appeal as it stands, locked; only one that nobody has answered moves."""
    rows = Appeal.objects.select_for_update(of=("self",), no_key=True)
    appeal = rows.select_related("queue", "customer", "decision").get(pk=appeal.pk)
    if appeal.state not in MOVABLE:
        raise WrongState(_("This appeal can no longer be put into another queue."))
    return appeal


def _put(appeal: Appeal, to: ReviewQueue) -> None:
    now = timezone.now()
    appeal.queue = to
    is_restricted = to.is_restricted or _is_guarded(appeal)
    kept = _kept(appeal, to, is_restricted=is_restricted)
    is_first = appeal.is_vulnerable or to.key == HARDSHIP
    changes: dict[str, Any] = {
        "queue": to,
        "is_restricted": is_restricted,
        "urgency": Urgency.FIRST if is_first else Urgency.USUAL,
        "promised_at": shorten_promise(appeal, now),
        "reserved_for": kept.person,
        "reserved_until": kept.until,
    }
    if appeal.state == AppealState.IN_REVIEW:
        Claim.objects.filter(appeal=appeal).delete()
        appeal.move_to(AppealState.SUBMITTED, **changes)
    else:
        # Its row is held, so nobody was quicker; whoever has it open sees that it changed.
        changes["version"] = appeal.version + 1
        Appeal.objects.filter(pk=appeal.pk).update(**changes)
        for name, value in changes.items():
            setattr(appeal, name, value)
    if kept.person is not None:
        record(appeal, EventKind.RESERVED, visible=False, reviewer=kept.person.reference)


def _kept(appeal: Appeal, to: ReviewQueue, *, is_restricted: bool) -> Reservation:
    if to.assignment != Assignment.NAMED or appeal.state == AppealState.WAITING:
        return Reservation()
    wanted = Wanted(appeal.pk, language=appeal.language, is_restricted=is_restricted)
    return reserve(to.named_reviewer, wanted, queue=to, now=timezone.now())


def _is_guarded(appeal: Appeal) -> bool:
    """Whether a disputed reason keeps it for cleared members, whatever queue it is in."""
    codes = guarded_codes(ReviewQueue.objects.all())
    return Ground.objects.filter(appeal=appeal, decision_reason__code__in=codes).exists()
