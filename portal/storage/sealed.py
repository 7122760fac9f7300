"""A Django storage whose files are encrypted at rest; see the package for what it promises."""

import contextlib
import io
import tempfile
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import IO, Any, NoReturn, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.files.base import File
from django.core.files.storage import Storage

from portal.storage import envelope
from portal.storage.addresses import folder_of
from portal.storage.bucket import BucketShelf
from portal.storage.chunks import SealedReader, seal
from portal.storage.envelope import HEAD_BYTES, Head
from portal.storage.errors import BrokenSeal
from portal.storage.folder import FolderShelf
from portal.storage.keyring import keyring
from portal.storage.locks import alone_with

IN_MEMORY_BYTES = 1024 * 1024


class Shelf(Protocol):
    """Where the sealed bytes lie."""

    def put(self, name: str, content: IO[bytes]) -> None: ...
    def replace(self, name: str, content: IO[bytes]) -> None: ...
    def get(self, name: str) -> IO[bytes]: ...
    def beginning(self, name: str, count: int) -> bytes: ...
    def delete(self, name: str) -> None: ...
    def exists(self, name: str) -> bool: ...
    def size(self, name: str) -> int: ...
    def modified(self, name: str) -> datetime: ...
    def listed(self, folder: str) -> tuple[list[str], list[str]]: ...
    def drop_drafts(self, folder: str, *, before: datetime) -> None: ...


def shelf_at(address: str) -> Shelf:
    parts = urlsplit(address)
    if parts.scheme != "s3":
        return FolderShelf(folder_of(address))
    options = dict(parse_qsl(parts.query))
    return BucketShelf(
        parts.netloc,
        unquote(parts.path),
        endpoint=options.get("endpoint", ""),
        region=options.get("region", ""),
    )


class SealedStorage(Storage):
    """The files of one shelf; `apart` are folders in its place that belong to other shelves."""

    def __init__(self, *, address: str, shelf: str, apart: tuple[str, ...] = ()) -> None:
        self.address = address
        self.shelf_name = shelf
        self.apart = apart

    @cached_property
    def shelf(self) -> Shelf:
        return shelf_at(self.address)

    def place_of(self, name: str) -> str:
        """What a file is bound to: a file of another shelf or name does not open here."""
        return f"{self.shelf_name}/{name}"

    # --- as Django asks ---------------------------------------------------------------------

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        if mode != "rb":
            raise ValueError("A kept file is only read: store another one.")
        sealed = self.shelf.get(name)
        try:
            reader = self._reader(name, sealed)
            reader.verify()
        except BaseException:
            sealed.close()
            raise
        return File(io.BufferedReader(reader), name)

    def _reader(self, name: str, sealed: IO[bytes]) -> SealedReader:
        head = envelope.read_head(sealed.read(HEAD_BYTES))
        data_key = envelope.unwrap(head, place=self.place_of(name), keyring=keyring())
        return SealedReader(sealed, data_key, begins_at=head.size)

    def _save(self, name: str, content: Any) -> str:
        with contextlib.suppress(AttributeError, io.UnsupportedOperation):
            content.seek(0)
        with self._sealed(name, content) as sealed:
            self.shelf.put(name, sealed)
        return name

    @contextlib.contextmanager
    def _sealed(self, name: str, content: Any) -> Iterator[IO[bytes]]:
        """The content as it is kept, under a data key of its own."""
        data_key = envelope.new_data_key()
        with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as sealed:
            place = self.place_of(name)
            sealed.write(envelope.write_head(data_key, place=place, keyring=keyring()))
            seal(content, sealed, data_key)
            sealed.seek(0)
            yield sealed

    def delete(self, name: str) -> None:
        with alone_with(self.place_of(name)):
            self.shelf.delete(name)

    def exists(self, name: str) -> bool:
        return self.shelf.exists(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        return self.shelf.listed(path)

    def size(self, name: str) -> int:
        with self.shelf.get(name) as sealed:
            return self._reader(name, sealed).seek(0, io.SEEK_END)

    def get_modified_time(self, name: str) -> datetime:
        return self.shelf.modified(name)

    def url(self, name: str | None) -> NoReturn:
        raise NotImplementedError("A kept file has no address: a view hands it out.")

    # --- keys -------------------------------------------------------------------------------

    def head(self, name: str) -> Head | None:
        """The head of a file; None when it is plain."""
        beginning = self.shelf.beginning(name, HEAD_BYTES)
        return envelope.read_head(beginning) if envelope.is_sealed(beginning) else None

    def rewrap(self, name: str) -> None:
        """Wrap a file's data key by the active master key; its body stays byte for byte."""
        with alone_with(self.place_of(name)), self.shelf.get(name) as sealed:
            head = envelope.read_head(sealed.read(HEAD_BYTES))
            place = self.place_of(name)
            data_key = envelope.unwrap(head, place=place, keyring=keyring())
            with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as anew:
                anew.write(envelope.write_head(data_key, place=place, keyring=keyring()))
                sealed.seek(head.size)
                while piece := sealed.read(IN_MEMORY_BYTES):
                    anew.write(piece)
                anew.seek(0)
                self.shelf.replace(name, anew)

    def reseal(self, name: str) -> None:
        """Encrypt a file anew, under a fresh data key."""
        with (
            alone_with(self.place_of(name)),
            self._open(name) as content,
            self._sealed(name, content) as sealed,
        ):
            self.shelf.replace(name, sealed)

    def seal_plain(self, name: str) -> None:
        """Encrypt a file that was stored before files were."""
        with alone_with(self.place_of(name)), self.shelf.get(name) as plain:
            if envelope.is_sealed(plain.read(HEAD_BYTES)):
                raise BrokenSeal("it is sealed already")
            plain.seek(0)
            with self._sealed(name, plain) as sealed:
                self.shelf.replace(name, sealed)
