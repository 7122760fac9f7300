"""Pictures of a document's pages, drawn once, so that nobody's browser opens the file itself."""

import contextlib
from pathlib import Path
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
    with storage.workshop(document.stored_name) as source:
        sandbox.draw_pages(source, number, number)
        keep_drawn(source.parent, document.stored_name)
    return storage.open_stored(name), MediaType.PNG


def keep_drawn(folder: Path, stored_name: str) -> None:
    """Store the pictures that lie in this folder under the numbers of their pages."""
    for drawn in folder.glob("*.png"):
        name = storage.page_name(stored_name, int(drawn.stem))
        with drawn.open("rb") as picture:
            storage.keep_beside(stored_name, name, picture)
