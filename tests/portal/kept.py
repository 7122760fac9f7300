"""Kept files of the tests: keys, storages in a folder or a bucket, and ways to spoil a file."""

import base64
from collections.abc import Callable
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from pytest_django import Settings

from portal.storage.addresses import sealed
from portal.storage.chunks import CHUNK_BYTES, SEALED_CHUNK_BYTES
from portal.storage.envelope import read_head
from portal.storage.sealed import SealedStorage


def key(letter: str) -> str:
    return base64.b64encode(f"not-a-real-key-for-anything-{letter:4}".encode()).decode()


OLD, NEW = f"old:{key('o')}", f"new:{key('n')}"
SIZES = (0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 200_001)


def use(settings: Settings, address: str, *, keys: str = OLD) -> None:
    """Keep the papers and the exports at this address; nothing else is kept at all."""
    settings.EVIDENCE_KEYS = keys
    settings.STORAGES = {
        "default": settings.STORAGES["default"],
        "staticfiles": settings.STORAGES["staticfiles"],
        "evidence": sealed(address, "evidence", apart=("exports",)),
        "exports": sealed(f"{address}/exports", "exports"),
    }


def storage(name: str = "evidence") -> SealedStorage:
    found = storages[name]
    assert isinstance(found, SealedStorage)
    return found


def content(size: int) -> bytes:
    return bytes(number * 7 % 251 for number in range(size))


def keep(data: bytes, name: str = "2026/11/27/a", *, shelf: str = "evidence") -> str:
    return storage(shelf).save(name, ContentFile(data))


def read(name: str = "2026/11/27/a", *, shelf: str = "evidence") -> bytes:
    with storage(shelf).open(name) as file:
        found: bytes = file.read()
        return found


def _body(file: bytes) -> tuple[bytes, bytes]:
    size = read_head(file).size
    return file[:size], file[size:]


def _flipped(file: bytes, at: int) -> bytes:
    return file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :]


def _without_last_chunk(file: bytes) -> bytes:
    head, body = _body(file)
    return head + body[: (len(body) - 1) // SEALED_CHUNK_BYTES * SEALED_CHUNK_BYTES]


def _chunks_turned_round(file: bytes) -> bytes:
    head, body = _body(file)
    first, second = body[:SEALED_CHUNK_BYTES], body[SEALED_CHUNK_BYTES : 2 * SEALED_CHUNK_BYTES]
    return head + second + first + body[2 * SEALED_CHUNK_BYTES :]


# Each makes another file of a file of three chunks.
SPOILED: dict[str, Callable[[bytes], bytes]] = {
    "nothing left": lambda file: b"",
    "magic only": lambda file: file[:4],
    "cut in its head": lambda file: file[:40],
    "head without body": lambda file: file[: read_head(file).size],
    "cut in a chunk": lambda file: file[:-1],
    "cut to less than a tag": lambda file: _without_last_chunk(file) + b"123",
    "last chunk gone": _without_last_chunk,
    "last chunk twice": lambda file: file + file[-SEALED_CHUNK_BYTES:],
    "chunks turned round": _chunks_turned_round,
    "bit of the version": lambda file: _flipped(file, 3),
    "bit of the key's id": lambda file: _flipped(file, 5),
    "bit of the nonce": lambda file: _flipped(file, 9),
    "bit of the wrapped key": lambda file: _flipped(file, 30),
    "bit of the first chunk": lambda file: _flipped(file, read_head(file).size),
    "bit of the last tag": lambda file: _flipped(file, len(file) - 1),
    "a byte more": lambda file: file + b"\0",
    "plain": lambda file: b"%PDF-1.7 from somebody else",
}


def spoil(folder: Path, how: str, name: str = "2026/11/27/a") -> None:
    path = folder / name
    path.write_bytes(SPOILED[how](path.read_bytes()))


def raw(folder: Path, *, shelf: str = "") -> dict[str, bytes]:
    """Everything as it lies there."""
    paths = sorted(path for path in (folder / shelf).rglob("*") if path.is_file())
    return {str(path.relative_to(folder / shelf)): path.read_bytes() for path in paths}
