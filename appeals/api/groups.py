"""Counts of groups come in: what the lender knows of its lines by age band or the like."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from appeals.actions.group_counts import take_counts
from appeals.api.authentication import MayWriteGroups
from appeals.api.decisions import KEY
from appeals.api.errors import Rejected
from appeals.api.idempotency import Answer
from appeals.api.list_once import ListOnce
from appeals.api.serializers import ProblemSerializer
from appeals.feed.decoding import Unusable, decode_json


class GroupCountSchema(serializers.Serializer[Any]):
    """One group in one month; never a person."""

    month = serializers.CharField(help_text="such as 2026-10")
    dimension = serializers.CharField(help_text="language, region, or a name of your own")
    group = serializers.CharField(help_text="such as zh-hans, US-NY or 18-24")
    band = serializers.IntegerField(required=False, help_text="risk band 1 to 5; 0: not known")
    lines = serializers.IntegerField(help_text="lines the group had in the month")
    lines_cut = serializers.IntegerField(
        required=False, help_text="of them cut; left out by language and region"
    )


class GroupCountsAnswerSerializer(serializers.Serializer[Any]):
    kept = serializers.IntegerField()


class GroupCounts(ListOnce):
    """Report up to 5,000 counts; all are kept, or none and the answer names the first wrong row.

    A report replaces what was reported before for the same months and the same kind of group.
    """

    permission_classes = [MayWriteGroups]

    @extend_schema(
        operation_id="send_group_counts",
        tags=["fairness"],
        parameters=[KEY],
        request=GroupCountSchema(many=True),
        responses={
            200: GroupCountsAnswerSerializer,
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
        rows = decode_json(body)
        if not isinstance(rows, list):
            raise Unusable("The body is a list of counts.")
        return Answer(200, {"kept": take_counts(rows)})
    except Unusable as error:
        return Answer(refusal=Rejected(str(error)))
