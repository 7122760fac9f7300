"""Where the files lie: under random names of ours, in the storage `evidence`."""

import contextlib
import hashlib
import secrets
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import IO

from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.utils import timezone

from appeals.evidence.limits import MAX_PDF_PAGES
from portal.lib.private_files import open_private, private_folder

PIECE_BYTES = 1024 * 1024


def evidence_storage() -> Storage:
    return storages["evidence"]


def _folder(day: date) -> str:
    return f"{day:%Y/%m/%d}"


def new_name() -> str:
    """A random name in today's folder; it says nothing about the file or the customer."""
    return f"{_folder(timezone.now().date())}/{secrets.token_hex(16)}"


def keep(content: IO[bytes], *, name: str = "") -> str:
    """Store these bytes, durably and encrypted, and return their name."""
    return evidence_storage().save(name or new_name(), File(content))


def open_stored(name: str) -> IO[bytes]:
    """Open a stored file for reading.

    FileNotFoundError when it is gone, BrokenSeal when it is not what we stored there, StorageAway
    when the storage does not answer.
    """
    return evidence_storage().open(name, "rb")


def sha256_of(content: IO[bytes]) -> str:
    """The hash of everything in the file, which is then wound back to its beginning."""
    digest = hashlib.sha256()
    content.seek(0)
    while piece := content.read(PIECE_BYTES):
        digest.update(piece)
    content.seek(0)
    return digest.hexdigest()


def page_name(name: str, number: int) -> str:
    return f"{name}-{number}.png"


def text_name(name: str) -> str:
    return f"{name}-text.json"


def owner_of(name: str) -> str:
    """The file whose page a picture shows, or whose words a text has; any other is its own."""
    return name.rpartition("-")[0] if name.endswith((".png", "-text.json")) else name


def keep_beside(owner: str, name: str, content: IO[bytes]) -> None:
    """Store what was made of a file, unless somebody was quicker or the file went meanwhile.

    `erase` deletes the file before what was made of it: whichever of the two comes later sees the
    other, so nothing is left of a paper that was erased while it was being read.
    """
    with contextlib.suppress(FileExistsError):
        kept_as = keep(content, name=name)
        if kept_as != name:
            evidence_storage().delete(kept_as)
    if not evidence_storage().exists(owner):
        evidence_storage().delete(name)


def erase(name: str, *, pages: int = 0) -> None:
    """Delete a file with its pictures and its text; nothing happens if they are gone already."""
    storage = evidence_storage()
    storage.delete(name)
    for number in range(1, min(pages, MAX_PDF_PAGES) + 1):
        storage.delete(page_name(name, number))
    storage.delete(text_name(name))


def names_of(day: date) -> set[str]:
    """Everything stored on that day."""
    folder = _folder(day)
    try:
        _folders, files = evidence_storage().listdir(folder)
    except FileNotFoundError:
        return set()
    return {f"{folder}/{name}" for name in files}


@contextlib.contextmanager
def workshop(name: str) -> Iterator[Path]:
    """A private folder with a copy of the stored file, called `source`; gone afterwards."""
    with private_folder(timezone.now()) as folder:
        source = folder / "source"
        with open_stored(name) as stored, open_private(source) as copy:
            shutil.copyfileobj(stored, copy)
        yield source
