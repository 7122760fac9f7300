"""Which decisions an incident is about: one reading of its scope, for counts, lists and SQL."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from appeals.models import (
    ADVERSE,
    AffectedDecision,
    AffectedState,
    GatheredAppeal,
    Incident,
    IncidentState,
    LineDecision,
)
from appeals.prepared import prepared


def decisions_in(incident: Incident) -> QuerySet[LineDecision]:
    """The cuts in its scope as they are known now; before it is frozen, and what may join after."""
    rows = LineDecision.objects.filter(
        rule_id=incident.rule_id,
        rule_version=incident.rule_version,
        decided_at__gte=incident.since,
        action__in=sorted(ADVERSE),
    )
    if incident.rule_module:
        rows = rows.filter(rule_module=incident.rule_module)
    if incident.until:
        rows = rows.filter(decided_at__lt=incident.until)
    if incident.region:
        rows = rows.filter(customer__region=incident.region)
    return rows


def joined(incident: Incident) -> QuerySet[LineDecision]:
    """The decisions of the frozen scope."""
    keys = AffectedDecision.objects.filter(incident=incident).values("decision")
    return LineDecision.objects.filter(pk__in=keys)


@prepared
def gathering_of(appeal: int) -> QuerySet[GatheredAppeal]:
    """What gathers an appeal now: its incident is open, and its remedy has not come to it yet."""
    return _gathering().filter(appeal=appeal).select_related("incident").order_by("pk")


def is_gathered() -> Exists:
    """Whether an appeal is gathered now, asked of many; `appeals_is_gathered` says the same."""
    return Exists(_gathering().filter(appeal=OuterRef("pk")))


def _gathering() -> QuerySet[GatheredAppeal]:
    affected = AffectedDecision.objects.filter(
        incident=OuterRef("incident"), decision=OuterRef("appeal__decision")
    )
    rows = GatheredAppeal.objects.filter(incident__state=IncidentState.OPEN)
    return rows.exclude(Exists(affected.exclude(state=AffectedState.WAITING)))


def open_incidents() -> list[Incident]:
    return list(Incident.objects.filter(state=IncidentState.OPEN).order_by("pk"))


def incident_of(decision: LineDecision, incidents: Iterable[Incident]) -> Incident | None:
    """The open incident whose scope this decision is in; it need not be stored yet."""
    return next((one for one in incidents if _is_in(decision, one)), None)


def _is_in(decision: LineDecision, incident: Incident) -> bool:
    return (
        decision.action in ADVERSE
        and decision.rule_id == incident.rule_id
        and decision.rule_version == incident.rule_version
        and incident.rule_module in ("", decision.rule_module)
        and _is_between(decision.decided_at, incident)
        and incident.region in ("", decision.customer.region)
    )


def _is_between(moment: datetime, incident: Incident) -> bool:
    return incident.since <= moment and (incident.until is None or moment < incident.until)
