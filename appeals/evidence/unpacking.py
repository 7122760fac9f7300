"""Streams of a PDF that unpack to more than any paper holds, found before a library opens them.

The bytes are looked at as they lie, so that nothing has to believe what the file says about
itself. Runs only inside the sandbox: see `inspection`.
"""

import re
import zlib

from appeals.evidence.limits import MAX_STREAM_BYTES, MAX_STREAMS, MAX_UNPACKED_BYTES
from appeals.evidence.refusals import Refusal, Refused

STREAM = re.compile(rb"stream\r?\n")
TAKEN_BYTES = 64 * 1024
PIECE_BYTES = 1024 * 1024


def refuse_bombs(content: bytes) -> None:
    """Unpack every stream, keeping nothing, and only as far as it takes to know."""
    unpacked = 0
    for count, start in enumerate(_packed_streams(content)):
        if count > MAX_STREAMS:
            raise Refused(Refusal.BOMB)
        unpacked += _size_of(content, start)
        if unpacked > MAX_UNPACKED_BYTES:
            raise Refused(Refusal.BOMB)


def _packed_streams(content: bytes) -> list[int]:
    return [
        match.end()
        for match in STREAM.finditer(content)
        if _is_packed(content[match.end() : match.end() + 2])
    ]


def _is_packed(head: bytes) -> bool:
    """The first two bytes of every zlib stream, see RFC 1950."""
    return len(head) == 2 and head[0] & 0x0F == 8 and int.from_bytes(head, "big") % 31 == 0


def _size_of(content: bytes, start: int) -> int:
    unpacker = zlib.decompressobj()
    size = 0
    try:
        for place in range(start, len(content), TAKEN_BYTES):
            waiting = content[place : place + TAKEN_BYTES]
            while waiting and not unpacker.eof:
                size += len(unpacker.decompress(waiting, PIECE_BYTES))
                waiting = unpacker.unconsumed_tail
                if size > MAX_STREAM_BYTES:
                    raise Refused(Refusal.BOMB)
            if unpacker.eof:
                break
    except zlib.error:
        pass  # no stream of this kind after all, or damaged: whoever reads it will say so
    return size
