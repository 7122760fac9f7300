"""Payments come in from the lender's ledger: what conditions of outcomes are counted by."""

from collections import Counter
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from appeals.actions.payments import take_payments
from appeals.api.authentication import MayWritePayments
from appeals.api.decisions import KEY
from appeals.api.errors import Rejected
from appeals.api.idempotency import Answer
from appeals.api.list_once import ListOnce
from appeals.api.serializers import ProblemSerializer
from appeals.feed.decoding import Unusable, decode_json
from appeals.feed.payments import payments_in

MOST_PAYMENTS = 1_000


class PaymentSchema(serializers.Serializer[Any]):
    """One bill of a line and its payment, as the ledger knows it."""

    payment_id = serializers.CharField(help_text="unique in the source")
    line = serializers.CharField(help_text="the line's reference, as in its decisions")
    due_on = serializers.DateField()
    paid_on = serializers.DateField(allow_null=True, help_text="null when it is not paid")
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)


class PaymentAnswerSerializer(serializers.Serializer[Any]):
    """What became of one payment that was sent."""

    payment_id = serializers.CharField()
    status = serializers.ChoiceField(["created", "unchanged", "conflict", "rejected"])
    error = serializers.CharField(required=False)


class PaymentsAnswerSerializer(serializers.Serializer[Any]):
    counts = serializers.DictField(child=serializers.IntegerField())
    payments = PaymentAnswerSerializer(many=True)


class Payments(ListOnce):
    """Send up to 1,000 payments; each gets its own answer, in order.

    A payment is idempotent by its `payment_id`, so a broken call is simply sent again. Of several
    reports about one bill (line and day due) the latest counts.
    """

    permission_classes = [MayWritePayments]

    @extend_schema(
        operation_id="send_payments",
        tags=["payments"],
        parameters=[KEY],
        request=PaymentSchema(many=True),
        responses={
            200: PaymentsAnswerSerializer,
            401: ProblemSerializer,
            403: ProblemSerializer,
            413: ProblemSerializer,
            422: ProblemSerializer,
        },
    )
    def post(self, request: Request) -> Response:
        return self.answer(request, _take)


def _take(body: bytes) -> Answer:
    try:
        trees = payments_in(decode_json(body), at_most=MOST_PAYMENTS)
    except Unusable as error:
        return Answer(refusal=Rejected(str(error)))
    answers = take_payments(trees)
    told = [
        {name: value for name, value in parts.items() if value or name != "error"}
        for parts in (
            {"payment_id": one.payment_id, "status": one.status, "error": one.error}
            for one in answers
        )
    ]
    return Answer(200, {"counts": Counter(one.status for one in answers), "payments": told})
