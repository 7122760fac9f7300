"""Conditions of outcomes: so many payments on time, and the rest of the limit comes back."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from appeals.actions.events import record
from appeals.actions.restoring import overtaking_decision, restore_the_rest
from appeals.models import (
    Appeal,
    ConditionState,
    EventKind,
    Outcome,
    OutcomeCondition,
    PaymentReport,
)
from appeals.truth import about_appeal
from notifications.api import notify

BATCH = 500
# A payment made on the last day reaches us a little later; until then nothing counts as missed.
REPORTED_WITHIN = timedelta(days=3)
# The last day ends later in zones west of Greenwich.
EVERYWHERE = timedelta(days=1)


def look_at_conditions(now: datetime | None = None) -> int:
    """Count the payments of every open condition; how many conditions came to an end."""
    now = now or timezone.now()
    over_before = now.date() - REPORTED_WITHIN + EVERYWHERE
    moved = (
        _open()
        .annotate(made=_made())
        .filter(
            Q(made__gte=F("payments_needed"))
            | ~Q(made=F("payments_made"))
            | Q(by_date__lt=over_before)
        )
    )
    ids = list(moved.order_by("by_date", "pk").values_list("pk", flat=True)[:BATCH])
    return sum(_look(pk, now) for pk in ids)


def payments_on_time(line_id: int, since: date, by_date: date) -> int:
    """Bills that fell due in this span and were paid by their day, as last reported."""
    return _on_time().filter(line=line_id, due_on__gte=since, due_on__lte=by_date).count()


def _open() -> QuerySet[OutcomeCondition]:
    return OutcomeCondition.objects.filter(state=ConditionState.OPEN, since__isnull=False)


def _on_time() -> QuerySet[PaymentReport]:
    """Of several reports about one bill the latest counts: a correction is a later report."""
    later = PaymentReport.objects.filter(
        line=OuterRef("line"), due_on=OuterRef("due_on"), pk__gt=OuterRef("pk")
    )
    paid = PaymentReport.objects.filter(paid_on__isnull=False, paid_on__lte=F("due_on"))
    return paid.exclude(Exists(later)).order_by()


def _made() -> Coalesce:
    there = _on_time().filter(
        line=OuterRef("outcome__appeal__decision__line"),
        due_on__gte=OuterRef("since"),
        due_on__lte=OuterRef("by_date"),
    )
    count = there.values("line").annotate(made=Count("pk")).values("made")
    return Coalesce(Subquery(count, output_field=IntegerField()), 0)


@transaction.atomic
def _look(pk: int, now: datetime) -> bool:
    # One looker at a time; whoever comes second finds it closed, or leaves it for the next round.
    condition = _open().select_for_update(skip_locked=True, no_key=True).filter(pk=pk).first()
    if condition is None:
        return False
    outcome = Outcome.objects.select_related(
        "appeal__customer", "appeal__decision__line", "line_decision"
    ).get(pk=condition.outcome_id)
    assert condition.since is not None
    condition.payments_made = payments_on_time(
        outcome.appeal.decision.line_id, condition.since, condition.by_date
    )
    if condition.payments_made >= condition.payments_needed:
        return _met(condition, outcome, now)
    today = now.astimezone(outcome.appeal.customer.zone).date()
    if today > condition.by_date + REPORTED_WITHIN:
        return _missed(condition, outcome, now)
    condition.save(update_fields=["payments_made"])
    return False


def _met(condition: OutcomeCondition, outcome: Outcome, now: datetime) -> bool:
    decision = restore_the_rest(outcome, condition.then_limit, now)
    if decision is None:
        _overtaken(condition, outcome, now)
        return True
    condition.line_decision = decision
    _close(condition, ConditionState.MET, now)
    record(outcome.appeal, EventKind.CONDITION_MET, decision=decision.reference)
    _tell(outcome.appeal, "condition_met")
    return True


def _overtaken(condition: OutcomeCondition, outcome: Outcome, now: datetime) -> None:
    """The customer did their part and a newer decision stands: a person must look, today."""
    newer = overtaking_decision(outcome)
    assert newer is not None
    _close(condition, ConditionState.OVERTAKEN, now)
    today = now.astimezone(outcome.appeal.customer.zone).date()
    Outcome.objects.filter(pk=outcome.pk).update(look_again_on=today, looked_again_at=None)
    record(outcome.appeal, EventKind.CONDITION_MET, visible=False, newer=newer.reference)


def _missed(condition: OutcomeCondition, outcome: Outcome, now: datetime) -> bool:
    _close(condition, ConditionState.MISSED, now)
    record(outcome.appeal, EventKind.CONDITION_MISSED, made=condition.payments_made)
    _tell(outcome.appeal, "condition_missed")
    return True


def _close(condition: OutcomeCondition, state: ConditionState, now: datetime) -> None:
    condition.state, condition.closed_at = state, now
    condition.save(update_fields=["state", "closed_at", "payments_made", "line_decision"])


def _tell(appeal: Appeal, what: str) -> None:
    notify(
        recipient=appeal.customer,
        type=what,
        dedupe_key=f"appeal:{appeal.reference}:{what}",
        context={"reference": appeal.reference},
        path=f"/appeals/{appeal.reference}/",
        about=about_appeal(appeal),
    )
