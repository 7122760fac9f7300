"""A remedy, step by step: each takes some of the scope, puts it right and counts it, or nothing.

A step is one transaction. Its decisions are taken with SKIP LOCKED, so that two workers share the
work; the counts move in the same transaction and only while the remedy is in the state the step
found, so that a pause holds at once. A repeat finds nothing waiting; a death undoes its step.

Order of locks: the decisions of the scope, their appeals, their lines, the remedy.
"""

import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet
from django.utils import timezone

from appeals.actions.remedy_rows import Portion, put_right
from appeals.actions.trying import despite_others
from appeals.models import (
    WORKING,
    AffectedDecision,
    AffectedState,
    Incident,
    Remedy,
    RemedyState,
)
from appeals.models.remedies import ALL_SHARES

STEP = 1_000


class Overtaken(Exception):
    """Somebody paused or stopped the remedy while a step ran."""


@dataclass(frozen=True)
class Step:
    """What one step did; `has_more` says whether another one may find something."""

    done: int = 0
    has_more: bool = False


def list_working() -> list[int]:
    """The remedies that have steps to take."""
    return list(Remedy.objects.filter(state__in=WORKING).values_list("pk", flat=True))


def work_on(remedy_id: int, *, seconds: float) -> bool:
    """Take steps for so long; whether more remain."""
    until = time.monotonic() + seconds
    while True:
        step = take_step(remedy_id)
        if not step.has_more or time.monotonic() > until:
            return step.has_more


def take_step(remedy_id: int, *, size: int = STEP) -> Step:
    """Put the next few right; nothing where somebody else holds all that is left."""
    try:
        return despite_others(lambda: _take_step(remedy_id, size))
    except Overtaken:
        return Step()


def _take_step(remedy_id: int, size: int) -> Step:
    rows = Remedy.objects.select_related("incident", "proposed_by", "approved_by")
    remedy = rows.filter(pk=remedy_id, state__in=WORKING).first()
    if remedy is None:
        return Step()
    affected = _take(remedy, size)
    now = timezone.now()
    if affected:
        _count(remedy, put_right(Portion(remedy, affected, now)))
        return Step(done=len(affected), has_more=True)
    # What another worker holds still waits: the phase ends with the last of them.
    if not _waiting(remedy).exists():
        _end_phase(remedy, now)
    return Step()


def _waiting(remedy: Remedy) -> QuerySet[AffectedDecision]:
    rows = AffectedDecision.objects.filter(incident=remedy.incident_id, state=AffectedState.WAITING)
    is_first_share = remedy.state == RemedyState.CANARY
    return rows.filter(share__lt=remedy.canary_share if is_first_share else ALL_SHARES)


def _take(remedy: Remedy, size: int) -> list[AffectedDecision]:
    rows = _waiting(remedy).select_for_update(of=("self",), no_key=True, skip_locked=True)
    whole = rows.select_related("decision__customer", "decision__line")
    return list(whole.order_by("pk")[:size])


def _count(remedy: Remedy, found: Counter[AffectedState]) -> None:
    """Add to the sums of the incident, only while the remedy is as the step found it."""
    held = Remedy.objects.select_for_update(no_key=True).filter(pk=remedy.pk, state=remedy.state)
    if not held.exists():
        raise Overtaken
    Incident.objects.filter(pk=remedy.incident_id).update(
        restored=F("restored") + found[AffectedState.RESTORED],
        already=F("already") + found[AffectedState.ALREADY],
        cannot=F("cannot") + found[AffectedState.CANNOT],
    )


def _end_phase(remedy: Remedy, now: datetime) -> None:
    as_found = Remedy.objects.filter(pk=remedy.pk, state=remedy.state)
    if remedy.state == RemedyState.CANARY:
        as_found.update(state=RemedyState.WAITING)
    else:
        as_found.update(state=RemedyState.DONE, ended_at=now)
