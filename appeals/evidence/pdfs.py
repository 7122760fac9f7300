"""PDFs are opened, counted and searched for anything that would act by itself.

Runs only inside the sandbox: see `inspection`.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2
from PIL import Image

from appeals.evidence.limits import (
    MAX_PAGE_SCALE,
    MAX_PDF_PAGES,
    PAGE_HEIGHT,
    PAGE_WIDTH,
)
from appeals.evidence.refusals import Refusal, Refused

Container = pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array

# A dictionary that has one of these keys, whatever it says.
FORBIDDEN_KEYS = {
    "/JS": Refusal.SCRIPT,
    "/XFA": Refusal.XFA,
    "/EF": Refusal.ATTACHMENT,
    "/Collection": Refusal.ATTACHMENT,
}
# A dictionary in which one of these keys has one of these values.
FORBIDDEN_VALUES = {
    "/S": {
        "/JavaScript": Refusal.SCRIPT,
        "/Launch": Refusal.ACTION,
        "/SubmitForm": Refusal.ACTION,
        "/ImportData": Refusal.ACTION,
        "/GoToR": Refusal.ACTION,
        "/GoToE": Refusal.ATTACHMENT,
        "/Rendition": Refusal.MEDIA,
        "/Movie": Refusal.MEDIA,
        "/Sound": Refusal.MEDIA,
        "/RichMediaExecute": Refusal.MEDIA,
        "/GoTo3DView": Refusal.MEDIA,
    },
    "/Type": {"/EmbeddedFile": Refusal.ATTACHMENT},
    "/Subtype": {
        "/FileAttachment": Refusal.ATTACHMENT,
        "/RichMedia": Refusal.MEDIA,
        "/Movie": Refusal.MEDIA,
        "/Sound": Refusal.MEDIA,
        "/Screen": Refusal.MEDIA,
        "/3D": Refusal.MEDIA,
    },
}
# A web link is fine: nobody's browser ever opens the PDF itself. These are not web links.
FORBIDDEN_SCHEMES = ("javascript:", "vbscript:", "data:", "file:", "smb:", "\\\\")
# Everything a PDF says ends with this; some programs write a little after it, or fill up a block.
END = b"%%EOF"
TAIL_BYTES = 1024
BLANK = b"\0\t\n\f\r "
# What pikepdf is known to raise on bytes that are not what they seem.
PDF_FAULTS = (
    pikepdf.PdfError,
    RuntimeError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
)


def check_pdf(source: Path, target: Path) -> tuple[int, bool]:
    """Return its pages and whether `target` now holds a copy to keep in its place; or refuse."""
    _refuse_odd_ends(source)
    try:
        with pikepdf.open(source, suppress_warnings=True) as pdf:
            pages = len(pdf.pages)
            _refuse_length(pages)
            _refuse_active_content(pdf)
            # Locked against printing, yet open to every reader: we keep a copy without the lock.
            if pdf.is_encrypted:
                pdf.save(target)
            is_rewritten = pdf.is_encrypted
    except pikepdf.PasswordError:
        raise Refused(Refusal.PASSWORD) from None
    except PDF_FAULTS:
        raise Refused(Refusal.DAMAGED) from None
    # What we cannot show to a reviewer would be received in name only.
    _draw(target if is_rewritten else source, 1)
    return pages, is_rewritten


def draw_page(source: Path, number: int, target: Path) -> None:
    """Write a PNG picture of one page, counted from 1."""
    _draw(source, number).save(target, format="PNG", compress_level=6)


def _refuse_odd_ends(source: Path) -> None:
    if zipfile.is_zipfile(source):
        raise Refused(Refusal.MIXED)
    if END not in source.read_bytes().rstrip(BLANK)[-TAIL_BYTES:]:
        raise Refused(Refusal.DAMAGED)


def _refuse_length(pages: int) -> None:
    if pages < 1:
        raise Refused(Refusal.DAMAGED)
    if pages > MAX_PDF_PAGES:
        raise Refused(Refusal.TOO_MANY_PAGES)


def _refuse_active_content(pdf: pikepdf.Pdf) -> None:
    for container in _containers(pdf):
        if isinstance(container, pikepdf.Array):
            continue
        code = _what_acts(container)
        if code:
            raise Refused(code)


def _containers(pdf: pikepdf.Pdf) -> Iterator[Container]:
    """Every dictionary, stream and array, used or not; references lead to objects of their own."""
    waiting: list[pikepdf.Object] = list(pdf.objects)
    waiting.append(pdf.trailer)
    while waiting:
        found = waiting.pop()
        if not isinstance(found, (pikepdf.Dictionary, pikepdf.Stream, pikepdf.Array)):
            continue
        yield found
        inside = found if isinstance(found, pikepdf.Array) else (v for _, v in found.items())
        waiting.extend(
            value for value in inside if isinstance(value, pikepdf.Object) and not value.is_indirect
        )


def _what_acts(container: pikepdf.Dictionary | pikepdf.Stream) -> Refusal | None:
    keys = container.keys()
    for key, code in FORBIDDEN_KEYS.items():
        if key in keys:
            return code
    for key, codes in FORBIDDEN_VALUES.items():
        value = container.get(key) if key in keys else None
        if isinstance(value, pikepdf.Name) and str(value) in codes:
            return codes[str(value)]
    # A stream whose bytes lie in a file elsewhere.
    if isinstance(container, pikepdf.Stream) and "/F" in keys:
        return Refusal.ACTION
    return Refusal.ACTION if _leads_astray(container.get("/URI")) else None


def _leads_astray(link: object) -> bool:
    if not isinstance(link, pikepdf.String):
        return False
    return str(link).strip().lower().startswith(FORBIDDEN_SCHEMES)


def _draw(source: Path, number: int) -> Image.Image:
    try:
        with pypdfium2.PdfDocument(source) as pdf:
            pdf.init_forms()  # what was filled in is part of the paper
            page = pdf[number - 1]
            width, height = page.get_size()
            scale = min(PAGE_WIDTH / width, PAGE_HEIGHT / height, MAX_PAGE_SCALE)
            picture: Image.Image = page.render(scale=scale).to_pil().copy()
            return picture
    except (pypdfium2.PdfiumError, ArithmeticError, ValueError, LookupError):
        raise Refused(Refusal.DAMAGED) from None
