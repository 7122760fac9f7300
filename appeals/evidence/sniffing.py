"""What a file is, by its bytes: a name and a declared type are only what somebody says."""

import enum

HEAD_BYTES = 64


class MediaType(enum.StrEnum):
    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIC = "image/heic"


EXTENSIONS = {
    MediaType.PDF: "pdf",
    MediaType.JPEG: "jpg",
    MediaType.PNG: "png",
    MediaType.WEBP: "webp",
    MediaType.HEIC: "heic",
}
SIGNATURES = {
    b"%PDF-": MediaType.PDF,
    b"\xff\xd8\xff": MediaType.JPEG,
    b"\x89PNG\r\n\x1a\n": MediaType.PNG,
}
# Mail programs leave a line break or a byte order mark in front of a PDF, and viewers forgive it.
FORGIVEN = b"\xef\xbb\xbf\r\n\t \0"
# Brands of HEIF that hold HEVC pictures. `mif1` and `msf1` say only "a picture in a box".
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
GENERIC_BRANDS = frozenset({b"mif1", b"msf1"})


def sniff(head: bytes) -> MediaType | None:
    """The type of a file that begins with these bytes, if it is one we take."""
    for signature, kind in SIGNATURES.items():
        if head.startswith(signature):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return MediaType.WEBP
    if head.lstrip(FORGIVEN).startswith(b"%PDF-"):
        return MediaType.PDF
    return MediaType.HEIC if _is_heic(head) else None


def _is_heic(head: bytes) -> bool:
    if head[4:8] != b"ftyp":
        return False
    box = head[8 : min(int.from_bytes(head[:4], "big"), HEAD_BYTES)]
    brands = {box[start : start + 4] for start in range(0, len(box), 4)}
    main = box[:4]
    return main in HEIC_BRANDS or (main in GENERIC_BRANDS and bool(brands & HEIC_BRANDS))
