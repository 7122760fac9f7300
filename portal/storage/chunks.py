"""The body of a sealed file: chunks of AES-256-GCM in the STREAM construction.

Each chunk's nonce is its number and whether it is the last one, so that chunks which are altered,
left out, added or put in another order do not open. The data key belongs to one file alone, which
is why numbers may serve as nonces. (Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015; `age`
lays its payload out in the same way.)
"""

import io
from typing import IO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.storage.errors import BrokenSeal

CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES
NUMBER_BYTES = 11


class Readable(Protocol):
    """What has bytes to read: a file, an upload."""

    def read(self, size: int, /) -> bytes: ...


def seal(source: Readable, target: IO[bytes], data_key: bytes) -> None:
    """Write everything that is left in the source, encrypted."""
    cipher = AESGCM(data_key)
    number, chunk = 0, _whole_chunk(source)
    while True:
        following = _whole_chunk(source) if len(chunk) == CHUNK_BYTES else b""
        is_last = not following
        target.write(cipher.encrypt(_nonce(number, is_last=is_last), chunk, None))
        if is_last:
            return
        number, chunk = number + 1, following


def _whole_chunk(source: Readable) -> bytes:
    """Read a whole chunk, or what is left: a single read may give less than there is."""
    pieces: list[bytes] = []
    missing = CHUNK_BYTES
    while missing and (piece := source.read(missing)):
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(NUMBER_BYTES, "big") + bytes([is_last])


class SealedReader(io.RawIOBase):
    """Reads the body that begins at `begins_at`, a chunk at a time, from any position."""

    def __init__(self, sealed: IO[bytes], data_key: bytes, *, begins_at: int) -> None:
        self._sealed = sealed
        self._cipher = AESGCM(data_key)
        self._begins_at = begins_at
        body = sealed.seek(0, io.SEEK_END) - begins_at
        self._chunks = max(1, -(-body // SEALED_CHUNK_BYTES))
        self._size = body - self._chunks * TAG_BYTES
        # Only an empty file ends in an empty chunk.
        if self._size < 0 or self._size <= (self._chunks - 1) * CHUNK_BYTES != 0:
            raise BrokenSeal("it is cut short")
        self._position = 0
        self._number, self._chunk = -1, b""

    def verify(self) -> None:
        """Read everything once; BrokenSeal if a bit of it is not as it was written."""
        for number in range(self._chunks):
            self._open_chunk(number)

    def _open_chunk(self, number: int) -> bytes:
        if number != self._number:
            self._sealed.seek(self._begins_at + number * SEALED_CHUNK_BYTES)
            sealed = self._sealed.read(SEALED_CHUNK_BYTES)
            nonce = _nonce(number, is_last=number == self._chunks - 1)
            try:
                self._chunk = self._cipher.decrypt(nonce, sealed, None)
            except InvalidTag:
                raise BrokenSeal(f"chunk {number} was altered or cut short") from None
            self._number = number
        return self._chunk

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        if self._position >= self._size:
            return 0
        number, offset = divmod(self._position, CHUNK_BYTES)
        piece = self._open_chunk(number)[offset : offset + len(buffer)]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        if not self.closed:
            self._sealed.close()
            self._chunk = b""
        super().close()
