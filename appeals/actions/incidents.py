"""An incident is opened by a person and closed by a person; all that follows is other modules'."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import is_supervisor
from appeals.actions.alarms import acknowledge
from appeals.actions.engine import owe_engine
from appeals.actions.gathering import part
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.incident_scope import decisions_in, is_gathered
from appeals.models import (
    AlarmState,
    Appeal,
    EngineRequest,
    Incident,
    IncidentState,
    Remedy,
    RemedyState,
    RuleAlarm,
)
from portal.lib.references import new_reference
from portal.models import Customer

LONGEST_TITLE, LONGEST_REASON = 120, 500
# A remedy that is none of these any more keeps its incident open.
ENDED = (RemedyState.DECLINED, RemedyState.STOPPED, RemedyState.DONE)


@dataclass(frozen=True)
class Scope:
    """Whom an incident is about, as somebody asks for it."""

    rule_id: str
    rule_version: str
    since: datetime
    rule_module: str = ""
    until: datetime | None = None
    region: str = ""

    def as_incident(self) -> Incident:
        """The incident this would be, not stored: enough to count and to list."""
        return Incident(
            rule_id=self.rule_id.strip(),
            rule_version=self.rule_version.strip(),
            rule_module=self.rule_module.strip(),
            since=self.since,
            until=self.until,
            region=self.region.strip(),
        )


def check_scope(scope: Scope) -> Incident:
    """The incident this would be; BadInput where it could not be one."""
    incident = scope.as_incident()
    if not incident.rule_id or not incident.rule_version:
        raise BadInput(_("Name the rule and its version."), field="rule_id")
    if scope.until is not None and scope.until <= scope.since:
        raise BadInput(_("The end is before the beginning."), field="until")
    return incident


def open_incident(
    *, scope: Scope, title: str, by: Customer, alarm: RuleAlarm | None = None
) -> Incident:
    """Open it: from now on nothing of its scope is told, and the engine is asked to stop.

    An alarm that led to it is looked into from now on.
    """
    if not is_supervisor(by):
        raise NotAllowed(_("Only supervisors do this."))
    incident = check_scope(scope)
    if not title.strip():
        raise BadInput(_("Give it a title that colleagues understand."), field="title")
    if len(title.strip()) > LONGEST_TITLE:
        raise BadInput(
            _("Use at most %(number)s characters.") % {"number": LONGEST_TITLE}, field="title"
        )
    if not decisions_in(incident).exists():
        raise BadInput(_("We hold no decision in this scope."), field="rule_id")
    incident.reference, incident.title = new_reference("IN"), title.strip()
    incident.opened_by, incident.opened_at, incident.alarm = by, timezone.now(), alarm
    try:
        with transaction.atomic():
            incident.save(force_insert=True)
            ask_engine(incident, EngineRequest.Kind.STOP)
            if alarm is not None and alarm.state == AlarmState.OPEN:
                acknowledge(reference=alarm.reference, by=by)
    except IntegrityError as error:
        raise WrongState(
            _("An incident about this version, module and region is open already.")
        ) from error
    return incident


@transaction.atomic
def close_incident(*, incident: Incident, by: Customer, because: str) -> None:
    """End it, with a reason: what still waits is told now, and the rule may run again."""
    if not is_supervisor(by):
        raise NotAllowed(_("Only supervisors do this."))
    because = because.strip()
    if not because:
        raise BadInput(_("Say why it is closed. It stays with the incident."), field="because")
    if len(because) > LONGEST_REASON:
        raise BadInput(
            _("Use at most %(number)s characters.") % {"number": LONGEST_REASON}, field="because"
        )
    held = lock_incident(incident)
    if Remedy.objects.filter(incident=held).exclude(state__in=ENDED).exists():
        raise WrongState(_("Its remedy is not done. Stop it first, or let it finish."))
    held.state, held.because = IncidentState.CLOSED, because
    held.closed_by, held.closed_at = by, timezone.now()
    waiting = Appeal.objects.open().filter(is_gathered(), gathered__incident=held)
    part(waiting, held.reference, held.closed_at)
    held.save(update_fields=["state", "because", "closed_by", "closed_at"])
    ask_engine(held, EngineRequest.Kind.GO_ON)


def lock_incident(incident: Incident) -> Incident:
    """The incident as it is now, open, and held until the transaction ends."""
    held = Incident.objects.select_for_update(no_key=True).get(pk=incident.pk)
    if not held.is_open:
        raise WrongState(_("This incident is closed."))
    return held


def ask_engine(incident: Incident, kind: EngineRequest.Kind) -> None:
    """Owe the risk engine one signed word, in the caller's transaction."""
    owe_engine(
        kind,
        {
            "incident": incident.reference,
            "rule": incident.rule_id,
            "version": incident.rule_version,
            "module": incident.rule_module or None,
            "region": incident.region or None,
            "since": incident.since.isoformat(),
        },
        incident=incident,
    )
