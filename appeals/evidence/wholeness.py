"""Whether a picture that cannot be decoded ends before its end. Runs only inside the sandbox."""

from collections.abc import Iterator

from appeals.evidence.sniffing import MediaType

START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9
# Markers of a JPEG that stand alone, without a length.
ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
PNG_HEAD_BYTES = 8


def is_cut_off(content: bytes, kind: MediaType) -> bool:
    """Say whether the file promises more bytes than it has, or never says that it ends."""
    if kind is MediaType.JPEG:
        return END_OF_IMAGE not in jpeg_markers(content)
    if kind is MediaType.PNG:
        return not any(name == b"IEND" for name, _body in png_chunks(content))
    if kind is MediaType.WEBP:
        return int.from_bytes(content[4:8], "little") + 8 > len(content)
    return _boxes_overrun(content)


def jpeg_markers(content: bytes) -> Iterator[int]:
    """The markers of the first picture in the file, up to the one that ends it."""
    place = 2
    while (place := content.find(b"\xff", place)) >= 0 and place + 1 < len(content):
        marker = content[place + 1]
        if marker == 0xFF:  # filling
            place += 1
            continue
        if marker == 0 or marker in ALONE:  # inside a scan
            place += 2
            continue
        yield marker
        if marker == END_OF_IMAGE:
            return
        place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")


def png_chunks(content: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """The whole chunks of a PNG, by name; one that is cut off is left out."""
    view = memoryview(content)
    place = PNG_HEAD_BYTES
    while place + 12 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        if place + 12 + length > len(content):
            return
        yield content[place + 4 : place + 8], view[place + 8 : place + 8 + length]
        place += 12 + length


def _boxes_overrun(content: bytes) -> bool:
    """The boxes of a HEIC follow each other; the last may say that it goes on to the end."""
    place = 0
    while place + 8 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        if length == 0:
            return False
        if length == 1:
            length = int.from_bytes(content[place + 8 : place + 16], "big")
        if length < 8:
            return False
        place += length
    return place > len(content)
