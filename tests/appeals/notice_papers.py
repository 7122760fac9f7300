"""PDFs of notices for the tests: where they lie, and what can be read on them."""

import io
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from appeals.models import LineDecision, Notice, NoticeDocument
from appeals.notice_paper import making
from appeals.notice_paper.printing import FOOTER_POINTS


@pytest.fixture(autouse=True)
def drawer(settings: Settings, tmp_path: Path) -> Path:
    """Where the PDFs of this test lie."""
    address = f"file://{tmp_path / 'notices'}"
    options = {**settings.STORAGES["notices"]["OPTIONS"], "address": address}
    notices = {**settings.STORAGES["notices"], "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "notices": notices}
    return tmp_path / "notices"


def files_in(drawer: Path) -> list[Path]:
    return sorted(path for path in drawer.rglob("*") if path.is_file())


def address(decision: LineDecision, language: str = "en") -> str:
    return reverse("appeals:notice_pdf", args=[decision.reference, language])


def download(client: Client, decision: LineDecision, language: str = "en") -> bytes:
    answer = client.get(address(decision, language))
    assert answer.status_code == 200, answer.content.decode()
    assert answer["Content-Type"] == "application/pdf"
    return answer.content


def print_all() -> int:
    """Make everything that is due."""
    return making.make_due(seconds=60)


def paper_of(notice: Notice, language: str = "en") -> NoticeDocument:
    return notice.documents.get(language=language)


def stored(paper: NoticeDocument) -> bytes:
    with storages["notices"].open(paper.stored_name) as file:
        content: bytes = file.read()
    return content


def squeezed(text: str) -> str:
    """Lines break elsewhere on paper, also inside Chinese sentences."""
    return "".join(text.split())


def text_of(pdf: bytes) -> str:
    """What is read above the footer of every page."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.get_textpage().get_text_bounded(bottom=FOOTER_POINTS) for page in document]
    return squeezed("".join(pages))


def footers_of(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_bounded(top=FOOTER_POINTS) for page in document]


def inside(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def fonts_of(pdf: bytes) -> list[Any]:
    """Every font of every page, as the file describes it."""
    with inside(pdf) as document:
        return [
            {
                name: "FontFile" in str(list(descendant.FontDescriptor.keys()))
                for name in [str(font.BaseFont)]
            }
            for page in document.pages
            for font in page.Resources.Font.values()
            for descendant in font.DescendantFonts
        ]
