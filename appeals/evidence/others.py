"""What a file is that we do not take, by its bytes, so that we can say what to do instead."""

from collections.abc import Iterable, Mapping
from typing import IO

from appeals.evidence.refusals import Refusal

HEAD_BYTES = 4096
PIECE_BYTES = 1024 * 1024

# A file that begins with one of these.
BEGINNINGS = {
    Refusal.PROGRAM: (
        b"MZ",
        b"\x7fELF",
        b"#!",
        b"<?php",
        b"\xca\xfe\xba\xbe",
        b"\xcf\xfa\xed\xfe",
        b"\xce\xfa\xed\xfe",
        b"dex\n",
        b"L\0\0\0\x01\x14\x02\0",  # a Windows shortcut
    ),
    Refusal.ARCHIVE: (
        b"7z\xbc\xaf\x27\x1c",
        b"Rar!",
        b"\x1f\x8b",
        b"BZh",
        b"\xfd7zXZ\0",
        b"MSCF",
        b"\x28\xb5\x2f\xfd",
    ),
    Refusal.OTHER_PICTURE: (
        b"GIF8",
        b"BM",
        b"II*\0",
        b"MM\0*",
        b"II+\0",
        b"MM\0+",
        b"8BPS",
        b"\0\0\x01\0",
        b"\0\0\0\x0cjP  ",
        b"\0\0\0\x0cJXL ",
        b"\xff\x0a",
    ),
    Refusal.FILM: (b"ID3", b"OggS", b"FLV", b"\x1aE\xdf\xa3", b"\xff\xfb", b"fLaC"),
    Refusal.OFFICE: (b"{\\rtf",),
}
# What a text begins with that a browser would run. A byte order mark may stand before it.
WEB_PAGES = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<?xml", b"<!--")
FORGIVEN = b"\xef\xbb\xbf\r\n\t \0\f"
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names of what is inside lie open in a ZIP, and in UTF-16 in the older files of Office.
INSIDE_ZIP = {
    Refusal.MACROS: (b"vbaProject.bin", b"xl/macrosheets/", b"Basic/script-lc.xml"),
    Refusal.PROGRAM: (b"META-INF/MANIFEST.MF", b"AndroidManifest.xml"),
    Refusal.OFFICE: (
        b"[Content_Types].xml",
        b"mimetypeapplication/vnd.oasis",
        b"Index/Document.iwa",
    ),
}
INSIDE_OLE = {Refusal.MACROS: ("_VBA_PROJECT".encode("utf-16-le"),)}
PICTURE_BRANDS = frozenset({b"avif", b"avis", b"mif1", b"msf1", b"jxl ", b"crx "})
RIFF_FILMS = frozenset({b"AVI ", b"WAVE"})


def refusal_of(content: IO[bytes]) -> Refusal:
    """Why a file of none of our types cannot be used; the file is wound back afterwards."""
    content.seek(0)
    head = content.read(HEAD_BYTES)
    if head.startswith(ZIP):
        found = _first_inside(content, INSIDE_ZIP) or Refusal.ARCHIVE
    elif head.startswith(OLE):
        found = _first_inside(content, INSIDE_OLE) or Refusal.OFFICE
    else:
        found = _by_beginning(head)
    content.seek(0)
    return found


def _by_beginning(head: bytes) -> Refusal:
    if not head.strip(b"\0"):
        return Refusal.DAMAGED  # nothing was ever written into it
    if _is_web_page(head):
        return Refusal.WEB_PAGE
    for refusal, beginnings in BEGINNINGS.items():
        if head.startswith(beginnings):
            return refusal
    return _by_box(head)


def _by_box(head: bytes) -> Refusal:
    """By a name that stands a little further in."""
    if head[4:8] == b"ftyp":
        return Refusal.OTHER_PICTURE if head[8:12] in PICTURE_BRANDS else Refusal.FILM
    if head[:4] == b"RIFF" and head[8:12] in RIFF_FILMS:
        return Refusal.FILM
    return Refusal.ARCHIVE if head[257:262] == b"ustar" else Refusal.TYPE


def _is_web_page(head: bytes) -> bool:
    is_wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or head[1:2] == b"\0"
    text = head.replace(b"\0", b"").lstrip(b"\xff\xfe") if is_wide else head
    return text.lstrip(FORGIVEN).lower().startswith(WEB_PAGES)


def _first_inside(content: IO[bytes], names: Mapping[Refusal, tuple[bytes, ...]]) -> Refusal | None:
    """The first of these that the file holds a name of; it is read in pieces, never unpacked."""
    seen: set[Refusal] = set()
    for piece in _pieces(content):
        seen |= {refusal for refusal in names if _any_in(names[refusal], piece)}
    return next((refusal for refusal in names if refusal in seen), None)


def _any_in(names: Iterable[bytes], piece: bytes) -> bool:
    return any(name in piece for name in names)


def _pieces(content: IO[bytes]) -> Iterable[bytes]:
    """The whole file; each piece begins with the end of the one before, where a name may lie."""
    content.seek(0)
    end = b""
    while piece := content.read(PIECE_BYTES):
        yield end + piece
        end = piece[-64:]
