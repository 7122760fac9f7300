"""Where papers lie open while they are worked at: briefly, and in memory if there is room.

A file of `nameless` has no name, so it ends with its process. A folder of `private_folder` belongs
to the process that holds its lock, which no death can keep: unlocked it is cleared away by the
next one that opens such a folder, by the web server's start and by the clock.
"""

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

PREFIX = "recourse-paper-"
# A part of memory with the face of a folder; the system may write it to its swap space.
MEMORY = Path("/dev/shm")  # noqa: S108 - folders in it are ours alone
# A paper, what is made of it, and as much for a neighbour.
ROOM_BYTES = 256 * 1024 * 1024
# Between being made and being locked, a folder looks like one whose process died.
NEW_SECONDS = 60


def _has_room() -> bool:
    try:
        room = os.statvfs(MEMORY)
    except OSError:
        return False
    # Without a mount it is a folder of the disk like any other.
    is_ours_to_use = os.path.ismount(MEMORY) and os.access(MEMORY, os.W_OK | os.X_OK)
    return is_ours_to_use and room.f_bavail * room.f_frsize >= ROOM_BYTES


def open_place() -> Path:
    """The folder for open files: in memory, or where `TMPDIR` says."""
    return MEMORY if _has_room() else Path(tempfile.gettempdir())


def nameless() -> Any:
    """A file to write and read that nobody else can open and that is gone with this process."""
    return tempfile.TemporaryFile(dir=open_place())


@contextlib.contextmanager
def private_folder(now: datetime) -> Iterator[Path]:
    """A folder that only we can enter; gone afterwards, or soon after us."""
    clear_abandoned(now)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=open_place()) as name:
        handle = os.open(name, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(handle)


def open_private(path: Path) -> Any:
    """Open a new file for writing that only we can read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def clear_abandoned(now: datetime) -> None:
    """Delete what lies open in the folders of processes that died at their work."""
    before = (now - timedelta(seconds=NEW_SECONDS)).timestamp()
    for place in {MEMORY, Path(tempfile.gettempdir())}:
        for folder in place.glob(f"{PREFIX}*"):
            # Somebody is quicker, or a child of the dead still writes: the next round has it.
            with contextlib.suppress(OSError):
                found = folder.lstat()
                is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
                if is_ours and found.st_mtime < before:
                    _clear(folder)


def _clear(folder: Path) -> None:
    """Delete a folder unless the process it belongs to is alive: then BlockingIOError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    finally:
        os.close(handle)
