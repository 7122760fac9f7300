"""The files of the copy: which records each holds, read a few at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.usersessions.models import UserSession
from django.db.models import Prefetch, Q, QuerySet

from appeals.access import list_appeals, list_decisions, list_lines, list_notices
from appeals.data_copy import rows
from appeals.data_copy.rows import Row
from appeals.models import (
    ClarityAnswer,
    CustomerRequest,
    EvidenceDocument,
    Ground,
    LineFact,
    PaymentReport,
    Representative,
    TreatmentAnswer,
)
from appeals.states import EvidenceState
from notifications.api import messages_for, preference_of
from portal.models import Customer

CHUNK = 200


@dataclass(frozen=True)
class Section:
    """One file `data/<name>.json`: a list of records of one kind."""

    name: str
    read: Callable[[Customer], Iterator[Row]]


def _each(found: QuerySet[Any], row: Callable[[Any], Row]) -> Iterator[Row]:
    return (row(one) for one in found.iterator(chunk_size=CHUNK))


def _profile(customer: Customer) -> Iterator[Row]:
    yield rows.person(customer)


def _preferences(customer: Customer) -> Iterator[Row]:
    yield rows.preference(preference_of(customer.pk))


def _lines(customer: Customer) -> Iterator[Row]:
    return _each(list_lines(customer), rows.line)


def _facts(customer: Customer) -> Iterator[Row]:
    found = LineFact.objects.filter(line__customer=customer).select_related("line")
    return _each(found.order_by("pk"), rows.facts)


def _payments(customer: Customer) -> Iterator[Row]:
    found = PaymentReport.objects.filter(line__customer=customer).select_related("line")
    return _each(found.order_by("pk"), rows.payment)


def _decisions(customer: Customer) -> Iterator[Row]:
    found = list_decisions(customer).select_related("line", "overrides")
    return _each(found.prefetch_related("reasons"), rows.decision)


def _notices(customer: Customer) -> Iterator[Row]:
    return _each(list_notices(customer).select_related("decision"), rows.notice)


def _appeals(customer: Customer) -> Iterator[Row]:
    found = list_appeals(customer).select_related("decision")
    papers = EvidenceDocument.objects.exclude(state=EvidenceState.REMOVED)
    return _each(
        found.prefetch_related(
            Prefetch("grounds", Ground.objects.select_related("decision_reason")),
            Prefetch("evidence", papers.prefetch_related("openings")),
            "document_requests",
            "events",
            "outcomes__appeal__grounds__decision_reason",
        ),
        rows.appeal,
    )


def _requests(customer: Customer) -> Iterator[Row]:
    found = CustomerRequest.objects.filter(customer=customer)
    return _each(found.select_related("decision", "appeal"), rows.request)


def _messages(customer: Customer) -> Iterator[Row]:
    return _each(messages_for(customer), rows.message)


def _clarity(customer: Customer) -> Iterator[Row]:
    found = ClarityAnswer.objects.filter(customer=customer).select_related("notice")
    return _each(found.order_by("pk"), rows.clarity)


def _treatment(customer: Customer) -> Iterator[Row]:
    found = TreatmentAnswer.objects.filter(customer=customer).select_related("appeal")
    return _each(found.order_by("pk"), rows.treatment)


def _representatives(customer: Customer) -> Iterator[Row]:
    found = Representative.objects.filter(Q(appeal__customer=customer) | Q(person=customer))
    found = found.select_related("appeal").order_by("pk")
    return _each(found, lambda one: rows.representative(one, customer))


def _sign_ins(customer: Customer) -> Iterator[Row]:
    return _each(UserSession.objects.filter(user=customer).order_by("pk"), rows.sign_in)


SECTIONS: tuple[Section, ...] = (
    Section("profile", _profile),
    Section("preferences", _preferences),
    Section("lines", _lines),
    Section("facts", _facts),
    Section("payments", _payments),
    Section("decisions", _decisions),
    Section("notices", _notices),
    Section("appeals", _appeals),
    Section("requests", _requests),
    Section("messages", _messages),
    Section("clarity", _clarity),
    Section("treatment", _treatment),
    Section("representatives", _representatives),
    Section("sign_ins", _sign_ins),
)
