"""Whom two people cannot put right for: what is guarded, and what is their own."""

from collections.abc import Sequence

from appeals.actions.remedy_appeals import OpenAppeals
from appeals.catalogue import CATALOGUE
from appeals.models import (
    ConflictOfInterest,
    DecisionReason,
    LineDecision,
    Obstacle,
    Remedy,
    ReviewQueue,
)


def obstacles_of(
    remedy: Remedy, decisions: Sequence[LineDecision], appeals: OpenAppeals
) -> dict[int, Obstacle]:
    """By decision, why it is for a person; a fixed number of queries, however many there are."""
    guarded, own = _guarded(decisions) | appeals.guarded(), _with_whom_not(remedy)
    found = {
        one.pk: Obstacle.OWN
        for one in decisions
        if one.customer_id in own
        or one.decided_by_id in (remedy.proposed_by_id, remedy.approved_by_id)
    }
    found |= dict.fromkeys(appeals.barred(), Obstacle.OWN)
    return found | dict.fromkeys(guarded, Obstacle.GUARDED)


def _guarded(decisions: Sequence[LineDecision]) -> set[int]:
    restricted = ReviewQueue.objects.filter(is_restricted=True).values_list("key", flat=True)
    queues = set(restricted)
    codes = [code for code, reason in CATALOGUE.reasons.items() if reason.is_guarded(queues)]
    keys = [decision.pk for decision in decisions]
    rows = DecisionReason.objects.filter(decision_id__any_of=keys, code__in=codes)
    return set(rows.values_list("decision_id", flat=True))


def _with_whom_not(remedy: Remedy) -> set[int]:
    """The two themselves, and whom they declared a conflict of interest with."""
    two = [key for key in (remedy.proposed_by_id, remedy.approved_by_id) if key]
    conflicts = ConflictOfInterest.objects.standing().filter(person__in=two)
    return {*two, *conflicts.exclude(customer=None).values_list("customer_id", flat=True)}
