"""What is hidden from whom: restricted cases, one's own, and those one must stay away from."""

from django.db.models import Exists, OuterRef, Q

from appeals.catalogue import CATALOGUE
from appeals.models import Appeal, ConflictOfInterest, DecisionReason, ReviewerProfile, ReviewQueue
from portal.models import Customer


def clearance_of(person: Customer | int) -> Exists:
    """Whether the person is cleared for restricted cases, asked inside another query."""
    return Exists(ReviewerProfile.objects.filter(person=person, is_cleared=True))


def not_hidden_from(person: Customer | int, appeal: str = "") -> Q:
    """For rows that belong to appeals (`appeal` is the way there): restricted ones only if cleared.

    Where a page shows rows of appeals without starting from `list_cases`.
    """
    is_open = Q(**{f"{appeal}is_restricted": False, f"{appeal}queue__is_restricted": False})
    own = Q(**{f"{appeal}customer": person}) | conflict_of(person, appeal)
    return (is_open | Q(clearance_of(person))) & ~own


def decisions_seen_by(person: Customer, decision: str = "") -> Q:
    """For decisions, and rows that belong to one (`decision` is the way there): as their cases.

    What rests on a reason for cleared members only, or is under appeal before them, is theirs.
    """
    restricted = ReviewQueue.objects.filter(is_restricted=True).values_list("key", flat=True)
    keys = set(restricted)
    codes = [code for code, reason in CATALOGUE.reasons.items() if reason.is_guarded(keys)]
    key = OuterRef(f"{decision}pk")
    reasons = DecisionReason.objects.filter(decision=key, code__in=codes)
    cases = Appeal.objects.filter(Q(is_restricted=True) | Q(queue__is_restricted=True))
    guarded = Exists(reasons) | Exists(cases.filter(decision=key))
    return ~guarded | Q(clearance_of(person))


def conflict_of(person: Customer | int, appeal: str = "") -> Q:
    """Whether the person declared a conflict with its customer or itself; `appeal` leads there.

    Two short lists a query, rather than a question a row.
    """
    standing = ConflictOfInterest.objects.standing().filter(person=person, appeal__isnull=False)
    about_it = Q(**{f"{appeal}pk__in": standing.values("appeal")})
    return about_it | conflict_with(person, f"{appeal}customer")


def conflict_with(person: Customer | int, customer: str) -> Q:
    standing = ConflictOfInterest.objects.standing().filter(person=person, customer__isnull=False)
    return Q(**{f"{customer}__in": standing.values("customer")})


def instructions_seen_by(person: Customer | int) -> Q:
    """Instructions to the ledger that are not about a restricted case."""
    of_restores = Q(restore__queue__is_restricted=False) | Q(clearance_of(person))
    return (Q(outcome__isnull=False) & not_hidden_from(person, "outcome__appeal__")) | (
        (Q(restore__isnull=False) & of_restores & ~Q(restore__decision__customer=person))
        # Nothing guarded is put right with the others: see appeals.actions.remedy_obstacles.
        | (Q(affected__isnull=False) & ~Q(affected__decision__customer=person))
    )


def is_guarded(appeal: Appeal) -> bool:
    """Whether cleared people only may see it: itself or its queue is restricted."""
    return appeal.is_restricted or bool(appeal.queue and appeal.queue.is_restricted)
