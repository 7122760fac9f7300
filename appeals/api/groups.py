"""Counts of groups come in: what the lender knows of its lines by age band or the like."""

from collections.abc import Mapping
from typing import IO, Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from appeals.actions.group_counts import take_counts
from appeals.api.authentication import MayWriteGroups, ServiceTokenAuthentication, token_of
from appeals.api.decisions import KEY
from appeals.api.errors import Rejected
from appeals.api.idempotency import Answer, answer_once
from appeals.api.parsers import TooLarge
from appeals.api.serializers import ProblemSerializer
from appeals.feed.decoding import Unusable, decode_json

LONGEST_BODY = 1024 * 1024


class GroupListParser(BaseParser):
    """A list of counts, not decoded yet; at most LONGEST_BODY bytes are ever read."""

    media_type = "application/json"

    def parse(  # type: ignore[override]
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> bytes:
        body = stream.read(LONGEST_BODY + 1)
        if len(body) > LONGEST_BODY:
            raise TooLarge(f"A list of counts has at most {LONGEST_BODY} bytes.")
        return body


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


class GroupCounts(APIView):
    """Report up to 5,000 counts; all are kept, or none and the answer names the first wrong row.

    A report replaces what was reported before for the same months and the same kind of group.
    """

    authentication_classes = [ServiceTokenAuthentication]
    permission_classes = [MayWriteGroups]
    parser_classes = [GroupListParser]

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
        # An empty body never reaches the parser.
        body = cast(bytes, request.data or b"")
        key = request.headers.get("Idempotency-Key", "")
        return answer_once(token_of(request), key, body, lambda: _take(body))


def _take(body: bytes) -> Answer:
    try:
        rows = decode_json(body)
        if not isinstance(rows, list):
            raise Unusable("The body is a list of counts.")
        return Answer(200, {"kept": take_counts(rows)})
    except Unusable as error:
        return Answer(refusal=Rejected(str(error)))
