"""Files that a power cut cannot take back."""

import contextlib
import os
from pathlib import Path

from django.core.files.storage import Storage


def make_durable(storage: Storage, name: str) -> None:
    """Bring a stored file to the disk; a storage without paths keeps promises of its own."""
    with contextlib.suppress(NotImplementedError):
        path = Path(storage.path(name))
        for place in (path, path.parent):
            handle = os.open(place, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
