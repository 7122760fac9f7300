"""What was restored for a time: a reminder before its end, and the end, each exactly once."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from appeals.actions.events import record
from appeals.actions.notices import tell_of
from appeals.actions.restoring import overtaking_decision, take_back
from appeals.models import EventKind, Notice, Outcome
from appeals.truth import about_appeal
from notifications.api import notify

BATCH = 500
REMIND_BEFORE = timedelta(days=7)
# Days begin up to half a day earlier in the east than in UTC.
EVERYWHERE = timedelta(days=1)


def remind_of_ends(now: datetime | None = None) -> int:
    """Tell those whose limit ends within a week; how many were told."""
    now = now or timezone.now()
    soon = _running().filter(
        end_told_at__isnull=True, until__lt=now.date() + REMIND_BEFORE + EVERYWHERE
    )
    ids = list(soon.order_by("until", "pk").values_list("pk", flat=True)[:BATCH])
    return sum(_remind(pk, now) for pk in ids)


def end_what_was_for_a_time(now: datetime | None = None) -> int:
    """Take back what was restored until yesterday; how many outcomes came to their end."""
    now = now or timezone.now()
    over = _running().filter(until__lt=now.date() + EVERYWHERE)
    ids = list(over.order_by("until", "pk").values_list("pk", flat=True)[:BATCH])
    return sum(_end(pk, now) for pk in ids)


def _running() -> QuerySet[Outcome]:
    return Outcome.objects.filter(is_final=True, until__isnull=False, ended_at__isnull=True)


def _lock(pk: int) -> Outcome | None:
    rows = _running().select_for_update(skip_locked=True, of=("self",), no_key=True)
    return (
        rows.select_related("appeal__customer", "appeal__decision__line", "line_decision")
        .filter(pk=pk)
        .first()
    )


@transaction.atomic
def _remind(pk: int, now: datetime) -> bool:
    outcome = _lock(pk)
    if outcome is None or outcome.end_told_at is not None or outcome.until is None:
        return False
    customer = outcome.appeal.customer
    today = now.astimezone(customer.zone).date()
    remind_on = outcome.until - REMIND_BEFORE
    # A time of less than a week was told within that week.
    if not _announced_on(outcome) < remind_on <= today or overtaking_decision(outcome) is not None:
        return False
    outcome.end_told_at = now
    outcome.save(update_fields=["end_told_at"])
    notify(
        recipient=customer,
        type="time_ends",
        dedupe_key=f"appeal:{outcome.appeal.reference}:time_ends",
        context={"reference": outcome.appeal.reference, "until": outcome.until.isoformat()},
        path=f"/appeals/{outcome.appeal.reference}/",
        about=about_appeal(outcome.appeal),
    )
    return True


@transaction.atomic
def _end(pk: int, now: datetime) -> bool:
    outcome = _lock(pk)
    if outcome is None or outcome.until is None:
        return False
    zone = outcome.appeal.customer.zone
    if now.astimezone(zone).date() <= outcome.until:
        return False
    decision = take_back(outcome, _announced_on(outcome), now)
    outcome.end_decision, outcome.ended_at = decision, now
    outcome.save(update_fields=["end_decision", "ended_at"])
    if decision is None:
        # Whatever was decided since has its own notice; there is nothing to take back.
        newer = overtaking_decision(outcome)
        reference = newer.reference if newer else None
        record(outcome.appeal, EventKind.TIME_ENDED, visible=False, newer=reference)
        return True
    record(outcome.appeal, EventKind.TIME_ENDED, decision=decision.reference)
    # Where the notice is held, staff see it, and it is told when it can be written.
    notice = Notice.objects.filter(decision=decision).first()
    if notice is not None:
        tell_of(decision, notice)
    return True


def _announced_on(outcome: Outcome) -> date:
    """The customer's day on which the outcome told them of its end."""
    told_at = outcome.approved_at or outcome.decided_at
    return told_at.astimezone(outcome.appeal.customer.zone).date()
