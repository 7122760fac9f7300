"""Pictures of a document's pages, drawn once, so that nobody's browser opens the file itself."""

import contextlib
from typing import IO

from appeals.evidence import sandbox, storage
from appeals.evidence.sniffing import MediaType
from appeals.models import EvidenceDocument


def open_page(document: EvidenceDocument, number: int) -> tuple[IO[bytes], str]:
    """The picture of a page, counted from 1, and its media type.

    Raises Refused when the page cannot be drawn, FileNotFoundError when the file is gone.
    """
    if document.media_type != MediaType.PDF:
        return storage.open_stored(document.stored_name), document.media_type
    name = storage.page_name(document.stored_name, number)
    with contextlib.suppress(FileNotFoundError):
        return storage.open_stored(name), MediaType.PNG
    _draw(document.stored_name, number, name)
    return storage.open_stored(name), MediaType.PNG


def _draw(stored_name: str, number: int, name: str) -> None:
    with storage.workshop(stored_name) as source:
        target = source.with_name("page.png")
        sandbox.draw_page(source, target, number)
        with target.open("rb") as picture:
            kept_as = storage.keep(picture, name=name)
    if kept_as != name:  # somebody else drew the same page meanwhile
        storage.erase(kept_as)
