"""The master keys: the first seals, all of them open."""

import base64
import binascii
import re
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
KEY_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


@dataclass(frozen=True)
class Keyring:
    """Master keys by their ids."""

    active: str
    keys: dict[str, bytes]


def keyring() -> Keyring:
    return read_keyring(settings.EVIDENCE_KEYS)


@lru_cache(maxsize=8)
def read_keyring(text: str) -> Keyring:
    """Read `id:key` pairs, keys as 32 bytes in base64, parted by commas or line ends."""
    keys: dict[str, bytes] = {}
    for number, pair in enumerate(text.replace(",", "\n").split(), start=1):
        key_id, _colon, encoded = pair.partition(":")
        # Not the pair itself: it may hold a key.
        if not KEY_ID.fullmatch(key_id):
            raise ImproperlyConfigured(
                f"EVIDENCE_KEYS: key number {number} needs an id of small letters, digits and -."
            )
        if key_id in keys:
            raise ImproperlyConfigured(f"EVIDENCE_KEYS: two keys are called {key_id}.")
        keys[key_id] = _decoded(key_id, encoded)
    if not keys:
        raise ImproperlyConfigured("EVIDENCE_KEYS is missing: kept files cannot be encrypted.")
    return Keyring(active=next(iter(keys)), keys=keys)


def _decoded(key_id: str, encoded: str) -> bytes:
    try:
        raw = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raw = b""
    if len(raw) != KEY_BYTES or len(set(raw)) == 1:
        raise ImproperlyConfigured(
            f"EVIDENCE_KEYS: {key_id} must be {KEY_BYTES} random bytes in base64."
        )
    return raw
