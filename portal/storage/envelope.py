"""The head of a sealed file: its own data key, wrapped by a master key whose id stands beside it.

    magic and version (4) | length of the id (1) | id | nonce (12) | data key, wrapped (48)

The wrapping also binds the file to its place: moved to another name, it no longer opens.
"""

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.storage.errors import BrokenSeal
from portal.storage.keyring import KEY_BYTES, Keyring

MAGIC = b"RCS\x01"
NONCE_BYTES = 12
WRAPPED_BYTES = KEY_BYTES + 16
# No head is longer: read this much to have it whole.
HEAD_BYTES = 128


@dataclass(frozen=True)
class Head:
    """A head as it was read, not yet believed."""

    key_id: str
    nonce: bytes
    wrapped: bytes

    @property
    def size(self) -> int:
        return len(_prefix(self.key_id)) + NONCE_BYTES + WRAPPED_BYTES


def is_sealed(beginning: bytes) -> bool:
    return beginning.startswith(MAGIC)


def read_head(beginning: bytes) -> Head:
    """Take the first bytes of a file apart."""
    if not is_sealed(beginning) or len(beginning) <= len(MAGIC):
        raise BrokenSeal("it was not sealed by us")
    id_at = len(MAGIC) + 1
    nonce_at = id_at + beginning[len(MAGIC)]
    wrapped_at = nonce_at + NONCE_BYTES
    wrapped = beginning[wrapped_at : wrapped_at + WRAPPED_BYTES]
    if len(wrapped) != WRAPPED_BYTES:
        raise BrokenSeal("its head is cut short")
    return Head(
        key_id=beginning[id_at:nonce_at].decode("ascii", errors="replace"),
        nonce=beginning[nonce_at:wrapped_at],
        wrapped=wrapped,
    )


def new_data_key() -> bytes:
    return os.urandom(KEY_BYTES)


def write_head(data_key: bytes, *, place: str, keyring: Keyring) -> bytes:
    """Wrap a data key by the active master key, for the file at this place only."""
    nonce = os.urandom(NONCE_BYTES)
    prefix = _prefix(keyring.active)
    master = AESGCM(keyring.keys[keyring.active])
    return prefix + nonce + master.encrypt(nonce, data_key, _bound(prefix, place))


def unwrap(head: Head, *, place: str, keyring: Keyring) -> bytes:
    """Return the data key; BrokenSeal if the head was altered, or was made for another place."""
    key = keyring.keys.get(head.key_id)
    if key is None:
        raise BrokenSeal("its key is not in EVIDENCE_KEYS")
    try:
        return AESGCM(key).decrypt(head.nonce, head.wrapped, _bound(_prefix(head.key_id), place))
    except InvalidTag:
        raise BrokenSeal("its head was altered, or belongs to another file") from None


def _prefix(key_id: str) -> bytes:
    name = key_id.encode("ascii", errors="replace")
    return MAGIC + bytes([len(name)]) + name


def _bound(prefix: bytes, place: str) -> bytes:
    return prefix + place.encode()
