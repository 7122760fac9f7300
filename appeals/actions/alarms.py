"""What supervisors do with an alarm: take it, or say why it is none."""

from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import get_alarm, is_supervisor
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import AlarmState, RuleAlarm
from portal.models import Customer

LONGEST_REASON = 2_000


def acknowledge(*, reference: str, by: Customer) -> None:
    """Say that this person looks into it; it waits for nobody else any more."""
    alarm = _own(reference, by)
    _move(alarm, {AlarmState.OPEN}, AlarmState.ACKNOWLEDGED, by)


def dismiss(*, reference: str, by: Customer, why: str) -> None:
    """Say why the rule does what it should. The words stay with the alarm."""
    alarm = _own(reference, by)
    why = why.strip()
    if not why:
        raise BadInput(_("Say why it is no fault: whoever comes after you reads it."), field="why")
    if len(why) > LONGEST_REASON:
        raise BadInput(
            _("Use at most %(number)s characters.") % {"number": LONGEST_REASON}, field="why"
        )
    _move(alarm, {AlarmState.OPEN, AlarmState.ACKNOWLEDGED}, AlarmState.DISMISSED, by, why=why)


def _own(reference: str, by: Customer) -> RuleAlarm:
    alarm = get_alarm(by, reference)
    if not is_supervisor(by):
        raise NotAllowed(_("Only supervisors do this."))
    return alarm


def _move(
    alarm: RuleAlarm, begin: set[AlarmState], end: AlarmState, by: Customer, why: str = ""
) -> None:
    moved = RuleAlarm.objects.filter(pk=alarm.pk, state__in=begin).update(
        state=end, changed_by=by, changed_at=timezone.now(), why_dismissed=why
    )
    if not moved:
        raise WrongState(_("A colleague was faster. The page shows how it stands now."))
