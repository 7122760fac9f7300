"""Files as honest customers send them: every one of these must be taken."""

import io
import json
import random
import struct
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import pikepdf
import typst
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, ImageDraw

from portal.lib.fonts import folders, library
from tests.appeals import files


class Make(Protocol):
    def __call__(self) -> bytes: ...


@dataclass(frozen=True)
class Honest:
    name: str
    file_name: str
    make: Make
    pages: int = 1

    def __str__(self) -> str:
        return self.name


def photo(size: tuple[int, int]) -> Image.Image:
    """A sheet of paper on a table: soft light, and a little grain."""
    light = Image.linear_gradient("L").resize(size)
    grain = Image.frombytes("L", (64, 64), random.Random(1).randbytes(4096)).resize(size)
    picture = Image.merge("RGB", (light, Image.blend(light, grain, 0.1), light))
    ImageDraw.Draw(picture).rectangle(
        (size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2), "white"
    )
    return picture


def phone_jpeg(size: tuple[int, int], orientation: int = 6) -> bytes:
    return files.saved(photo(size), "JPEG", exif=files.camera_notes(orientation), quality=85)


def phone_heic() -> bytes:
    return files.saved(photo((1512, 2016)), "HEIF", exif=files.camera_notes(6).tobytes())


def two_exposures() -> bytes:
    """A JPEG with a second picture behind the first, as phones keep a brighter one."""
    out = io.BytesIO()
    photo((800, 600)).save(out, "MPO", save_all=True, append_images=[photo((400, 300))])
    return out.getvalue()


def moving_photo() -> bytes:
    """A JPEG with three seconds of film behind it, as Android keeps them."""
    film = struct.pack(">I", 24) + b"ftypmp42\0\0\0\0isommp42" + random.Random(2).randbytes(90_000)
    return phone_jpeg((800, 600)) + film


def screenshot(size: tuple[int, int]) -> bytes:
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    for line in range(20, size[1], 30):
        draw.text((20, line), f"{line} 2026-05-03 bank transfer 1,200.00", "black")
    return files.saved(picture, "PNG")


def statement(language: str, pages: int = 2) -> bytes:
    """A bank's own PDF, with its fonts inside."""
    words = {
        "en": ("Statement of account", "Statement date: 3 May 2026", "Salary ACME Ltd  2,400.00"),
        "zh": ("账户对账单", "对账单日期：2026年5月3日", "工资 某某公司  2,400.00"),
    }[language]
    source = """
    #let given = json(bytes(sys.inputs.given))
    #set document(title: given.words.at(0), date: none)
    #set text(font: ("Libertinus Serif", "Noto Serif SC"), lang: given.lang, fallback: false)
    = #given.words.at(0)
    #for page in range(given.pages) [
      #given.words.at(1)
      #for row in range(30) [\\ #given.words.at(2)]
      #if page + 1 < given.pages { pagebreak() }
    ]
    """
    given = json.dumps({"words": words, "lang": language, "pages": pages}, ensure_ascii=False)
    compiler = typst.Compiler(
        source.encode(),
        font_paths=library(folders()),
        ignore_system_fonts=True,
        sys_inputs={"given": given},
    )
    made: Any = compiler.compile(format="pdf", pdf_standards="ua-1")
    return bytes(made)


def scan(mode: str, pages: int = 3) -> bytes:
    """What a scanner or a phone's scanning app makes: a picture a page."""
    sheets = [photo((1240, 1754)).convert(mode) for _ in range(pages)]
    return files.saved(sheets[0], "PDF", save_all=True, append_images=sheets[1:], resolution=150)


def with_contents() -> bytes:
    """Opens on its first page, and has a table of contents that leads about in it."""

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]))
        with pdf.open_outline() as outline:
            outline.root += [pikepdf.OutlineItem("May", 0), pikepdf.OutlineItem("June", 1)]

    return files.pdf(change, pages=2)


def with_links() -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        links = [
            pdf.make_indirect(
                Dictionary(
                    Type=Name.Annot,
                    Subtype=Name.Link,
                    Rect=Array([0, 0, 9, 9]),
                    A=Dictionary(S=Name.URI, URI=String(address)),
                )
            )
            for address in ("https://bank.example/", "mailto:help@bank.example", "tel:+15550100")
        ]
        pdf.pages[0].Annots = Array(links)

    return files.pdf(change)


def signed() -> bytes:
    """As an authority signs it: in a field, over the bytes of the file."""

    def change(pdf: pikepdf.Pdf) -> None:
        signature = Dictionary(
            Type=Name.Sig,
            Filter=Name("/Adobe.PPKLite"),
            SubFilter=Name("/adbe.pkcs7.detached"),
            ByteRange=Array([0, 100, 200, 100]),
            Contents=String("\0" * 64),
        )
        field = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Sig,
                T=String("Signature1"),
                V=pdf.make_indirect(signature),
                Rect=Array([0, 0, 0, 0]),
            )
        )
        pdf.pages[0].Annots = Array([field])
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)

    return files.pdf(change)


def changed_once() -> bytes:
    """Saved again by a program that only adds to the end."""
    first = files.pdf()
    return first + b"\n% saved again\n" + first[first.rindex(b"startxref") :]


FILES = [
    Honest("photo on its side", "IMG_0001.jpg", partial(phone_jpeg, (1600, 1200))),
    Honest("photo upside down", "IMG_0002.JPG", partial(phone_jpeg, (1600, 1200), 3)),
    Honest("photo of 12 megapixels", "IMG_0003.jpg", partial(phone_jpeg, (4032, 3024))),
    Honest("photo of 48 megapixels", "IMG_0004.jpg", partial(phone_jpeg, (8064, 6048))),
    Honest("photo of an iPhone", "IMG_0005.HEIC", phone_heic),
    Honest("photo with two exposures", "IMG_0006.jpg", two_exposures),
    Honest("photo that moves a little", "MVIMG_0007.jpg", moving_photo),
    Honest(
        "progressive JPEG",
        "a.jpg",
        lambda: files.saved(photo((800, 600)), "JPEG", progressive=True),
    ),
    Honest(
        "JPEG for print", "a.jpeg", lambda: files.saved(photo((800, 600)).convert("CMYK"), "JPEG")
    ),
    Honest("grey JPEG", "a.jpg", lambda: files.saved(photo((800, 600)).convert("L"), "JPEG")),
    Honest("screenshot", "Screenshot 2026-05-03.png", partial(screenshot, (1170, 2532))),
    Honest("long screenshot", "微信图片_20260503.png", partial(screenshot, (1080, 18_000))),
    Honest(
        "PNG of a scanner", "a.png", lambda: files.saved(Image.new("I;16", (800, 600), 900), "PNG")
    ),
    Honest(
        "black and white PNG", "a.png", lambda: files.saved(photo((800, 600)).convert("1"), "PNG")
    ),
    Honest(
        "PNG with few colours", "a.png", lambda: files.saved(photo((800, 600)).convert("P"), "PNG")
    ),
    Honest("PNG with notes", "a.png", files.png),
    Honest(
        "WebP", "a.webp", lambda: files.saved(photo((800, 600)), "WEBP", exif=files.camera_notes())
    ),
    Honest("bank statement", "Statement May 2026.pdf", partial(statement, "en"), pages=2),
    Honest("bank statement in Chinese", "对账单.pdf", partial(statement, "zh"), pages=2),
    Honest("bank statement of 200 pages", "year.pdf", partial(statement, "en", 200), pages=200),
    Honest("scan in colour", "Scan.pdf", partial(scan, "RGB"), pages=3),
    Honest("scan in grey", "Scan.pdf", partial(scan, "L"), pages=3),
    Honest("scan in black and white", "Scan.pdf", partial(scan, "1"), pages=3),
    Honest("PDF with contents", "a.pdf", with_contents, pages=2),
    Honest("PDF with links", "a.pdf", with_links),
    Honest("PDF with a filled form", "a.pdf", files.pdf_filled_form),
    Honest("signed PDF", "a.pdf", signed),
    Honest("PDF locked against printing", "a.pdf", files.pdf_locked_against_printing),
    Honest("PDF for the web", "a.pdf", lambda: files.pdf(pages=3, linearize=True), pages=3),
    Honest("PDF saved twice", "a.pdf", changed_once),
    Honest("PDF out of a mail", "a.pdf", lambda: b"\r\n" + files.pdf() + b"\r\n\r\n"),
    Honest("PDF in a filled block", "a.pdf", lambda: files.pdf() + b"\0" * 4096),
]
