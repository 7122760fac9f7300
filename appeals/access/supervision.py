"""What those see who oversee the desk: alarms, incidents, and what staff keep of their work."""

from django.db.models import Case, Q, QuerySet, When

from appeals.access.fetching import one_of
from appeals.access.guarded import decisions_seen_by
from appeals.access.roles import is_supervisor, sees_all_queues
from appeals.models import (
    AffectedDecision,
    AlarmState,
    BulkStep,
    ExportRecord,
    Incident,
    RuleAlarm,
    SavedView,
)
from portal.models import Customer


def list_incidents(person: Customer) -> QuerySet[Incident]:
    """Incidents are for who oversees the whole desk, or audits it; newest first."""
    rows = Incident.objects.order_by("-opened_at", "-pk")
    return rows if sees_all_queues(person) else rows.none()


def get_incident(person: Customer, reference: str) -> Incident:
    rows = list_incidents(person).select_related("alarm", "opened_by", "closed_by")
    return one_of(rows, reference=reference)


def get_affected(person: Customer, incident: Incident, key: int) -> AffectedDecision:
    """A decision of an incident's frozen scope that this person may see."""
    rows = AffectedDecision.objects.filter(incident=incident)
    return one_of(rows.filter(decisions_seen_by(person, "decision__")), pk=key)


def list_views(person: Customer | int) -> QuerySet[SavedView]:
    """The person's own views and those that are shown to everybody at the desk."""
    return SavedView.objects.filter(Q(owner=person) | Q(is_shared=True))


def get_view(person: Customer, key: int) -> SavedView:
    """A view this person may change: their own, and a supervisor also what is shared."""
    changeable = Q(owner=person)
    if is_supervisor(person):
        changeable |= Q(is_shared=True)
    return one_of(SavedView.objects.filter(changeable), pk=key)


def list_exports(person: Customer) -> QuerySet[ExportRecord]:
    """Who took which list out of the house."""
    rows = ExportRecord.objects.all()
    return rows if sees_all_queues(person) else rows.none()


def list_steps(person: Customer) -> QuerySet[BulkStep]:
    """Steps over many cases; which of those cases a person sees is asked of `list_cases`."""
    rows = BulkStep.objects.all()
    return rows if sees_all_queues(person) else rows.none()


def get_step(person: Customer, key: int) -> BulkStep:
    return one_of(list_steps(person).select_related("by", "undoes", "undone_by_step__by"), pk=key)


def list_alarms(person: Customer) -> QuerySet[RuleAlarm]:
    """For who oversees the desk; those nobody took first, then the newest."""
    rows = RuleAlarm.objects.all() if sees_all_queues(person) else RuleAlarm.objects.none()
    is_open = Case(When(state=AlarmState.OPEN, then=0), default=1)
    return rows.select_related("changed_by").order_by(is_open, "-found_at", "-pk")


def get_alarm(person: Customer, reference: str) -> RuleAlarm:
    return one_of(list_alarms(person), reference=reference)
