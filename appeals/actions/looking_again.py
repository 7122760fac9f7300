"""The day on which a reason is looked at again: put before staff once, and ended by one of them."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import is_reviewer, is_supervisor
from appeals.actions.corrections import ask_to_decide_again
from appeals.actions.events import record
from appeals.actions.independence import check_is_independent
from appeals.actions.restoring import overtaking_decision
from appeals.errors import NotAllowed, WrongState
from appeals.models import CaseEvent, EventKind, Outcome, Purpose
from appeals.states import OutcomeKind
from appeals.truth import about_appeal
from notifications.api import notify
from portal.models import Customer

BATCH = 500


def due_to_look_at(today: date) -> QuerySet[Outcome]:
    """Outcomes whose reason was to be looked at again by today, and was not yet."""
    return Outcome.objects.filter(
        is_final=True, look_again_on__lte=today, looked_again_at__isnull=True
    )


def raise_what_is_due(now: datetime | None = None) -> int:
    """Note on each case, once, that its day has come; how many were noted."""
    now = now or timezone.now()
    came_up = CaseEvent.objects.filter(appeal=OuterRef("appeal"), kind=EventKind.LOOKED_AGAIN)
    due = due_to_look_at(now.date()).exclude(Exists(came_up))
    ids = list(due.order_by("look_again_on", "pk").values_list("pk", flat=True)[:BATCH])
    return sum(_raise(pk, now) for pk in ids)


@transaction.atomic
def _raise(pk: int, now: datetime) -> bool:
    outcome = _lock(pk, now)
    if outcome is None:
        return False
    came_up = CaseEvent.objects.filter(appeal=outcome.appeal_id, kind=EventKind.LOOKED_AGAIN)
    if came_up.exists():
        return False
    newer = overtaking_decision(outcome) if outcome.kind == OutcomeKind.CORRECTED else None
    if newer is not None:
        # The engine has decided again, and the customer has its notice: nothing is left to look at.
        outcome.looked_again_at = now
        outcome.save(update_fields=["looked_again_at"])
        record(outcome.appeal, EventKind.LOOK_ENDED, visible=False, newer=newer.reference)
        return False
    record(outcome.appeal, EventKind.LOOKED_AGAIN, visible=False)
    return True


@transaction.atomic
def end_look(*, outcome: Outcome, by: Customer, decide_again: bool) -> None:
    """Somebody looked: the answer stands, or the engine is asked to decide again.

    Only the first of two ends it, and the customer is told.
    """
    if not (is_reviewer(by) or is_supervisor(by)):
        raise NotAllowed(_("Only reviewers can do this."))
    now = timezone.now()
    due = _lock(outcome.pk, now)
    if due is None:
        raise WrongState(_("This is not waiting to be looked at any more."))
    check_is_independent(due.appeal, by)
    if due.kind == OutcomeKind.CORRECTED and not decide_again and not overtaking_decision(due):
        raise WrongState(_("No newer decision about this line is here yet. Ask for it again."))
    due.looked_again_at = now
    due.save(update_fields=["looked_again_at"])
    if decide_again:
        ask_to_decide_again(due, Purpose.LOOK_AGAIN, now)
    record(due.appeal, EventKind.LOOK_ENDED, by, decide_again=int(decide_again))
    notify(
        recipient=due.appeal.customer,
        type="looked_again",
        dedupe_key=f"appeal:{due.appeal.reference}:looked_again",
        context={"reference": due.appeal.reference},
        path=f"/appeals/{due.appeal.reference}/",
        about=about_appeal(due.appeal),
    )


def _lock(pk: int, now: datetime) -> Outcome | None:
    rows = due_to_look_at(now.date()).select_for_update(of=("self",), no_key=True)
    return rows.select_related("appeal__customer", "appeal__decision__line").filter(pk=pk).first()
