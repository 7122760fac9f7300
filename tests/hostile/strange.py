"""Kept, and disarmed: broken notes of a camera, PDFs that had to be mended while they were read."""

import random
import struct
import zlib

from tests.appeals import files
from tests.hostile.papers import packed
from tests.hostile.pictures import jpeg
from tests.hostile.specimen import Specimen

MARK = b"payload-of-the-hostile-set"


def with_segment(kind: int, body: bytes, times: int = 1) -> bytes:
    """A JPEG with these notes before its picture."""
    segment = b"\xff" + bytes([kind]) + struct.pack(">H", len(body) + 2) + body
    content = jpeg()
    return content[:2] + segment * times + content[2:]


def exif(entries: bytes, count: int) -> bytes:
    return b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", count) + entries + MARK


def exif_that_counts_for_ever() -> bytes:
    """One entry of four thousand million values."""
    return exif(struct.pack(">HHII", 0x0112, 3, 0xFFFFFFFF, 8), 1)


def exif_that_leads_to_itself() -> bytes:
    entry = struct.pack(">HHII", 0x8769, 4, 1, 8)  # the directory of the camera is the first again
    return exif(entry + b"\0\0\0\x08", 1)


def colour_profiles() -> bytes:
    """Two hundred parts of a profile: twelve megabytes about colour."""
    part = b"ICC_PROFILE\0\x01\xc8" + MARK + random.Random(3).randbytes(60_000)
    return with_segment(0xE2, part, times=200)


def two_papers_in_a_row() -> bytes:
    """Two PDFs one after the other: which one is it?"""
    return files.pdf().replace(b"%%EOF", b"%" + MARK) + files.pdf(pages=2)


def wrong_place() -> bytes:
    """The place of the table is a lie, and something lies between the objects."""
    content = files.pdf()
    start = content.rindex(b"startxref\n") + 10
    end = content.index(b"\n", start)
    return content[:start] + b"7" + content[end:].replace(b"%%EOF", b"%" + MARK + b"\n%%EOF")


def table_without_bounds() -> bytes:
    """Its table claims two thousand million objects."""
    content = packed(zlib.compress(b"0 0 9 9 re f %" + MARK))
    return content.replace(b"xref\n0 6\n", b"%" + MARK + b"\nxref\n0 2147483647\n", 1)


def form_within_itself() -> bytes:
    form = (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>"
        b" /Length 5 >>\nstream\n/X Do\nendstream"
    )
    return packed(zlib.compress(b"/X Do"), more=form)


def many_saves() -> bytes:
    """A page that saves its state two million times."""
    return packed(zlib.compress(b"q " * 2_000_000))


def coded_picture(kind: bytes, body: bytes) -> bytes:
    picture = (
        b"<< /Type /XObject /Subtype /Image /Width 100 /Height 100 /BitsPerComponent 8 "
        b"/ColorSpace /DeviceGray /Filter /%s /Length %d >>\nstream\n"
        % (kind, len(body))
        + body
        + b"\nendstream"
    )
    return packed(zlib.compress(b"q 500 0 0 500 0 0 cm /X Do Q"), more=picture)


def jbig2() -> bytes:
    """A page of four thousand million dots a side, and a region that refers to nothing."""
    page = struct.pack(">IBBBIIIIBH", 0, 0x30, 0, 1, 19, 0xFFFFFFFF, 0xFFFFFFFF, 0, 0, 0)
    return coded_picture(b"JBIG2Decode", page + b"\0\0\0\1\x06\x20\0\1\xff\xff\xff\xff")


def jpx() -> bytes:
    """A JPEG 2000 stream whose picture is four thousand million dots a side."""
    size = struct.pack(">HHIIIIIIIIH", 41, 0, *[0xFFFFFFFF] * 2, 0, 0, 1, 1, 0, 0, 1)
    return coded_picture(b"JPXDecode", b"\xff\x4f\xff\x51" + size + b"\x07\x01\x01" + b"\0" * 40)


def _(name: str, file_name: str, make: object, payload: bytes = MARK) -> Specimen:
    return Specimen(name, file_name, make, payload=payload)  # type: ignore[arg-type]


SPECIMENS = [
    _(
        "EXIF that counts for ever",
        "a.jpg",
        lambda: with_segment(0xE1, exif_that_counts_for_ever()),
    ),
    _(
        "EXIF that leads to itself",
        "a.jpg",
        lambda: with_segment(0xE1, exif_that_leads_to_itself()),
    ),
    _("EXIF sixty times", "a.jpg", lambda: with_segment(0xE1, exif(MARK, 9), times=60)),
    _("twelve megabytes about colour", "a.jpg", colour_profiles),
    _("two PDFs in a row", "a.pdf", two_papers_in_a_row),
    _("table in the wrong place", "a.pdf", wrong_place),
    _("table of two thousand million objects", "a.pdf", table_without_bounds),
    # Drawn by the reader's pictures alone; the limits of the process hold whatever it tries.
    _("form within itself", "a.pdf", form_within_itself, b""),
    _("two million saves", "a.pdf", many_saves, b""),
    _("JBIG2 without bounds", "a.pdf", jbig2, b""),
    _("JPEG 2000 without bounds", "a.pdf", jpx, b""),
]
