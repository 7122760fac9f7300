"""The reviewer's desk: queues, cases and their papers."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from appeals.access.fetching import one_of
from appeals.access.guarded import clearance_of, conflict_of, conflict_with
from appeals.access.roles import Reach, reach_of, sees_quality
from appeals.errors import AppealNotFound
from appeals.models import (
    Appeal,
    CaseEvent,
    EvidenceDocument,
    QualityReview,
    RestoreProposal,
    ReviewQueue,
)
from appeals.models.independence import bar_between
from appeals.prepared import prepared
from appeals.states import AppealState, EvidenceState
from portal.models import Customer


def list_queues(person: Customer) -> QuerySet[ReviewQueue]:
    """The queues this member of staff works in, or all for who oversees them.

    A restricted queue is there for cleared people only, whatever else they may do.
    """
    return queues_within(person.pk, reach_of(person))


def queues_within(person: int, reach: Reach) -> QuerySet[ReviewQueue]:
    """`list_queues`, for a query that is put together once: the person is only a key there."""
    open_to = ReviewQueue.objects.filter(Q(is_restricted=False) | clearance_of(person))
    if reach == Reach.ALL:
        return open_to
    return open_to.filter(members=person) if reach == Reach.OWN else open_to.none()


def list_cases(person: Customer) -> QuerySet[Appeal]:
    """Appeals this member of staff may open: sent ones in own queues, never one's own case.

    Nor one they declared a conflict of interest in: to stay away is not to read it either.
    Every list, count, search and export of appeals for staff begins here.
    """
    return cases_within(person.pk, reach_of(person))


def cases_within(person: int, reach: Reach) -> QuerySet[Appeal]:
    """`list_cases`, for a query that is put together once: the person is only a key there."""
    queues = queues_within(person, reach).values("pk")
    sent = Appeal.objects.exclude(state=AppealState.DRAFT).filter(queue__in=queues)
    return sent.filter(
        Q(is_restricted=False) | clearance_of(person),
        ~Q(customer=person) & ~conflict_of(person),
    )


@prepared
def _case(person: int, reference: str, *, reach: Reach) -> QuerySet[Appeal]:
    rows = cases_within(person, reach).filter(reference=reference)
    return rows.select_related(
        "decision__line", "customer", "queue", "routed_by", "reserved_for", "claim__reviewer"
    )


def get_case(person: Customer, reference: str) -> Appeal:
    found = _case(person.pk, reference, reach=reach_of(person))
    if not found:
        raise AppealNotFound(_("We could not find this page."))
    return found[0]


def get_case_evidence(person: Customer, public_id: UUID) -> EvidenceDocument:
    """A paper of a case, once it has been found safe to open."""
    being_read = list_quality_reviews(person).filter(reader=person).values("outcome__appeal")
    rows = EvidenceDocument.objects.filter(
        Q(appeal__in=list_cases(person).values("pk")) | Q(appeal__in=being_read),
        state=EvidenceState.READY,
    )
    return one_of(rows.select_related("appeal"), public_id=public_id)


def list_quality_reviews(person: Customer) -> QuerySet[QualityReview]:
    """Sampled cases this person may look up: never their own, decided or approved by them.

    A restricted case is there for cleared people only, as everywhere.
    """
    if not sees_quality(person):
        return QualityReview.objects.none()
    open_to = Q(outcome__appeal__is_restricted=False, queue__is_restricted=False)
    seen = QualityReview.objects.filter(open_to | clearance_of(person))
    own = Q(decided_by=person) | Q(outcome__appeal__customer=person)
    approved = Q(outcome__approved_by=person)
    made = Q(outcome__decision_made_by=person)
    # A condition on a column that may be blank: `exclude` of each by itself keeps the blanks.
    seen = seen.exclude(own).exclude(approved).exclude(made)
    return seen.filter(~conflict_of(person, "outcome__appeal__"))


def list_to_read_again(person: Customer) -> QuerySet[QualityReview]:
    """Sampled cases nobody has read yet, which this person had no part in and may judge."""
    took_part = Exists(CaseEvent.objects.filter(appeal=OuterRef("outcome__appeal"), by=person))
    unread = list_quality_reviews(person).filter(read_at__isnull=True).exclude(took_part)
    return unread.alias(bar=bar_between(person.pk, "outcome__appeal__")).filter(bar__isnull=True)


def get_quality_review(person: Customer, key: int) -> QualityReview:
    rows = list_quality_reviews(person).select_related(
        "outcome__appeal__decision__line",
        "outcome__appeal__customer",
        "outcome__decided_by",
        "queue",
        "reader",
    )
    return one_of(rows, pk=key)


def list_restores(person: Customer) -> QuerySet[RestoreProposal]:
    """Proposed restores of the queues this person works in or oversees.

    Never of their own line, nor of a customer they declared a conflict of interest with.
    """
    return restores_within(person.pk, reach_of(person))


def restores_within(person: int, reach: Reach) -> QuerySet[RestoreProposal]:
    """`list_restores`, for a query that is put together once: the person is only a key there."""
    rows = RestoreProposal.objects.filter(queue__in=queues_within(person, reach).values("pk"))
    conflicts = conflict_with(person, "decision__customer")
    return rows.exclude(decision__customer=person).filter(~conflicts)


def get_restore(person: Customer, key: int) -> RestoreProposal:
    return one_of(list_restores(person), pk=key)
