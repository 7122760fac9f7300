"""Appeals that were answered at some time, for tests of numbers."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from appeals.models import Appeal, Outcome, ReviewQueue
from appeals.states import AppealState, OutcomeKind
from portal.models import Customer
from tests.appeals.builders import create_appeal


def answer(
    appeal: Appeal,
    kind: OutcomeKind = OutcomeKind.KEPT,
    *,
    by: Customer,
    at: datetime | None = None,
) -> Outcome:
    """The final answer, in the order in which the action writes it."""
    at = at or timezone.now()
    Appeal.objects.filter(pk=appeal.pk).update(state=AppealState.DECIDED, closed_at=at)
    outcome = Outcome.objects.create(
        appeal=appeal,
        kind=kind,
        sentence="Because.",
        until=at.date() + timedelta(days=30) if kind == OutcomeKind.TEMPORARY else None,
        decided_by=by,
        decided_at=at,
    )
    Outcome.objects.filter(pk=outcome.pk).update(is_final=True)
    return outcome


def create_answered(
    kind: OutcomeKind = OutcomeKind.KEPT,
    *,
    by: Customer,
    queue: ReviewQueue,
    days: int = 1,
    at: datetime | None = None,
    **overrides: Any,
) -> Appeal:
    """An appeal answered so many days after it was sent."""
    at = at or timezone.now()
    sent_at = at - timedelta(days=days)
    appeal = create_appeal(
        overrides.pop("decision", None),
        state=AppealState.SUBMITTED,
        queue=queue,
        submitted_at=sent_at,
        **overrides,
    )
    answer(appeal, kind, by=by, at=at)
    appeal.refresh_from_db()
    return appeal
