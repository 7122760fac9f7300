"""Secrets a development machine makes for itself, once, and keeps."""

import base64
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from portal.embedded.host import local_dir


def secret_key() -> str:
    return _kept("secret_key", secrets.token_urlsafe(48))


def evidence_keys() -> str:
    """Return the key that kept files are encrypted under; add others before it to rotate."""
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return _kept("evidence_keys", f"development:{key}")


def vapid_private_key() -> str:
    """Return the key web push is signed with: the raw 32 bytes in base64url."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _kept("vapid_private_key", _base64url(number.to_bytes(32, "big")))


def vapid_public_key(private_key: str) -> str:
    """Return what a browser subscribes with, for a raw private key in base64url."""
    raw = base64.urlsafe_b64decode(private_key + "=" * (-len(private_key) % 4))
    private = ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())
    point = private.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return _base64url(point)


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _kept(name: str, fresh: str) -> str:
    path = local_dir() / name
    if not path.exists():
        _write_once(path, fresh)
    return path.read_text(encoding="ascii")


def _write_once(path: Path, text: str) -> None:
    """Write a whole file or none, and never replace one that another process just wrote."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
