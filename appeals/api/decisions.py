"""Decisions come in: one by one, or as a stream of lines with an answer each."""

import json
import tempfile
from typing import IO, cast

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from appeals.actions.ingest import LineAnswer, ingest_one, ingest_stream
from appeals.api.authentication import MayWriteDecisions, ServiceTokenAuthentication, token_of
from appeals.api.errors import Conflict, Rejected
from appeals.api.feed_schema import FeedDecisionSchema
from appeals.api.idempotency import Answer, answer_once
from appeals.api.parsers import NDJSONParser, RawJSONParser, TooLarge, limited_lines
from appeals.api.serializers import (
    BatchAnswerSerializer,
    FeedAnswerSerializer,
    ProblemSerializer,
)
from portal.lib.problems import problem

KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="A repeat with the same key gets the first answer again.",
)
SPOOLED_IN_MEMORY = 1024 * 1024


class LineDecisions(APIView):
    """Send one line decision."""

    authentication_classes = [ServiceTokenAuthentication]
    permission_classes = [MayWriteDecisions]
    parser_classes = [RawJSONParser]

    @extend_schema(
        operation_id="send_decision",
        tags=["line decisions"],
        parameters=[KEY],
        request=FeedDecisionSchema,
        responses={
            200: FeedAnswerSerializer,
            201: FeedAnswerSerializer,
            401: ProblemSerializer,
            403: ProblemSerializer,
            409: ProblemSerializer,
            413: ProblemSerializer,
            422: ProblemSerializer,
        },
    )
    def post(self, request: Request) -> Response:
        # An empty body never reaches the parser.
        body = cast(bytes, request.data or b"")
        key = request.headers.get("Idempotency-Key", "")
        return answer_once(token_of(request), key, body, lambda: _take_one(body))


class LineDecisionBatch(APIView):
    """Send many line decisions as NDJSON; each line gets its own answer, in order.

    A line is idempotent by its `decision_id`, so a broken batch is simply sent again.
    """

    authentication_classes = [ServiceTokenAuthentication]
    permission_classes = [MayWriteDecisions]
    parser_classes = [NDJSONParser]

    @extend_schema(
        operation_id="send_decisions",
        tags=["line decisions"],
        request={"application/x-ndjson": FeedDecisionSchema},
        responses={
            (200, "application/x-ndjson"): BatchAnswerSerializer,
            401: ProblemSerializer,
            403: ProblemSerializer,
            413: ProblemSerializer,
        },
    )
    def post(self, request: Request) -> FileResponse:
        # Answers wait until all is read: a caller that sends everything before it reads
        # anything would otherwise stand still, and so would we.
        # The response closes the file when it has been sent.
        answers = tempfile.SpooledTemporaryFile(max_size=SPOOLED_IN_MEMORY)  # noqa: SIM115
        try:
            for answer in ingest_stream(
                limited_lines(cast(IO[bytes], request.data)), source=_source(request)
            ):
                answers.write(_line(answer))
        except TooLarge as error:
            answers.write(json.dumps(problem(413, error.message)).encode() + b"\n")
        answers.seek(0)
        return FileResponse(answers, content_type="application/x-ndjson")


def _source(request: Request) -> str:
    return f"API: {token_of(request).name}"


def _take_one(body: bytes) -> Answer:
    taken = ingest_one(body, source="API")
    if taken.status == "conflict":
        return Answer(refusal=Conflict(taken.error))
    if taken.status == "rejected":
        return Answer(refusal=Rejected(taken.error, decision_id=taken.decision_id))
    told = {
        "decision_id": taken.decision_id,
        "status": taken.status,
        "reference": taken.reference,
    }
    return Answer(201 if taken.status == "created" else 200, told)


def _line(answer: LineAnswer) -> bytes:
    parts = {
        "line": answer.line_number,
        "decision_id": answer.decision_id,
        "status": answer.status,
        "reference": answer.reference,
        "error": answer.error,
    }
    told = {name: value for name, value in parts.items() if value not in ("", None)}
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"
