"""Sending papers as a browser does, and the fixtures for where they lie."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from appeals.evidence import inspection, sandbox
from appeals.evidence.checking import check_evidence
from appeals.evidence.passes import make_pass
from appeals.models import Appeal, EvidenceDocument

JSON = {"Accept": "application/json"}

MEGABYTE = 1024 * 1024


@pytest.fixture
def shelf(settings: Settings, tmp_path: Path) -> Path:
    """The folder the evidence storage keeps its files in, for this test alone."""
    folder = tmp_path / "shelf"
    settings.UPLOAD_DIR = str(tmp_path / "uploads")
    settings.STORAGES = {
        **settings.STORAGES,
        "evidence": {
            **settings.STORAGES["evidence"],
            "OPTIONS": {**settings.STORAGES["evidence"]["OPTIONS"], "address": f"file://{folder}"},
        },
    }
    return folder


@pytest.fixture
def no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do the child's work here: a process for each file would make these tests slow."""

    def inspect(source: Path, target: Path) -> sandbox.Inspection:
        return sandbox.Inspection(**inspection.check_file(source, target))

    def draw(source: Path, first: int, last: int) -> None:
        inspection.draw(source, source.parent, first, last)

    def prepare(source: Path, last: int) -> None:
        inspection.prepare(source, source.parent, last)

    monkeypatch.setattr(sandbox, "inspect", inspect)
    monkeypatch.setattr(sandbox, "prepare", prepare)
    monkeypatch.setattr(sandbox, "draw_pages", draw)


def stored_files(shelf: Path) -> list[Path]:
    return sorted(path for path in shelf.rglob("*") if path.is_file())


def opened(name: object) -> bytes:
    """What a kept file says once it is opened."""
    with storages["evidence"].open(str(name)) as file:
        content: bytes = file.read()
        return content


def upload_page(appeal: Appeal) -> str:
    return reverse("appeals:evidence_upload", args=[appeal.reference])


def documents_page(appeal: Appeal) -> str:
    return reverse("appeals:documents", args=[appeal.reference])


def address(name: str, document: EvidenceDocument, *parts: object) -> str:
    return reverse(f"appeals:{name}", args=[document.public_id, *parts])


def linked(browser: Client, url: str) -> str:
    """The address of a page or a download as a page of ours gives it to who is signed in."""
    public_id = UUID(url.split("/evidence/")[1].partition("/")[0])
    reader = browser.session.get(SESSION_KEY)
    return f"{url}?pass={make_pass(public_id, int(reader))}" if reader else url


def as_file(content: bytes, name: str = "payslip.pdf", kind: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=kind or "application/octet-stream")


def send(browser: Client, appeal: Appeal, *files: SimpleUploadedFile, **more: Any) -> Any:
    """Post the form as a browser without JavaScript does."""
    return browser.post(upload_page(appeal), {"files": list(files), **more})


def send_json(browser: Client, appeal: Appeal, file: SimpleUploadedFile) -> Any:
    """Post one file as upload.js does."""
    return browser.post(upload_page(appeal), {"files": [file]}, headers=JSON)


def fetch(browser: Client, url: str) -> Any:
    """Follow a link of ours to a file and read it to its end, as a browser does."""
    response: Any = browser.get(url if "?" in url else linked(browser, url))
    if response.streaming:
        response.body = b"".join(response.streaming_content)
    return response


def receive(
    browser: Client, appeal: Appeal, content: bytes, name: str = "payslip.pdf"
) -> EvidenceDocument:
    """Send one file and return what was made of it, not yet checked."""
    response = send_json(browser, appeal, as_file(content, name))
    assert response.status_code == 201, response.content
    return EvidenceDocument.objects.get(public_id=response.json()["received"][0]["id"])


def received_and_checked(
    browser: Client, appeal: Appeal, content: bytes, name: str = "payslip.pdf"
) -> EvidenceDocument:
    document = receive(browser, appeal, content, name)
    check_evidence(document.pk)
    document.refresh_from_db()
    return document


def held(appeal: Appeal, count: int = 1, **fields: Any) -> list[EvidenceDocument]:
    """Papers that are merely rows, to fill the room of an appeal."""
    first = EvidenceDocument.objects.count()
    return EvidenceDocument.objects.bulk_create(
        EvidenceDocument(
            **{
                "appeal": appeal,
                "original_name": "held.pdf",
                "stored_name": f"held/{number}",
                "size": 1000,
                "sha256": f"{number:064}",
                "uploaded_at": appeal.saved_at,
                **fields,
            }
        )
        for number in range(first, first + count)
    )
