"""Where the copies lie until they are taken: in the storage `exports`, which encrypts them."""

from typing import IO

from django.core.files.base import File
from django.core.files.storage import Storage, storages


def copy_storage() -> Storage:
    return storages["exports"]


def keep(content: IO[bytes], *, name: str) -> str:
    """Store the ZIP under this name, and return the name it got."""
    return copy_storage().save(name, File(content))


def open_copy(name: str) -> IO[bytes]:
    """Open a copy for reading; FileNotFoundError when it is gone."""
    return copy_storage().open(name, "rb")


def erase(name: str) -> None:
    """Delete a copy; nothing happens if it is gone already."""
    copy_storage().delete(name)
