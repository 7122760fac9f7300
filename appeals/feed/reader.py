"""Reads a feed line by line, plain or gzipped, from a file or standard input; never whole."""

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO, cast

from appeals.errors import AppealError
from appeals.feed.decoding import MAX_LINE_BYTES

GZIP_MAGIC = b"\x1f\x8b"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# One byte more than a line may have, so that a longer one is seen to be longer.
LONGEST_READ = MAX_LINE_BYTES + 2


class FeedUnreadable(AppealError):
    """The file cannot be read, or not further; the message says why."""


class OpenFeed:
    """The lines of one feed, and how far we are in its bytes."""

    def __init__(self, name: str, source: BufferedReader, size: int | None) -> None:
        self.name = name
        self.size = size
        self._source = source
        self._lines_read = 0

    @property
    def position(self) -> int:
        """How many bytes of the file, as it lies on the disk, have been used."""
        return self._source.tell() if self.size is not None else 0

    def lines(self) -> Iterator[bytes]:
        """Each line with its end; of one that is too long only enough to see that it is."""
        stream = self._decompressed()
        try:
            while line := stream.readline(LONGEST_READ):
                _skip_rest(stream, line)
                self._lines_read += 1
                yield line.removeprefix(BYTE_ORDER_MARK) if self._lines_read == 1 else line
        except (EOFError, OSError, zlib.error) as error:
            raise FeedUnreadable(
                f"{self.name} is damaged or cut off after line {self._lines_read} ({error}). "
                "The lines before that were taken."
            ) from error

    def _decompressed(self) -> IO[bytes]:
        if self._source.peek(2)[:2] == GZIP_MAGIC:
            return cast(IO[bytes], gzip.GzipFile(fileobj=self._source))
        if self.name.endswith(".gz"):
            raise FeedUnreadable(f"{self.name} is called .gz but is not a gzip file.")
        return self._source


@contextmanager
def open_feed(path: str) -> Iterator[OpenFeed]:
    """Open a file, or standard input for `-`."""
    if path == "-":
        yield OpenFeed("standard input", cast(BufferedReader, sys.stdin.buffer), None)
        return
    try:
        source = Path(path).open("rb")  # noqa: SIM115 - closed below
        size = Path(path).stat().st_size
    except OSError as error:
        raise FeedUnreadable(f"{path} cannot be read: {error.strerror}.") from error
    with source:
        yield OpenFeed(path, source, size)


def _skip_rest(stream: IO[bytes], line: bytes) -> None:
    while len(line) == LONGEST_READ and not line.endswith(b"\n"):
        line = stream.readline(LONGEST_READ)
