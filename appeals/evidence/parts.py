"""What has arrived of a file, on our disk until it is whole: one file each, named by its id."""

import contextlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings


class PartsLost(Exception):
    """What had arrived is not there any more."""


def _folder() -> Path:
    folder = Path(settings.UPLOAD_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _path(public_id: UUID) -> Path:
    return _folder() / public_id.hex


def write(public_id: UUID, offset: int, content: bytes) -> None:
    """Bring these bytes to their place on the disk; after this a power cut cannot take them.

    Whatever lies behind `offset` was never counted and is written over.
    """
    path = _path(public_id)
    try:
        handle = os.open(path, os.O_WRONLY | (0 if offset else os.O_CREAT), 0o600)
    except FileNotFoundError as error:
        raise PartsLost from error
    try:
        if os.fstat(handle).st_size < offset:
            raise PartsLost
        _write_all(handle, offset, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    if not offset:
        _sync_folder(path.parent)


def _write_all(handle: int, offset: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        written = os.pwrite(handle, left, offset)
        offset += written
        left = left[written:]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_whole(public_id: UUID, length: int) -> IO[bytes]:
    """Open a file that has arrived, for reading."""
    try:
        content = _path(public_id).open("rb")
    except FileNotFoundError as error:
        raise PartsLost from error
    if os.fstat(content.fileno()).st_size != length:
        content.close()
        raise PartsLost
    return content


def erase(public_id: UUID) -> None:
    """Delete what arrived; what cannot be deleted now is swept up later."""
    with contextlib.suppress(OSError):
        _path(public_id).unlink(missing_ok=True)


def lying_since(before: datetime) -> Iterator[UUID]:
    """The files to which nothing was added since then."""
    for path in _folder().iterdir():
        with contextlib.suppress(ValueError, FileNotFoundError):
            public_id = UUID(hex=path.name)
            if path.stat().st_mtime < before.timestamp():
                yield public_id
