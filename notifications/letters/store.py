"""Where the files of batches lie: a private folder, each file read only with the hash it had."""

import contextlib
import hashlib
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from notifications.models import LetterBatch
from portal.storage.errors import BrokenSeal

KINDS = ("pdf", "csv")
ABOUT_A_MONTH = timedelta(days=28)
# An export that takes longer is none any more.
UNFINISHED_FOR = timedelta(hours=1)


class Altered(Exception):
    """A stored file is gone, or no longer what was exported."""


def letter_storage() -> Storage:
    return storages["letters"]


def name_of(batch: LetterBatch, kind: str) -> str:
    return f"{batch.made_at:%Y/%m}/{batch.reference}.{kind}"


def keep(batch: LetterBatch, kind: str, content: bytes) -> None:
    """Store a file, durably and encrypted."""
    storage = letter_storage()
    name = storage.save(name_of(batch, kind), ContentFile(content))
    if name != name_of(batch, kind):
        storage.delete(name)
        raise FileExistsError(name_of(batch, kind))


def read(batch: LetterBatch, kind: str) -> bytes:
    """Return the same bytes as ever; Altered if they are not there or are others."""
    try:
        with letter_storage().open(name_of(batch, kind), "rb") as stored:
            content: bytes = stored.read()
    except (FileNotFoundError, BrokenSeal) as error:
        raise Altered(name_of(batch, kind)) from error
    expected = batch.pdf_sha256 if kind == "pdf" else batch.csv_sha256
    if hashlib.sha256(content).hexdigest() != expected:
        raise Altered(name_of(batch, kind))
    return content


def erase(batch: LetterBatch) -> None:
    """Delete the files of a batch that never came to be."""
    for kind in KINDS:
        letter_storage().delete(name_of(batch, kind))


def erase_orphans(now: datetime) -> None:
    """Delete what a machine that died in the middle of an export left in the last two months."""
    storage = letter_storage()
    for folder in sorted({f"{day:%Y/%m}" for day in (now, now - ABOUT_A_MONTH)}):
        with contextlib.suppress(FileNotFoundError):
            _erase_orphans_in(storage, folder, now)


def _erase_orphans_in(storage: Storage, folder: str, now: datetime) -> None:
    _folders, names = storage.listdir(folder)
    references = {name.partition(".")[0] for name in names}
    ours = LetterBatch.objects.filter(reference__in=references)
    known = set(ours.values_list("reference", flat=True))
    for name in names:
        path = f"{folder}/{name}"
        is_old = storage.get_modified_time(path) < now - UNFINISHED_FOR
        if name.partition(".")[0] not in known and is_old:
            storage.delete(path)
