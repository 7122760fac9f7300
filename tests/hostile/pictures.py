"""Pictures: bombs, huge, moving and cut-off ones, and those that are another file as well."""

import io
import random
import struct
import zlib

from PIL import Image, PngImagePlugin

from appeals.evidence.refusals import Refusal
from tests.appeals import files
from tests.hostile.posing import PAGE, zipped
from tests.hostile.specimen import Specimen

JAR = zipped("META-INF/MANIFEST.MF", "Evil.class")
PNG_HEAD = b"\x89PNG\r\n\x1a\n"


def grain(size: tuple[int, int] = (300, 200)) -> Image.Image:
    """A picture that does not pack well, so that its middle is its data; the same every time."""
    return Image.frombytes("RGB", size, random.Random(5).randbytes(size[0] * size[1] * 3))


def jpeg(**options: object) -> bytes:
    return files.saved(grain(), "JPEG", **options)


def png(**options: object) -> bytes:
    return files.saved(grain(), "PNG", **options)


def webp(**options: object) -> bytes:
    return files.saved(grain(), "WEBP", **options)


def heic() -> bytes:
    return files.saved(grain(), "HEIF", quality=90)


def chunk(kind: bytes, body: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + check


def png_of(*chunks: bytes, size: tuple[int, int] = (10, 10)) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))
    return PNG_HEAD + head + b"".join(chunks) + chunk(b"IEND", b"")


def pixels(size: tuple[int, int] = (10, 10)) -> bytes:
    return chunk(b"IDAT", zlib.compress((b"\0" + b"\x80" * 3 * size[0]) * size[1]))


def png_with_notes(kind: bytes, before: bytes) -> bytes:
    """Notes of 60 kB that unpack to 60 MB."""
    return png_of(chunk(kind, before + files.deflated_zeros(60)), pixels())


def jpeg_that_says(width: int, height: int) -> bytes:
    """A JPEG whose head claims this size."""
    content = bytearray(jpeg())
    place = content.index(b"\xff\xc0")
    content[place + 5 : place + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def jpeg_of_many_scans() -> bytes:
    """A progressive JPEG that draws its last layer four thousand times."""
    content = files.saved(grain((40, 30)), "JPEG", progressive=True)
    start = content.rindex(b"\xff\xda")
    return content[:-2] + content[start:-2] * 4000 + b"\xff\xd9"


def heic_that_says(width: int, height: int) -> bytes:
    content = bytearray(heic())
    place = content.index(b"ispe") + 8
    content[place : place + 8] = struct.pack(">II", width, height)
    return bytes(content)


def webp_that_says(width: int, height: int) -> bytes:
    """An extended WebP whose canvas is this large."""
    content = bytearray(files.saved(grain(), "WEBP", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0"))
    place = content.index(b"VP8X") + 12
    content[place : place + 6] = (
        struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    )
    return bytes(content)


def moving(form: str, frames: int) -> bytes:
    pictures = [Image.new("RGB", (16, 16), (number % 250, 0, 0)) for number in range(frames)]
    out = io.BytesIO()
    pictures[0].save(out, form, save_all=True, append_images=pictures[1:], lossless=True)
    return out.getvalue()


def cut(content: bytes, share: float) -> bytes:
    return content[: int(len(content) * share)]


def png_with_text(text: str) -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", text)
    return png(pnginfo=notes)


def exif_saying(words: str) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = words
    return exif.tobytes()


def wrong_check() -> bytes:
    content = bytearray(png())
    content[-20] ^= 0xFF
    return bytes(content)


SPECIMENS = [
    # larger than they may be, by what their head says
    Specimen("PNG of 2,500 megapixels", "a.png", files.png_bomb, Refusal.TOO_LARGE_PICTURE),
    Specimen(
        "PNG of 80 megapixels",
        "a.png",
        lambda: png_of(pixels(), size=(10_000, 8_000)),
        Refusal.TOO_LARGE_PICTURE,
    ),
    Specimen(
        "PNG as long as a street",
        "a.png",
        lambda: png_of(pixels(), size=(60_000, 1_000)),
        Refusal.TOO_LARGE_PICTURE,
    ),
    Specimen(
        "JPEG of 4,000 megapixels",
        "a.jpg",
        lambda: jpeg_that_says(65_500, 65_500),
        Refusal.TOO_LARGE_PICTURE,
    ),
    Specimen(
        "HEIC of 4,000 megapixels",
        "a.heic",
        lambda: heic_that_says(65_000, 65_000),
        Refusal.TOO_LARGE_PICTURE,
    ),
    Specimen(
        "WebP of 260 megapixels",
        "a.webp",
        lambda: webp_that_says(16_000, 16_300),
        Refusal.TOO_LARGE_PICTURE,
    ),
    # bombs
    Specimen("PNG with endless pixels", "a.png", files.honest_looking_png_bomb, Refusal.BOMB),
    Specimen(
        "PNG with an endless colour profile",
        "a.png",
        lambda: png_with_notes(b"iCCP", b"p\0\0"),
        Refusal.BOMB,
    ),
    Specimen(
        "PNG with an endless note", "a.png", lambda: png_with_notes(b"zTXt", b"k\0\0"), Refusal.BOMB
    ),
    Specimen(
        "PNG with an endless note in any language",
        "a.png",
        lambda: png_with_notes(b"iTXt", b"k\0\x01\0\0\0"),
        Refusal.BOMB,
    ),
    Specimen("JPEG of four thousand scans", "a.jpg", jpeg_of_many_scans, Refusal.BOMB),
    # moving
    Specimen("moving PNG", "a.png", lambda: moving("PNG", 3), Refusal.MOVING_PICTURE),
    Specimen("PNG of 2,000 frames", "a.png", lambda: moving("PNG", 2000), Refusal.MOVING_PICTURE),
    Specimen("moving WebP", "a.webp", lambda: moving("WEBP", 3), Refusal.MOVING_PICTURE),
    Specimen("WebP of 500 frames", "a.webp", lambda: moving("WEBP", 500), Refusal.MOVING_PICTURE),
    # cut off
    *(
        Specimen(f"{kind} cut off at {share:.0%}", f"a.{kind.lower()}", make, Refusal.CUT_OFF)
        for kind, whole in {"JPEG": jpeg, "PNG": png, "WebP": webp, "HEIC": heic}.items()
        for share in (0.3, 0.6, 0.95)
        for make in [lambda whole=whole, share=share: cut(whole(), share)]
    ),
    Specimen("JPEG of its first bytes", "a.jpg", lambda: jpeg()[:20], Refusal.CUT_OFF),
    Specimen("PNG of its first bytes", "a.png", lambda: png()[:33], Refusal.CUT_OFF),
    # broken
    Specimen("JPEG that ends as it begins", "a.jpg", lambda: b"\xff\xd8\xff\xd9", Refusal.DAMAGED),
    Specimen(
        "JPEG of noise",
        "a.jpg",
        lambda: b"\xff\xd8\xff\xd9" + random.Random(7).randbytes(20_000),
        Refusal.DAMAGED,
    ),
    Specimen("PNG with a wrong check", "a.png", wrong_check, Refusal.DAMAGED),
    Specimen("PNG without pixels", "a.png", lambda: png_of(), Refusal.DAMAGED),
    Specimen("PNG of no width", "a.png", lambda: png_of(pixels(), size=(0, 10)), Refusal.DAMAGED),
    Specimen(
        "WebP of noise",
        "a.webp",
        lambda: b"RIFF\x1c\0\0\0WEBPVP8 \x10\0\0\0" + random.Random(7).randbytes(16),
        Refusal.DAMAGED,
    ),
    Specimen(
        "HEIC without a picture",
        "a.heic",
        lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        Refusal.DAMAGED,
    ),
    # two files in one
    Specimen("JPEG that is a ZIP", "a.jpg", lambda: jpeg() + zipped("evil.html"), Refusal.MIXED),
    Specimen("JPEG that is a program for Java", "a.jpg", lambda: jpeg() + JAR, Refusal.MIXED),
    Specimen("PNG that is a ZIP", "a.png", lambda: png() + JAR, Refusal.MIXED),
    Specimen("WebP that is a ZIP", "a.webp", lambda: webp() + JAR, Refusal.MIXED),
    Specimen("HEIC that is a ZIP", "a.heic", lambda: heic() + JAR, Refusal.MIXED),
    Specimen("JPEG with a page in its comment", "a.jpg", files.jpeg_and_html, Refusal.MIXED),
    Specimen("JPEG that is a PDF", "a.jpg", lambda: jpeg(comment=files.pdf()), Refusal.MIXED),
    Specimen("JPEG with a page after it", "a.jpg", lambda: jpeg() + PAGE, Refusal.MIXED),
    Specimen(
        "JPEG with PHP in its notes",
        "a.php.jpg",
        lambda: jpeg(exif=exif_saying("<?php system($_GET['c']); ?>")),
        Refusal.MIXED,
    ),
    Specimen(
        "PNG with a script in its notes",
        "a.png",
        lambda: png_with_text("<script>alert(1)</script>"),
        Refusal.MIXED,
    ),
    Specimen(
        "WebP with a script in its notes",
        "a.webp",
        lambda: webp(xmp=b"<x:xmpmeta><a href='javascript:alert(1)'/></x:xmpmeta>"),
        Refusal.MIXED,
    ),
]
