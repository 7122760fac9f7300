"""What the page of one incident shows of its remedy, its hold and what is for a person."""

from typing import Any

from django.db.models import Count, Q

from appeals.access import decisions_seen_by
from appeals.engine_delivery import is_configured
from appeals.models import (
    AffectedDecision,
    AffectedState,
    Incident,
    InstructionState,
    LineInstruction,
    NoticeHold,
    Remedy,
    RemedyState,
)
from appeals.notice_text import Cause
from portal.models import Customer

LEFT_SHOWN = 50
# Which buttons a remedy has, by its state.
BUTTONS = {
    RemedyState.CANARY: ("pause", "stop"),
    RemedyState.WAITING: ("go_on", "pause", "stop"),
    RemedyState.RUNNING: ("pause", "stop"),
    RemedyState.PAUSED: ("resume", "stop"),
}
OVER = (RemedyState.DECLINED, RemedyState.STOPPED)


def parts_of(incident: Incident, person: Customer) -> dict[str, Any]:
    """A fixed number of queries, however many decisions there are."""
    people = ("proposed_by", "approved_by", "changed_by")
    remedies = list(incident.remedies.select_related(*people).order_by("-pk"))
    remedy = remedies[0] if remedies else None
    state = RemedyState(remedy.state) if remedy else None
    is_over = state is None or state in OVER
    return {
        "remedy": remedy,
        "earlier": remedies[1:],
        "may_propose": incident.is_open and is_over,
        "may_close": incident.is_open and (is_over or state == RemedyState.DONE),
        "may_answer": state == RemedyState.PROPOSED,
        "is_own": bool(remedy and remedy.proposed_by_id == person.pk),
        "may_publish": state == RemedyState.DONE and incident.published_at is None,
        "buttons": BUTTONS.get(state, ()) if state else (),
        "is_working": state in (RemedyState.CANARY, RemedyState.RUNNING),
        "progress": progress_of(incident),
        "requests": list(incident.requests.order_by("pk")),
        "is_engine_known": is_configured(),
        "gathered": incident.gathered.count(),
        "held": _held(incident),
        "ledger": _ledger(incident, remedy),
        "left": _left(incident, person),
    }


def progress_of(incident: Incident) -> dict[str, int]:
    """The counts that add up to the scope, and how far that is in percent."""
    done = incident.size - incident.waiting
    return {
        "percent": 100 * done // incident.size if incident.size else 0,
        "done": done,
    }


def _held(incident: Incident) -> int:
    rows = NoticeHold.objects.filter(code=Cause.INCIDENT, named__incident=incident.reference)
    return rows.count()


def _ledger(incident: Incident, remedy: Remedy | None) -> dict[str, int]:
    """How much of what the ledger was told it has confirmed."""
    if remedy is None or incident.frozen_at is None:
        return {}
    rows = LineInstruction.objects.filter(affected__incident=incident)
    confirmed = Count("pk", filter=Q(state=InstructionState.CONFIRMED))
    return rows.aggregate(told=Count("pk"), confirmed=confirmed)


def _left(incident: Incident, person: Customer) -> list[AffectedDecision]:
    """What is for a person and nobody saw to, as far as this one may see it."""
    rows = AffectedDecision.objects.filter(
        incident=incident, state=AffectedState.CANNOT, handled_by__isnull=True
    )
    seen = rows.filter(decisions_seen_by(person, "decision__"))
    return list(
        seen.select_related("decision__customer", "decision__line").order_by("pk")[:LEFT_SHOWN]
    )
