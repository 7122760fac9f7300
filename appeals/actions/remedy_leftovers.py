"""What a remedy could not put right by itself is a person's; and the count that is published."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import get_affected, is_supervisor
from appeals.actions.incidents import LONGEST_REASON, lock_incident
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import AffectedDecision, AffectedState, Incident, Remedy, RemedyState
from portal.models import Customer


@transaction.atomic
def see_to(*, incident: Incident, key: int, by: Customer, note: str) -> None:
    """Say what was done for a decision that was for a person; once."""
    _check_may(by)
    affected, note = get_affected(by, incident, key), note.strip()
    if not note:
        raise BadInput(_("Say what you did for this customer."), field="note")
    if len(note) > LONGEST_REASON:
        raise BadInput(
            _("Use at most %(number)s characters.") % {"number": LONGEST_REASON}, field="note"
        )
    open_ones = AffectedDecision.objects.filter(
        pk=affected.pk, state=AffectedState.CANNOT, handled_by__isnull=True
    )
    if not open_ones.update(handled_by=by, handled_at=timezone.now(), handled_note=note):
        raise WrongState(_("A colleague was faster. The page shows how it stands now."))


@transaction.atomic
def try_again(*, incident: Incident, key: int, by: Customer) -> None:
    """Whatever kept it is gone: let the remedy look at it once more."""
    _check_may(by)
    affected = get_affected(by, incident, key)
    held = lock_incident(incident)
    stuck = AffectedDecision.objects.filter(
        pk=affected.pk, state=AffectedState.CANNOT, handled_by__isnull=True
    )
    if not stuck.update(state=AffectedState.WAITING, obstacle="", done_at=None):
        raise WrongState(_("A colleague was faster. The page shows how it stands now."))
    Incident.objects.filter(pk=held.pk).update(cannot=F("cannot") - 1)
    done = Remedy.objects.filter(incident=held, state=RemedyState.DONE)
    done.update(state=RemedyState.RUNNING, ended_at=None)


def publish_count(*, incident: Incident, by: Customer) -> None:
    """Show everybody how many were put right, on the page of our faults; once."""
    _check_may(by)
    done = Remedy.objects.filter(incident=incident, state=RemedyState.DONE)
    if not done.exists():
        raise WrongState(_("Its remedy is not done. There is nothing to publish yet."))
    fresh = Incident.objects.filter(pk=incident.pk, published_at__isnull=True)
    if not fresh.update(published_at=timezone.now()):
        raise WrongState(_("A colleague was faster. The page shows how it stands now."))


def _check_may(by: Customer) -> None:
    if not is_supervisor(by):
        raise NotAllowed(_("Only supervisors do this."))
