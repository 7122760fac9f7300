"""Sealed files in a folder of this machine, or of a file server that it has mounted."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from django.core.exceptions import SuspiciousFileOperation
from django.utils._os import safe_join

# What a process left that died while it wrote; never a file's name.
DRAFT_MARK = ".draft-"


class FolderShelf:
    """Bytes under names; a file appears whole and durable, or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, name: str) -> Path:
        path = Path(safe_join(self.folder, name))
        if path.name.startswith(DRAFT_MARK):
            raise SuspiciousFileOperation(f"{DRAFT_MARK} is the mark of half files.")
        return path

    def put(self, name: str, content: IO[bytes]) -> None:
        """Store a new file; FileExistsError if there is one of this name."""
        with self._draft(name, content) as (draft, path):
            os.link(draft, path)  # unlike a rename, this replaces nothing
            _bring_to_disk(path.parent)

    def replace(self, name: str, content: IO[bytes]) -> None:
        """Let these bytes take the place of a file's, all at once."""
        with self._draft(name, content) as (draft, path):
            draft.replace(path)
            _bring_to_disk(path.parent)

    @contextlib.contextmanager
    def _draft(self, name: str, content: IO[bytes]) -> Iterator[tuple[Path, Path]]:
        path = self._path(name)
        self._make_folder(path.parent)
        draft = path.with_name(f"{DRAFT_MARK}{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
                shutil.copyfileobj(content, f)
                f.flush()
                os.fsync(f.fileno())
            yield draft, path
        finally:
            draft.unlink(missing_ok=True)

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            self._make_folder(folder.parent)
            with contextlib.suppress(FileExistsError):
                folder.mkdir(mode=0o700)
            _bring_to_disk(folder.parent)

    def get(self, name: str) -> IO[bytes]:
        return self._path(name).open("rb")

    def beginning(self, name: str, count: int) -> bytes:
        with self.get(name) as file:
            return file.read(count)

    def delete(self, name: str) -> None:
        path = self._path(name)
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
            _bring_to_disk(path.parent)

    def exists(self, name: str) -> bool:
        return self._path(name).is_file()

    def size(self, name: str) -> int:
        return self._path(name).stat().st_size

    def modified(self, name: str) -> datetime:
        return datetime.fromtimestamp(self._path(name).stat().st_mtime, UTC)

    def listed(self, folder: str) -> tuple[list[str], list[str]]:
        """Folders and files in a folder; FileNotFoundError if it is not there."""
        folders, files = [], []
        with os.scandir(safe_join(self.folder, folder)) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders.append(entry.name)
                elif not entry.name.startswith(DRAFT_MARK):
                    files.append(entry.name)
        return folders, files

    def drop_drafts(self, folder: str, *, before: datetime) -> None:
        """Delete the half files of processes that died."""
        for draft in Path(safe_join(self.folder, folder)).glob(f"{DRAFT_MARK}*"):
            with contextlib.suppress(FileNotFoundError):
                if datetime.fromtimestamp(draft.stat().st_mtime, UTC) < before:
                    draft.unlink()


def _bring_to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
