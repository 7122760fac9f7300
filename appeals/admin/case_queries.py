"""What the case page asks the database, each question put together once a process."""

from datetime import date
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat

from appeals.access import Reach, cases_within, colleagues_in, queues_within, who_may_open
from appeals.actions.marks import list_marks
from appeals.models import (
    Appeal,
    CaseClock,
    CaseEvent,
    CaseNote,
    CustomerRequest,
    DecisionReason,
    DocumentRequest,
    EvidenceDocument,
    EvidenceMark,
    Ground,
    Mention,
    Outcome,
    ReviewQueue,
)
from appeals.prepared import prepared
from appeals.states import EvidenceState
from portal.models import Customer

# Who may be named: enough for every desk, and a bound for the page.
MOST_PEOPLE = 300
# Of other cases with the same file.
MOST_SAME = 3
OF_ANOTHER, ANSWERED = "*", "="


class Named(NamedTuple):
    """Somebody in a list to choose from."""

    pk: int
    name: str


@prepared
def papers_of(appeal: int, viewer: int, *, reach: Reach) -> QuerySet[EvidenceDocument]:
    """The case's papers, each with the cases of the viewer's that hold the same file: `also_in`.

    A case of another customer has a star behind its reference; its final outcome follows.
    """
    same = EvidenceDocument.objects.filter(
        sha256=OuterRef("sha256"), appeal__in=cases_within(viewer, reach).values("pk")
    ).exclude(Q(appeal=OuterRef("appeal")) | Q(state=EvidenceState.REMOVED))
    star = Case(
        When(appeal__customer=OuterRef("appeal__customer"), then=Value("")),
        default=Value(OF_ANOTHER),
    )
    final = Outcome.objects.filter(appeal=OuterRef("appeal"), is_final=True).values("kind")[:1]
    answer = Coalesce(Subquery(final), Value(""), output_field=CharField())
    named = same.order_by("-uploaded_at").values(
        name=Concat("appeal__reference", star, Value(ANSWERED), answer)
    )
    rows = EvidenceDocument.objects.filter(appeal=appeal).exclude(state=EvidenceState.REMOVED)
    return rows.annotate(also_in=ArraySubquery(named[:MOST_SAME]))


@prepared
def marks_of(appeal: int) -> QuerySet[EvidenceMark]:
    rows = list_marks(appeal).select_related("document", "by")
    return rows.order_by("document_id", "page", "pk")


@prepared
def grounds_of(appeal: int) -> QuerySet[Ground]:
    return Ground.objects.filter(appeal=appeal).select_related("finding", "suggestion")


@prepared
def reasons_of(decision: int) -> QuerySet[DecisionReason]:
    return DecisionReason.objects.filter(decision=decision)


@prepared
def requests_of(appeal: int) -> QuerySet[DocumentRequest]:
    return DocumentRequest.objects.filter(appeal=appeal).select_related("asked_by")


@prepared
def asked_beside(appeal: int) -> QuerySet[CustomerRequest]:
    """What the customer asked outside the appeal, and is answered with it."""
    return CustomerRequest.objects.filter(appeal=appeal).order_by("received_at", "pk")


@prepared
def events_of(appeal: int, *, most: int) -> QuerySet[CaseEvent]:
    rows = CaseEvent.objects.filter(appeal=appeal).select_related("by")
    return rows.order_by("-at", "-pk")[:most]


@prepared
def clocks_of(appeal: int) -> QuerySet[CaseClock]:
    return CaseClock.objects.filter(appeal=appeal).order_by("due_at", "pk")


@prepared
def notes_of(appeal: int) -> QuerySet[CaseNote]:
    return CaseNote.objects.filter(appeal=appeal).select_related("by")


@prepared
def mentions_of(appeal: int) -> QuerySet[Mention]:
    return Mention.objects.filter(note__appeal=appeal).select_related("person").order_by("pk")


@prepared
def outcomes_of(appeal: int) -> QuerySet[Outcome]:
    rows = Outcome.objects.filter(appeal=appeal).order_by("decided_at", "pk")
    return rows.select_related("decided_by", "approved_by", "line_decision", "payment_condition")


@prepared
def staff_named(references: list[str]) -> QuerySet[Customer, tuple[str, str]]:
    people = Customer.objects.filter(reference__any_of=references, is_staff=True)
    return people.values_list("reference", "name")


@prepared
def queues_named(keys: list[str]) -> QuerySet[ReviewQueue]:
    return ReviewQueue.objects.filter(key__any_of=keys)


@prepared
def others_of(
    customer: int, appeal: int, viewer: int, *, reach: Reach, most: int
) -> QuerySet[Appeal]:
    """Other appeals of the customer, each with the `answer` it got."""
    final = Outcome.objects.filter(appeal=OuterRef("pk"), is_final=True).values("kind")[:1]
    rows = cases_within(viewer, reach).filter(customer=customer).exclude(pk=appeal)
    rows = rows.select_related("decision").annotate(answer=Subquery(final))
    return rows.order_by("-created_at", "-pk")[:most]


@prepared
def people_to_name(
    queue: int, customer: int, appeal: int, viewer: int, *, is_guarded: bool
) -> QuerySet[Customer, tuple[int, str]]:
    people = who_may_open(queue, customer, appeal, is_guarded=is_guarded).exclude(pk=viewer)
    return people.values_list("pk", "name")[:MOST_PEOPLE]


@prepared
def people_to_give_to(
    queue: int, customer: int, appeal: int, decision: int, *, is_restricted: bool
) -> QuerySet[Customer, tuple[int, str, str, date | None]]:
    """Colleagues who may judge it, whether or not they are there today."""
    of_the_case = (Value(key, BigIntegerField()) for key in (appeal, customer, decision))
    bar: Func = Func(F("pk"), *of_the_case, function="appeals_bar", output_field=CharField())
    people = colleagues_in(queue, customer, is_restricted=is_restricted).alias(bar=bar)
    free = people.filter(bar__isnull=True)
    return free.values_list("pk", "name", "time_zone", "reviewer_profile__away_until")


@prepared
def queues_of(viewer: int, *, reach: Reach) -> QuerySet[ReviewQueue]:
    return queues_within(viewer, reach)
