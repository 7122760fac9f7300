"""A list that a service sends: read whole, never more than a megabyte, and answered once a key."""

from collections.abc import Callable, Mapping
from typing import IO, Any, cast

from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from appeals.api.authentication import ServiceTokenAuthentication, token_of
from appeals.api.idempotency import Answer, answer_once
from appeals.api.parsers import TooLarge

LONGEST_BODY = 1024 * 1024


class ListParser(BaseParser):
    """The body, not decoded yet; at most LONGEST_BODY bytes are ever read."""

    media_type = "application/json"

    def parse(  # type: ignore[override]
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> bytes:
        body = stream.read(LONGEST_BODY + 1)
        if len(body) > LONGEST_BODY:
            raise TooLarge(f"A list has at most {LONGEST_BODY} bytes.")
        return body


class ListOnce(APIView):
    """What the addresses that take a list have in common; each says who may and what it takes."""

    authentication_classes = [ServiceTokenAuthentication]
    parser_classes = [ListParser]

    def answer(self, request: Request, take: Callable[[bytes], Answer]) -> Response:
        # An empty body never reaches the parser.
        body = cast(bytes, request.data or b"")
        key = request.headers.get("Idempotency-Key", "")
        return answer_once(token_of(request), key, body, lambda: take(body))
