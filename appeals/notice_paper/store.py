"""Where the papers lie: under random names of ours, in the storage `notices`."""

import contextlib
import hashlib
import secrets
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils import timezone

from appeals.models import NoticeDocument
from portal.storage.errors import BrokenSeal

PIECE_BYTES = 256 * 1024
DAY = timedelta(days=1)
ORPHAN_DAYS = 7
UNFINISHED_FOR = timedelta(hours=1)


class PaperLost(Exception):
    """The stored paper is gone, or no longer what was made."""


def notice_storage() -> Storage:
    return storages["notices"]


def keep(pdf: bytes, now: datetime) -> str:
    """Store a paper, durably and sealed, and return its name: 256 folders hold those of a day."""
    token = secrets.token_hex(16)
    return notice_storage().save(f"{now:%Y/%m/%d}/{token[:2]}/{token}", ContentFile(pdf))


def erase(name: str) -> None:
    notice_storage().delete(name)


def stored_hash(document: NoticeDocument) -> str:
    """The hash of the bytes that lie there now; PaperLost when there are none.

    BrokenSeal when somebody else's hand was on them.
    """
    digest = hashlib.sha256()
    try:
        with notice_storage().open(document.stored_name) as file:
            while piece := file.read(PIECE_BYTES):
                digest.update(piece)
    except FileNotFoundError as error:
        raise PaperLost(str(error)) from error
    return digest.hexdigest()


def read(document: NoticeDocument) -> bytes:
    """The very bytes that were made; PaperLost when they are gone or others."""
    try:
        with notice_storage().open(document.stored_name) as file:
            pdf: bytes = file.read()
    except (FileNotFoundError, BrokenSeal) as error:
        raise PaperLost(str(error)) from error
    if hashlib.sha256(pdf).hexdigest() != document.sha256:
        raise PaperLost("other bytes")
    return pdf


def orphans(day: date, before: datetime) -> Iterator[str]:
    """Files of a day that belong to no paper and are older than any unfinished one."""
    storage, folder = notice_storage(), f"{day:%Y/%m/%d}"
    with contextlib.suppress(FileNotFoundError):
        for part in storage.listdir(folder)[0]:
            inside = f"{folder}/{part}"
            names = {f"{inside}/{name}" for name in storage.listdir(inside)[1]}
            rows = NoticeDocument.objects.filter(stored_name__in=names)
            for name in names.difference(rows.values_list("stored_name", flat=True)):
                with contextlib.suppress(FileNotFoundError):
                    if storage.get_modified_time(name) < before:
                        yield name


def erase_orphans(now: datetime | None = None) -> int:
    """Delete what a process left that died between storing a paper and writing it down."""
    now = now or timezone.now()
    erased = 0
    for age in range(ORPHAN_DAYS):
        for name in orphans((now - age * DAY).date(), now - UNFINISHED_FOR):
            erase(name)
            erased += 1
    return erased
