"""Marking that a customer needs care: their appeal is served first from that moment."""

from django.db import transaction
from django.utils.translation import gettext as _

from appeals.access import is_reviewer, is_supervisor
from appeals.actions.events import record
from appeals.errors import NotAllowed, WrongState
from appeals.models import Appeal, EventKind, Urgency
from appeals.routing import HARDSHIP
from appeals.states import OPEN
from portal.models import Customer


@transaction.atomic
def mark_vulnerable(*, appeal: Appeal, by: Customer, is_vulnerable: bool) -> bool:
    """Mark or unmark the appeal; whether that changed anything.

    It keeps its place in the queue of hardship either way: everybody there is served first.
    """
    if not (is_reviewer(by) or is_supervisor(by)):
        raise NotAllowed(_("Only reviewers can do this."))
    is_first = is_vulnerable or (appeal.queue is not None and appeal.queue.key == HARDSHIP)
    urgency = Urgency.FIRST if is_first else Urgency.USUAL
    rows = Appeal.objects.filter(pk=appeal.pk, is_vulnerable=not is_vulnerable, state__in=OPEN)
    if not rows.update(is_vulnerable=is_vulnerable, urgency=urgency):
        if not Appeal.objects.filter(pk=appeal.pk, state__in=OPEN).exists():
            raise WrongState(_("This appeal is closed already."))
        return False
    appeal.is_vulnerable, appeal.urgency = is_vulnerable, urgency
    record(appeal, EventKind.CARE, by, visible=False, needs_care=int(is_vulnerable))
    return True
