"""What the lender's app may read about one customer, a list an operation."""

from typing import Any, TypeVar

from django.db.models import Model, Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.pagination import CursorPagination
from rest_framework.serializers import BaseSerializer

from appeals import access
from appeals.api.authentication import MayReadCustomers, ServiceTokenAuthentication
from appeals.api.serializers import (
    AppealSerializer,
    DecisionSerializer,
    LineSerializer,
    NoticeSerializer,
    ProblemSerializer,
)
from appeals.models import Appeal, CreditLine, LineDecision, Notice, Outcome
from portal.models import Customer

Row = TypeVar("Row", bound=Model)


class NewestFirst(CursorPagination):
    """Each page costs the same, however many there are."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-pk"


class CustomersList(generics.ListAPIView[Row]):
    """A list of one customer's records; an unknown customer is a 404."""

    authentication_classes = [ServiceTokenAuthentication]
    permission_classes = [MayReadCustomers]
    pagination_class = NewestFirst
    serializer_class: type[BaseSerializer[Any]]

    def customer(self) -> Customer:
        return access.get_customer(self.kwargs["customer"])


def _documented(name: str, serializer: type[BaseSerializer[Any]]) -> Any:
    return extend_schema_view(
        get=extend_schema(
            operation_id=name,
            tags=["customers"],
            responses={
                200: serializer(many=True),
                401: ProblemSerializer,
                403: ProblemSerializer,
                404: ProblemSerializer,
            },
        )
    )


@_documented("list_lines", LineSerializer)
class LineList(CustomersList[CreditLine]):
    """The customer's credit lines."""

    queryset = CreditLine.objects.none()
    serializer_class = LineSerializer

    def get_queryset(self) -> QuerySet[CreditLine]:
        return access.list_lines(self.customer())


@_documented("list_decisions", DecisionSerializer)
class DecisionList(CustomersList[LineDecision]):
    """The decisions the customer has been told of."""

    queryset = LineDecision.objects.none()
    serializer_class = DecisionSerializer

    def get_queryset(self) -> QuerySet[LineDecision]:
        rows = access.list_decisions(self.customer())
        return rows.select_related("line", "notice", "overrides", "overridden_by").prefetch_related(
            "reasons"
        )


@_documented("list_notices", NoticeSerializer)
class NoticeList(CustomersList[Notice]):
    """The frozen notices, with the text the customer was owed."""

    queryset = Notice.objects.none()
    serializer_class = NoticeSerializer

    def get_queryset(self) -> QuerySet[Notice]:
        return access.list_notices(self.customer()).select_related("decision")


@_documented("list_appeals", AppealSerializer)
class AppealList(CustomersList[Appeal]):
    """The customer's appeals, drafts left out."""

    queryset = Appeal.objects.none()
    serializer_class = AppealSerializer

    def get_queryset(self) -> QuerySet[Appeal]:
        rows = access.list_appeals(self.customer()).exclude(state="draft")
        outcomes = Prefetch("outcomes", Outcome.objects.select_related("payment_condition"))
        return rows.select_related("decision").prefetch_related(outcomes)
