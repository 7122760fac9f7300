"""While an incident is open nothing of its scope is told, and open appeals wait with it.

What comes in meanwhile is held by the intake itself. Here, by the clock: what was written but not
sent when it was opened, the appeals that were open, and, when it is closed, letting it all go.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from appeals.actions.clocks import resume_clocks
from appeals.actions.events import record
from appeals.actions.gathering import call_off_requests
from appeals.actions.notices import retry_notice
from appeals.incident_scope import decisions_in
from appeals.models import (
    Appeal,
    EventKind,
    GatheredAppeal,
    Incident,
    IncidentState,
    LineDecision,
    NoticeHold,
)
from appeals.notice_text import Cause
from appeals.states import AppealState
from appeals.truth import DECISION, about_appeal
from notifications.api import hold_back, let_go, notify

PORTION = 2_000
# An intake that began before the incident may end after it; until then it is looked at again.
IN_FLIGHT = timedelta(minutes=10)
APPEALS_AT_ONCE = 200
HOLDS_AT_ONCE = 500
TYPE = "line_changed"


def look_after_holds() -> None:
    """Hold, gather and let go what is due; harmless when rung twice."""
    now = timezone.now()
    for incident in Incident.objects.filter(state=IncidentState.OPEN, held_at__isnull=True):
        hold_what_waits(incident, now)
    for incident in Incident.objects.filter(state=IncidentState.OPEN):
        gather_appeals(incident)
    for incident in Incident.objects.filter(state=IncidentState.CLOSED, let_go_at__isnull=True):
        end_hold(incident, now)


def hold_what_waits(incident: Incident, now: datetime) -> int:
    """Hold the messages of its scope of which nothing was sent yet; how many."""
    number = sum(hold_back(keys) for keys in _message_keys(incident))
    if now > incident.opened_at + IN_FLIGHT:
        Incident.objects.filter(pk=incident.pk).update(held_at=now)
    return number


def gather_appeals(incident: Incident) -> int:
    """Note the open appeals of its scope, and ask their customers for nothing more; how many."""
    gathered = GatheredAppeal.objects.filter(incident=incident, appeal=OuterRef("pk"))
    rows = Appeal.objects.open().filter(decision__in=decisions_in(incident).values("pk"))
    fresh = rows.exclude(Exists(gathered)).order_by("pk").values_list("pk", flat=True)
    return sum(_gather(incident, pk) for pk in list(fresh[:APPEALS_AT_ONCE]))


def end_hold(incident: Incident, now: datetime) -> None:
    """Tell what is still true of what waited, in portions; the next ring goes on."""
    held = _held(incident)
    for hold in held.select_related("decision__customer", "decision__line")[:HOLDS_AT_ONCE]:
        retry_notice(hold=hold)
    if _held(incident).exists():
        return
    for keys in _message_keys(incident):
        # What was put right meanwhile is found to be undone just before it would go.
        let_go(keys, kind=TYPE)
    Incident.objects.filter(pk=incident.pk, let_go_at__isnull=True).update(let_go_at=now)


def _held(incident: Incident) -> QuerySet[NoticeHold]:
    rows = NoticeHold.objects.filter(code=Cause.INCIDENT, named__incident=incident.reference)
    return rows.order_by("due_at", "pk")


def _message_keys(incident: Incident) -> Iterator[Sequence[str]]:
    """The keys of the messages about its decisions that have a notice, in portions."""
    last = 0
    while True:
        rows = decisions_in(incident).filter(pk__gt=last, notice__isnull=False).order_by("pk")
        found: list[LineDecision] = list(rows.only("pk", "reference")[:PORTION])
        if not found:
            return
        last = found[-1].pk
        yield [f"{DECISION}{one.reference}" for one in found]


@transaction.atomic
def _gather(incident: Incident, pk: int) -> bool:
    # Held first, so that none is gathered under what was closed a moment ago. Nothing waits here
    # for an appeal, so nobody who has one and waits for the incident can be waited for.
    still_open = Incident.objects.select_for_update(no_key=True).filter(state=IncidentState.OPEN)
    if not still_open.filter(pk=incident.pk).exists():
        return False
    rows = Appeal.objects.open().select_related("customer", "queue")
    locked = rows.select_for_update(of=("self",), no_key=True, skip_locked=True)
    appeal = locked.filter(pk=pk).first()
    if appeal is None:
        return False
    now = timezone.now()
    _, is_new = GatheredAppeal.objects.get_or_create(
        incident=incident, appeal=appeal, defaults={"at": now}
    )
    if not is_new:
        return False
    if appeal.state == AppealState.WAITING:
        call_off_requests(appeal, now)
        resume_clocks(appeal, AppealState.SUBMITTED, now)
        _tell_it_is_called_off(appeal, incident)
    record(appeal, EventKind.GATHERED, incident=incident.reference)
    return True


def _tell_it_is_called_off(appeal: Appeal, incident: Incident) -> None:
    """Whoever was asked for something may be looking for it: they need not."""
    notify(
        recipient=appeal.customer,
        type="appeal_gathered",
        dedupe_key=f"appeal:{appeal.reference}:gathered:{incident.reference}",
        context={"reference": appeal.reference},
        path=f"/appeals/{appeal.reference}/",
        about=about_appeal(appeal),
    )
