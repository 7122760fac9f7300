"""Pictures that are more than a picture: another file inside, or far more than they say.

Nothing of it would survive being written anew. But no camera makes such a file, so we do not take
part in whatever it is for. Runs only inside the sandbox: see `inspection`.
"""

import io
import math
import struct
import zipfile
import zlib
from collections.abc import Iterable

from appeals.evidence.limits import MAX_NOTES_BYTES, MAX_SCANS
from appeals.evidence.refusals import Refusal, Refused
from appeals.evidence.sniffing import MediaType
from appeals.evidence.wholeness import START_OF_SCAN, jpeg_markers, png_chunks

PIECE_BYTES = 1024 * 1024
# Readers of PDFs look for its beginning this far in.
PDF_REACH = 1024
# Long enough not to come about by chance among compressed bytes.
PAGE_MARKS = (b"<script", b"<!doctype html", b"<iframe", b"javascript:", b"<?php ", b"onerror=")
# Shorter ones are looked for where a browser that guesses would look.
SHORT_MARKS = (b"<html", b"<svg", b"<body", b"<?php")
SHORT_REACH = 4096
ARCHIVE_FAULTS = (
    zipfile.BadZipFile,
    NotImplementedError,
    ValueError,
    LookupError,
    OSError,
    struct.error,
)
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of a PNG's colour types
COMPRESSED_NOTES = {b"iCCP", b"zTXt", b"iTXt"}


def refuse_disguise(content: bytes, kind: MediaType) -> None:
    """Refuse a picture that is another file as well, or that never ends."""
    if holds_archive(content) or b"%PDF-" in content[:PDF_REACH] or _holds_page(content):
        raise Refused(Refusal.MIXED)
    if kind is MediaType.PNG:
        _refuse_endless_png(content)
    if kind is MediaType.JPEG:
        scans = sum(marker == START_OF_SCAN for marker in jpeg_markers(content))
        if scans > MAX_SCANS:
            raise Refused(Refusal.BOMB)


def holds_archive(content: bytes) -> bool:
    """Say whether it is a ZIP too: one is read from its end, and those bytes may be chance."""
    file = io.BytesIO(content)
    if not zipfile.is_zipfile(file):
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            return bool(archive.infolist())
    except (
        zipfile.BadZipFile,
        ValueError,
        LookupError,
        OSError,
        struct.error,
        NotImplementedError,
    ):
        return False


def _holds_page(content: bytes) -> bool:
    text = content.lower()
    ends = text[:SHORT_REACH] + text[-SHORT_REACH:]
    return any(mark in text for mark in PAGE_MARKS) or any(mark in ends for mark in SHORT_MARKS)


def _refuse_endless_png(content: bytes) -> None:
    chunks = list(png_chunks(content))
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13:
        return  # the decoder has its own word for it
    _refuse_more_than(
        _pixel_bytes(bytes(chunks[0][1])), (body for name, body in chunks if name == b"IDAT")
    )
    for name, body in chunks:
        if name in COMPRESSED_NOTES:
            _refuse_more_than(MAX_NOTES_BYTES, [_packed_part(name, bytes(body))])


def _pixel_bytes(head: bytes) -> int:
    """The most its pixels may take, row by row, also when they come in seven passes."""
    width, height, depth, colour = struct.unpack(">IIBB", head[:10])
    row = math.ceil(width * depth * CHANNELS.get(colour, 4) / 8) + 1
    return int(row * height + 8 * (width + height)) + PIECE_BYTES


def _packed_part(name: bytes, body: bytes) -> bytes:
    """What follows the keyword and its small change; an iTXt may hold plain text, which is none."""
    _keyword, _end, rest = body.partition(b"\0")
    if name == b"iTXt":
        if not rest.startswith(b"\x01"):
            return b""
        return rest[2:].split(b"\0", 2)[-1]
    return rest[1:]


def _refuse_more_than(most: int, pieces: Iterable[bytes | memoryview]) -> None:
    """Unpack without keeping anything, and only as far as it takes to know."""
    unpacker = zlib.decompressobj()
    size = 0
    try:
        for piece in pieces:
            waiting: bytes | memoryview = piece
            while waiting and not unpacker.eof:
                size += len(unpacker.decompress(waiting, PIECE_BYTES))
                waiting = unpacker.unconsumed_tail
                if size > most:
                    raise Refused(Refusal.BOMB)
    except zlib.error:
        return  # the decoder has its own word for it
