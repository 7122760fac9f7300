"""Sending a file in parts as a browser's script does."""

import base64
import io
from typing import Any

from django.test import Client
from django.urls import reverse

from appeals.models import Appeal, EvidenceUpload

TUS = {"Tus-Resumable": "1.0.0"}
PART = "application/offset+octet-stream"


def told(**words: str) -> str:
    """`Upload-Metadata`: what the browser says of a file."""
    return ",".join(f"{name} {base64.b64encode(v.encode()).decode()}" for name, v in words.items())


def announce(browser: Client, appeal: Appeal, length: int, **words: str) -> Any:
    words = {"filename": "payslip.pdf", **words}
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": told(**words)}
    return browser.post(
        reverse("appeals:uploads", args=[appeal.reference]), headers=headers, content_type=PART
    )


def begun(browser: Client, appeal: Appeal, length: int, **words: str) -> EvidenceUpload:
    answer = announce(browser, appeal, length, **words)
    assert answer.status_code == 201, answer.content
    return EvidenceUpload.objects.get(public_id=answer["Location"].split("/")[2])


def place(upload: EvidenceUpload) -> str:
    return reverse("appeals:upload", args=[upload.public_id])


def patch(browser: Client, upload: EvidenceUpload, content: bytes, at: int, **more: Any) -> Any:
    headers = {**TUS, "Upload-Offset": str(at)}
    return browser.patch(place(upload), content, content_type=PART, headers=headers, **more)


def head(browser: Client, upload: EvidenceUpload) -> Any:
    return browser.head(place(upload), headers=TUS)


class CutOff(io.BytesIO):
    """A body that ends before its time: silently, or with the reset of its connection."""

    def __init__(self, content: bytes, *, is_reset: bool) -> None:
        super().__init__(content)
        self.is_reset = is_reset

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        if not found and self.is_reset:
            raise ConnectionResetError
        return found
