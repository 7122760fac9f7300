"""One paper: set, and held against the notice's content, word for word, before anybody gets it."""

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pypdfium2
from django.conf import settings

from appeals.models import Notice, PaperFault
from appeals.notice_paper.sheet import sheet_of
from appeals.notice_text import canonical_text, sha256_of
from portal.lib.fonts import folders, fonts_version
from portal.lib.typesetting import CannotPrint, CannotSet, typeset

TEMPLATE = "appeals/paper/notice.typ"
TEMPLATES = (TEMPLATE, "portal/paper.typ")
# What in the content is no word for a reader.
NO_WORDS = frozenset({"code", "key", "rank", "restricted", "share_left"})
# The footer is on every page, in the middle of a sentence that goes on.
FOOTER_POINTS = 28 / 25.4 * 72
# PDFium may be used by one thread at a time.
_pdfium = threading.Lock()


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper, what it was made from and by what."""

    pdf: bytes
    pages: int
    source_sha256: str
    template_version: str
    typst_version: str
    fonts_version: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.pdf).hexdigest()


class PaperHeld(Exception):
    """The paper would not be the notice; `fault` says why, `detail` what staff need to know."""

    def __init__(self, fault: PaperFault, detail: str = "") -> None:
        super().__init__(f"{fault.value}: {detail}")
        self.fault = fault
        self.detail = detail


def print_notice(notice: Notice, language: str) -> Printed:
    """Set a notice in one language; PaperHeld if the result would say less than the notice."""
    if sha256_of(canonical_text(notice.content)) != notice.sha256:
        raise PaperHeld(PaperFault.ALTERED)
    try:
        sheet = sheet_of(notice, language)
        pdf = typeset(TEMPLATE, sheet)
    except CannotPrint as refused:
        raise PaperHeld(PaperFault.GLYPH, str(refused)) from refused
    except (CannotSet, KeyError) as refused:
        raise PaperHeld(PaperFault.BROKEN, str(refused)) from refused
    missing, pages = missing_words(pdf, notice, language)
    if missing:
        raise PaperHeld(PaperFault.WORDS, " | ".join(missing[:3]))
    return Printed(
        pdf=pdf,
        pages=pages,
        source_sha256=source_hash(sheet),
        template_version=template_version(),
        typst_version=version("typst"),
        fonts_version=fonts_version(folders()),
    )


def source_hash(sheet: Mapping[str, Any]) -> str:
    """The hash of everything the template is given: equal means the same paper is asked for."""
    return sha256_of(json.dumps(sheet, sort_keys=True, ensure_ascii=False))


@cache
def template_version() -> str:
    """Changes with every word and rule around the content, so that nobody can forget it."""
    folder = Path(settings.BASE_DIR) / "templates"
    sources = [folder / name for name in TEMPLATES]
    sources += [Path(__file__).with_name(name) for name in ("sheet.py", "words.py")]
    whole = b"".join(source.read_bytes() for source in sources)
    return f"1-{hashlib.sha256(whole).hexdigest()[:12]}"


# --- the words ----------------------------------------------------------------------------------


def missing_words(pdf: bytes, notice: Notice, language: str) -> tuple[list[str], int]:
    """What of the notice and its fingerprint cannot be read on the paper; how many pages it has."""
    with _pdfium, pypdfium2.PdfDocument(pdf) as document:
        pages = len(document)
        text = "".join(_text_above_footer(page) for page in document)
    read = _squeezed(text)
    texts = [*texts_of(notice.content[language]), notice.reference, notice.sha256]
    return [words for words in texts if _squeezed(words) not in read], pages


def texts_of(content: Any) -> Iterator[str]:
    """Every text of the content that a person reads, in order."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for part in content:
            yield from texts_of(part)
    elif isinstance(content, Mapping):
        for name, part in content.items():
            if name not in NO_WORDS:
                yield from texts_of(part)


def _text_above_footer(page: Any) -> str:
    with closing(page), closing(page.get_textpage()) as text:
        return str(text.get_text_bounded(bottom=FOOTER_POINTS))


def _squeezed(text: str) -> str:
    """Without what breaking into lines adds or takes; look-alikes are what they look like."""
    return "".join(normalize("NFKC", text).translate(_BREAKS).split())


# A hyphen at the end of a line is read as one of these.
_BREAKS = dict.fromkeys(map(ord, "-\u00ad\u2010\u2011\x02\ufffe\u200b"))
