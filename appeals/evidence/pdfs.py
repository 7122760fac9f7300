"""PDFs are opened, counted, searched for anything that would act, drawn and read.

Runs only inside the sandbox: see `inspection`.
"""

import time
from pathlib import Path

import pikepdf
import pypdfium2
from PIL import Image

from appeals.evidence.acting import refuse_active_content, refuse_hidden_actions
from appeals.evidence.disguises import holds_archive
from appeals.evidence.limits import (
    MAX_PAGE_CHARACTERS,
    MAX_PAGE_SCALE,
    MAX_PDF_PAGES,
    MAX_TEXT_CHARACTERS,
    MAX_TREE_DEPTH,
    MAX_TREE_NODES,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    READING_SECONDS,
)
from appeals.evidence.refusals import Refusal, Refused
from appeals.evidence.unpacking import refuse_bombs

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
PDFIUM_FAULTS = (pypdfium2.PdfiumError, ArithmeticError, ValueError, LookupError)


def check_pdf(source: Path, target: Path) -> tuple[int, bool]:
    """Return its pages and whether `target` now holds a copy to keep in its place; or refuse."""
    content = source.read_bytes()
    _refuse_odd_ends(content)
    refuse_bombs(content)
    refuse_hidden_actions(content)
    try:
        with pikepdf.open(source, suppress_warnings=True) as pdf:
            _refuse_page_tree(pdf)
            pages = len(pdf.pages)
            _refuse_length(pages)
            refuse_active_content(pdf)
            # Locked against printing, yet open to every reader: we keep a copy without the lock.
            # Mended while it was read: we keep what we have read, and no other reading of it.
            is_rewritten = pdf.is_encrypted or bool(pdf.get_warnings())
            if is_rewritten:
                pdf.save(target)
    except pikepdf.PasswordError:
        raise Refused(Refusal.PASSWORD) from None
    except PDF_FAULTS as fault:
        raise Refused(_why(fault)) from None
    # What we cannot show to a reviewer would be received in name only.
    kept = target if is_rewritten else source
    _refuse_pages_that_do_not_open(kept)
    _draw(kept, 1)
    return pages, is_rewritten


def draw_page(source: Path, number: int, target: Path) -> None:
    """Write a PNG picture of one page, counted from 1."""
    _draw(source, number).save(target, format="PNG", compress_level=6)


def read_pages(source: Path) -> list[str]:
    """The text of each page, as far as there is time and room; scanned pages have none."""
    texts: list[str] = []
    left, until = MAX_TEXT_CHARACTERS, time.monotonic() + READING_SECONDS
    try:
        with pypdfium2.PdfDocument(source) as pdf:
            for number in range(min(len(pdf), MAX_PDF_PAGES)):
                if left <= 0 or time.monotonic() > until:
                    break
                texts.append(_text_of(pdf, number)[: min(left, MAX_PAGE_CHARACTERS)])
                left -= len(texts[-1])
    except PDFIUM_FAULTS:
        pass  # what was read until then is worth having
    return texts


def _text_of(pdf: pypdfium2.PdfDocument, number: int) -> str:
    words = pdf[number].get_textpage()
    most = min(words.count_chars(), MAX_PAGE_CHARACTERS)
    text: str = words.get_text_range(0, most) if most > 0 else ""
    # Half a pair of surrogates is no character, and no database takes it.
    return text.encode("utf-8", "ignore").decode()


def _why(fault: Exception) -> Refusal:
    """A lock that is not a password, such as a certificate's, is no less one to the customer."""
    return Refusal.PASSWORD if "encrypt" in str(fault).lower() else Refusal.DAMAGED


def _refuse_odd_ends(content: bytes) -> None:
    if holds_archive(content):
        raise Refused(Refusal.MIXED)
    if END in content.rstrip(BLANK)[-TAIL_BYTES:]:
        return
    end = content.rfind(END)
    # A PDF made for the web has such a mark near its beginning too.
    is_cut_off = end < 0 or b" obj" in content[end:]
    raise Refused(Refusal.CUT_OFF if is_cut_off else Refusal.MIXED)


def _refuse_page_tree(pdf: pikepdf.Pdf) -> None:
    """Walk the tree ourselves first: one that grows with every step would never be counted."""
    pages, seen = 0, 0
    waiting: list[tuple[object, int]] = [(pdf.Root.get("/Pages"), 0)]
    while waiting:
        node, depth = waiting.pop()
        seen += 1
        if not isinstance(node, pikepdf.Dictionary):
            continue
        if depth > MAX_TREE_DEPTH or seen > MAX_TREE_NODES:
            raise Refused(Refusal.DAMAGED)
        kids = node.get("/Kids")
        if isinstance(kids, pikepdf.Array):
            if len(kids) > MAX_TREE_NODES:
                raise Refused(Refusal.TOO_MANY_PAGES)
            waiting += [(kid, depth + 1) for kid in kids]
        else:
            pages += 1
            _refuse_length(pages)


def _refuse_length(pages: int) -> None:
    if pages < 1:
        raise Refused(Refusal.DAMAGED)
    if pages > MAX_PDF_PAGES:
        raise Refused(Refusal.TOO_MANY_PAGES)


def _refuse_pages_that_do_not_open(source: Path) -> None:
    try:
        with pypdfium2.PdfDocument(source) as pdf:
            for number in range(len(pdf)):
                pdf[number].get_size()
    except PDFIUM_FAULTS:
        raise Refused(Refusal.DAMAGED) from None


def _draw(source: Path, number: int) -> Image.Image:
    try:
        with pypdfium2.PdfDocument(source) as pdf:
            pdf.init_forms()  # what was filled in is part of the paper
            page = pdf[number - 1]
            width, height = page.get_size()
            scale = min(PAGE_WIDTH / width, PAGE_HEIGHT / height, MAX_PAGE_SCALE)
            picture: Image.Image = page.render(scale=scale).to_pil().copy()
            return picture
    except PDFIUM_FAULTS:
        raise Refused(Refusal.DAMAGED) from None
