"""Bodies as raw bytes: the feed's own rules read them, so that API and file agree."""

from collections.abc import Iterator, Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from appeals.errors import AppealError
from portal.lib.problems import register_problem

LONGEST_LINE = 64 * 1024
LONGEST_BATCH = 32 * 1024 * 1024


class TooLarge(AppealError):
    """More bytes than this endpoint takes."""


register_problem(TooLarge, status=413, slug="too-large")


class RawJSONParser(BaseParser):
    """One JSON object, not decoded yet; at most LONGEST_LINE bytes are ever read."""

    media_type = "application/json"

    def parse(  # type: ignore[override]
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> bytes:
        body = stream.read(LONGEST_LINE + 1)
        if len(body) > LONGEST_LINE:
            raise TooLarge(
                f"One decision has at most {LONGEST_LINE} bytes. Use the batch for more."
            )
        return body


class NDJSONParser(BaseParser):
    """The stream itself: lines are read one by one while they arrive."""

    media_type = "application/x-ndjson"

    def parse(  # type: ignore[override]
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> IO[bytes]:
        return stream


def limited_lines(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream's lines, each cut one byte over the limit so that the feed can refuse it."""
    total = 0
    while line := stream.readline(LONGEST_LINE + 1):
        total += len(line)
        if total > LONGEST_BATCH:
            raise TooLarge(
                f"A batch has at most {LONGEST_BATCH} bytes. The lines before this point were "
                "taken; send the rest in another batch."
            )
        yield line
        total += _skip_rest(stream, line)


def _skip_rest(stream: IO[bytes], line: bytes) -> int:
    skipped = 0
    while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
        line = stream.readline(LONGEST_LINE + 1)
        skipped += len(line)
        if skipped > LONGEST_BATCH:
            raise TooLarge("A line never ended.")
    return skipped
