"""What makes a notice provable: one spelling of its content, and the hash of that."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def canonical_text(content: Mapping[str, Any]) -> str:
    """The one spelling that is hashed: keys in order, no spaces, UTF-8 as it is."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def sha256_of(canonical: str) -> str:
    return hashlib.sha256(canonical.encode()).hexdigest()


def _version() -> str:
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return f"1-{hashlib.sha256(b''.join(path.read_bytes() for path in sources)).hexdigest()[:12]}"


# Changes with any word or rule in this package, so that nobody can forget to count it up.
TEMPLATE_VERSION = _version()
