"""Files as customers and attackers send them, made in code: nothing hostile lies about."""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
import pillow_heif
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, ImageDraw, PngImagePlugin

pillow_heif.register_heif_opener()

GPS_MARK = b"Recourse-Test-Camera"
COMMENT_MARK = b"a comment the camera left"
PASSWORD = "open sesame"


# --- pictures -----------------------------------------------------------------------------------


def picture(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """Upright: red on the left, blue on the right."""
    image = Image.new(mode, size, "red" if mode in {"RGB", "RGBA", "CMYK"} else 0)
    draw = ImageDraw.Draw(image)
    right = (size[0] // 2, 0, size[0], size[1])
    draw.rectangle(right, fill="blue" if mode in {"RGB", "RGBA"} else 1)
    return image


def camera_notes(orientation: int = 1) -> Image.Exif:
    """EXIF with a place, a camera and an orientation."""
    exif = Image.Exif()
    exif[0x010F] = GPS_MARK.decode()
    exif[0x0112] = orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 42.0, 46.0), 3: "W", 4: (74.0, 0.0, 21.0)})
    return exif


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format=form, **options)
    return out.getvalue()


def jpeg(orientation: int = 1, size: tuple[int, int] = (60, 40)) -> bytes:
    """A photograph with everything a phone writes into it."""
    return saved(
        picture(size),
        "JPEG",
        exif=camera_notes(orientation),
        comment=COMMENT_MARK,
        xmp=b"<x:xmpmeta>" + GPS_MARK + b"</x:xmpmeta>",
        icc_profile=b"\0" * 36 + b"acsp" + b"\0" * 88,
    )


def png() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", COMMENT_MARK.decode())
    notes.add_itxt("Place", GPS_MARK.decode(), zip=True)
    return saved(picture(mode="RGBA"), "PNG", pnginfo=notes, exif=camera_notes())


def webp() -> bytes:
    return saved(picture(), "WEBP", exif=camera_notes(), xmp=GPS_MARK)


def heic() -> bytes:
    return saved(picture((128, 96)), "HEIF", quality=80, exif=camera_notes().tobytes())


def avif_head() -> bytes:
    return struct.pack(">I", 32) + b"ftypavif\0\0\0\0avifmif1miafMA1B" + b"\0" * 200


def deflated_zeros(millions: int) -> bytes:
    """So many million zero bytes in a zlib stream, made without making them."""
    packer = zlib.compressobj(9)
    first = packer.compress(b"\0" * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    piece = packer.compress(b"\0" * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = ((millions * 1_000_000) % 65521) << 16 | 1
    end = b"\x03\x00" + struct.pack(">I", checksum)
    return first + piece * (millions - 1) + end


def png_bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A few kilobytes that say they are 2.5 thousand million pixels."""
    return _png(width, height, deflated_zeros(4))


def honest_looking_png_bomb() -> bytes:
    """Small by its head; its pixels never end."""
    return _png(100, 100, deflated_zeros(400))


def _png(width: int, height: int, pixels: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body))
            + kind
            + body
            + struct.pack(">I", zlib.crc32(kind + body) & 0xFFFFFFFF)
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def zipped(name: str = "payload.html", body: bytes = b"<script>alert(1)</script>") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, body)
    return out.getvalue()


def jpeg_and_zip() -> bytes:
    return jpeg() + zipped()


def jpeg_and_html() -> bytes:
    """A JPEG whose comment is a page."""
    return saved(picture(), "JPEG", comment=b"--><html><script>alert(1)</script></html>")


# --- PDFs ---------------------------------------------------------------------------------------

Change = Callable[[pikepdf.Pdf], None]


def pdf(change: Change | None = None, *, pages: int = 1, **options: Any) -> bytes:
    """A PDF with a grey box on each page, changed as asked before it is saved."""
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page(page_size=(595, 842))
            document.pages[-1].contents_add(b"0.5 g 100 100 200 200 re f")
        if change:
            change(document)
        out = io.BytesIO()
        document.save(out, static_id=True, **options)
    return out.getvalue()


def _javascript() -> Dictionary:
    return Dictionary(Type=Name.Action, S=Name.JavaScript, JS=String("app.alert('hello')"))


def annotate(document: pikepdf.Pdf, **entries: Any) -> None:
    annotation = Dictionary(
        Type=Name.Annot, Rect=Array([10, 10, 50, 50]), **{"Subtype": Name.Link, **entries}
    )
    document.pages[0].Annots = Array([document.make_indirect(annotation)])


def pdf_open_script() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = _javascript()

    return pdf(change)


def pdf_named_script() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        tree = Dictionary(Names=Array([String("a"), document.make_indirect(_javascript())]))
        document.Root.Names = Dictionary(JavaScript=tree)

    return pdf(change)


def pdf_script_in_object_stream() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        document.pages[0].AA = Dictionary(O=document.make_indirect(_javascript()))

    return pdf(change, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def pdf_script_under_another_spelling() -> bytes:
    """`/JavaScript` and `/JS` written with hexadecimal escapes, as evaders do."""
    plain = pdf_open_script()
    return plain.replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS ", b"/J#53 ")


def pdf_script_in_annotation() -> bytes:
    return pdf(lambda document: annotate(document, A=_javascript()))


def pdf_script_behind_next() -> bytes:
    """The first action is harmless; the one after it is not."""
    harmless = Dictionary(S=Name.Named, N=Name.NextPage)

    def change(document: pikepdf.Pdf) -> None:
        harmless.Next = Array([_javascript()])
        document.Root.OpenAction = harmless

    return pdf(change)


def pdf_form_script() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        field = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T=String("name"),
            Rect=Array([0, 0, 90, 20]),
            AA=Dictionary(K=_javascript()),
        )
        field = document.make_indirect(field)
        document.pages[0].Annots = Array([field])
        document.Root.AcroForm = Dictionary(Fields=Array([field]))

    return pdf(change)


def pdf_script_link() -> bytes:
    link = Dictionary(S=Name.URI, URI=String("JavaScript:alert(1)"))
    return pdf(lambda document: annotate(document, A=link))


def pdf_web_link() -> bytes:
    link = Dictionary(S=Name.URI, URI=String("https://bank.example/help"))
    return pdf(lambda document: annotate(document, A=link))


def pdf_acting(kind: str) -> bytes:
    """An action of this kind behind a click."""
    action = Dictionary(S=Name("/" + kind), F=String("calc.exe"))
    return pdf(lambda document: annotate(document, A=action))


def pdf_attachment() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        document.attachments["evil.exe"] = b"MZ evil"

    return pdf(change)


def pdf_attachment_annotation() -> bytes:
    return pdf(lambda document: annotate(document, Subtype=Name.FileAttachment))


def pdf_media(kind: str) -> bytes:
    return pdf(lambda document: annotate(document, Subtype=Name("/" + kind)))


def pdf_xfa() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        xml = document.make_stream(b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>")
        document.Root.AcroForm = Dictionary(Fields=Array([]), XFA=xml)

    return pdf(change)


def pdf_filled_form() -> bytes:
    """A plain form, as an authority offers it: no script, and it is welcome."""

    def change(document: pikepdf.Pdf) -> None:
        look = document.make_stream(
            b"0 0 1 rg 0 0 90 20 re f",
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=Array([0, 0, 90, 20]),
        )
        field = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T=String("name"),
            V=String("Alice"),
            F=4,
            Rect=Array([100, 400, 190, 420]),
            AP=Dictionary(N=look),
        )
        field = document.make_indirect(field)
        document.pages[0].Annots = Array([field])
        document.Root.AcroForm = Dictionary(Fields=Array([field]))

    return pdf(change)


def pdf_with_password() -> bytes:
    return pdf(encryption=pikepdf.Encryption(owner="owner", user=PASSWORD))


def pdf_locked_against_printing() -> bytes:
    return pdf(
        encryption=pikepdf.Encryption(
            owner="owner", user="", allow=pikepdf.Permissions(print_highres=False, extract=False)
        )
    )


def pdf_locked_with_script() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = _javascript()

    return pdf(change, encryption=pikepdf.Encryption(owner="owner", user=""))


def pdf_truncated() -> bytes:
    whole = pdf(pages=3)
    return whole[: len(whole) // 2]


def pdf_and_zip() -> bytes:
    return pdf() + zipped()


def pdf_and_long_tail() -> bytes:
    return pdf() + b"<html><script>alert(1)</script></html>" * 100


def html_and_pdf() -> bytes:
    return b"<html><script>alert(1)</script></html>\n" + pdf()


def pdf_without_pages() -> bytes:
    return pdf(pages=0)


def pdf_page_loop() -> bytes:
    """A page tree that is its own grandchild."""

    def change(document: pikepdf.Pdf) -> None:
        document.Root.Pages.Kids.append(document.Root.Pages)

    return pdf(change)


def pdf_deep_nesting(depth: int = 20_000) -> bytes:
    nested = b"[" * depth + b"]" * depth
    return pdf().replace(b"/Type /Catalog", b"/Type /Catalog /Deep " + nested)


def pdf_object_stream_bomb(millions: int = 2_000, *, is_spelled_out: bool = False) -> bytes:
    """An object stream of two megabytes that unpacks to two thousand million bytes."""
    body, filters = deflated_zeros(millions), b"/FlateDecode"
    if is_spelled_out:  # in letters, so that nobody sees what it is before they begin
        body, filters = body.hex().encode() + b">", b"[/ASCIIHexDecode /FlateDecode]"
    parts = [
        b"%PDF-1.7\n",
        b"1 0 obj\n<< /Type /ObjStm /N 2 /First 12 /Filter "
        + filters
        + b" /Length "
        + str(len(body)).encode()
        + b" >>\nstream\n"
        + body
        + b"\nendstream\nendobj\n",
    ]
    place = sum(len(part) for part in parts)
    rows = [(0, 0, 65535), (1, 9, 0), (2, 1, 0), (2, 1, 1), (1, place, 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    parts.append(
        b"4 0 obj\n<< /Type /XRef /Size 5 /W [1 4 2] /Root 2 0 R /Length "
        + str(len(table)).encode()
        + b" >>\nstream\n"
        + table
        + b"\nendstream\nendobj\nstartxref\n"
        + str(place).encode()
        + b"\n%%EOF\n"
    )
    return b"".join(parts)


def pdf_huge_page() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        document.pages[0].MediaBox = Array([0, 0, 14_000_000, 14_000_000])

    return pdf(change)


# --- everything else ----------------------------------------------------------------------------

SVG = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
EXE = b"MZ\x90\x00" + b"\0" * 200
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"


def noise(size: int) -> bytes:
    """A JPEG by its first bytes and nothing after them."""
    return b"\xff\xd8\xff\xe0" + os.urandom(size - 4)
