"""A sealed file that grows: each piece is sealed as it comes, and none can be moved or left out.

The file's head is that of any sealed file. After it come records: the length of the piece (4),
a nonce (12), the piece in AES-256-GCM, bound to where in the content it begins. A record that was
written half is not counted by whoever keeps the count, and the next one takes its place.
"""

import io
import os
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.storage import envelope
from portal.storage.chunks import TAG_BYTES
from portal.storage.envelope import HEAD_BYTES, NONCE_BYTES
from portal.storage.errors import BrokenSeal
from portal.storage.keyring import keyring

LENGTH_BYTES = 4
BESIDE_BYTES = LENGTH_BYTES + NONCE_BYTES + TAG_BYTES


class GrowingFile:
    """The records of one file that is open for reading, and for writing where they are added."""

    def __init__(self, file: IO[bytes], place: str) -> None:
        self._file = file
        self._place = place

    def begin(self) -> None:
        """Make it new: whatever was in it is gone."""
        data_key = envelope.new_data_key()
        self._file.seek(0)
        self._file.truncate()
        self._file.write(envelope.write_head(data_key, place=self._place, keyring=keyring()))

    def add(self, offset: int, content: bytes) -> None:
        """Put a piece where the content has `offset` bytes; what lay behind that is gone."""
        cipher, start = self._opened()
        for at, begins_at, length in self._walk(start):
            if at == offset:
                start = begins_at
                break
            start = begins_at + BESIDE_BYTES + length
            if at + length == offset:
                break
        else:
            if offset:
                raise BrokenSeal("what should lie before a piece is not there")
        nonce = os.urandom(NONCE_BYTES)
        sealed = cipher.encrypt(nonce, content, _bound(offset))
        self._file.seek(start)
        self._file.truncate()
        self._file.write(len(content).to_bytes(LENGTH_BYTES, "big") + nonce + sealed)

    def pieces(self) -> Iterator[bytes]:
        """The content, piece by piece; BrokenSeal at the first that is not as it was written."""
        cipher, start = self._opened()
        for at, begins_at, length in self._walk(start):
            self._file.seek(begins_at + LENGTH_BYTES)
            nonce = self._file.read(NONCE_BYTES)
            sealed = self._file.read(length + TAG_BYTES)
            try:
                yield cipher.decrypt(nonce, sealed, _bound(at))
            except InvalidTag:
                raise BrokenSeal("a piece was altered") from None

    def _opened(self) -> tuple[AESGCM, int]:
        self._file.seek(0)
        head = envelope.read_head(self._file.read(HEAD_BYTES))
        data_key = envelope.unwrap(head, place=self._place, keyring=keyring())
        return AESGCM(data_key), head.size

    def _walk(self, start: int) -> Iterator[tuple[int, int, int]]:
        """Of each whole record: where its piece begins, where it itself does, and the length."""
        end = self._file.seek(0, io.SEEK_END)
        at = 0
        while start + BESIDE_BYTES < end:
            self._file.seek(start)
            length = int.from_bytes(self._file.read(LENGTH_BYTES), "big")
            if start + BESIDE_BYTES + length > end:
                return
            yield at, start, length
            at, start = at + length, start + BESIDE_BYTES + length


def _bound(offset: int) -> bytes:
    return offset.to_bytes(8, "big")
