"""What customers ask for beside an appeal, and the copies of their data."""

from django.db.models import Q, QuerySet

from appeals.access.desk import queues_within
from appeals.access.fetching import one_of
from appeals.access.guarded import clearance_of, conflict_of, conflict_with
from appeals.access.people import supervisors_for
from appeals.access.roles import Reach, reach_of
from appeals.models import CustomerRequest, DataCopy
from portal.models import Customer


def list_own_requests(customer: Customer) -> QuerySet[CustomerRequest]:
    rows = CustomerRequest.objects.filter(customer=customer)
    return rows.select_related("decision__line", "appeal").order_by("-received_at", "-pk")


def get_own_request(customer: Customer, reference: str) -> CustomerRequest:
    return one_of(list_own_requests(customer), reference=reference)


def list_own_copies(customer: Customer) -> QuerySet[DataCopy]:
    rows = DataCopy.objects.filter(request__customer=customer).select_related("request")
    return rows.prefetch_related("downloads").order_by("-pk")


def get_own_copy(customer: Customer, reference: str) -> DataCopy:
    return one_of(list_own_copies(customer), request__reference=reference)


def list_requests(person: Customer) -> QuerySet[CustomerRequest]:
    """Requests this member of staff may open: of own queues, restricted ones only if cleared.

    Never their own, nor what is asked by or beside an appeal of somebody they must stay away from.
    """
    return requests_within(person.pk, reach_of(person))


def requests_within(person: int, reach: Reach) -> QuerySet[CustomerRequest]:
    """`list_requests`, for a query that is put together once: the person is only a key there."""
    rows = CustomerRequest.objects.filter(queue__in=queues_within(person, reach).values("pk"))
    rows = rows.filter(Q(is_restricted=False) | clearance_of(person)).exclude(customer=person)
    away = Q(appeal__isnull=False) & conflict_of(person, "appeal__")
    return rows.exclude(conflict_with(person, "customer")).exclude(away)


def get_request(person: Customer, reference: str) -> CustomerRequest:
    rows = list_requests(person).select_related(
        "customer", "decision__line", "decision__notice", "queue", "appeal", "taken_by",
        "answered_by", "data_copy",
    )  # fmt: skip
    return one_of(rows, reference=reference)


def list_supervisors_of(request: CustomerRequest) -> QuerySet[Customer]:
    """Who answers for the request's queue and may see it."""
    is_guarded = request.is_restricted or request.queue.is_restricted
    return supervisors_for(request.customer_id, request.appeal_id, is_guarded=is_guarded)
