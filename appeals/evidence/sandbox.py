"""Runs `inspection` in a process of its own and turns its end, whatever it was, into an answer."""

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appeals.evidence.limits import MAX_SECONDS
from appeals.evidence.refusals import Refusal, Refused
from appeals.evidence.sniffing import MediaType

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent
MODULE = "appeals.evidence.inspection"
# Out of memory, out of processor time, out of file size, or simply crashed by what it read.
# Not SIGKILL: that is the system in need, not the file.
STOPPED_BY_FILE = {
    -signal.SIGSEGV,
    -signal.SIGABRT,
    -signal.SIGBUS,
    -signal.SIGFPE,
    -signal.SIGILL,
    -signal.SIGXCPU,
    -signal.SIGXFSZ,
}


# So many children at once: a reader who scrolls through a long paper asks for many pages.
SLOTS = threading.BoundedSemaphore(2)


class SandboxFailed(Exception):
    """The fault is ours, not the file's: trying again may help."""


@dataclass(frozen=True)
class Inspection:
    """A file that may be kept; `is_rewritten` says that the copy is to take its place."""

    media_type: MediaType
    pages: int
    is_rewritten: bool


def inspect(source: Path, target: Path) -> Inspection:
    """Check a file and write its clean copy, if it needs one; raises Refused with the reason."""
    found = _run("check", source, target)
    return Inspection(
        media_type=MediaType(found["media_type"]),
        pages=found["pages"],
        is_rewritten=found["is_rewritten"],
    )


def draw_pages(source: Path, first: int, last: int) -> None:
    """Write pictures of a PDF's pages next to it, as `1.png` and so on.

    Raises Refused at the first that cannot be drawn; those before it are there.
    """
    _run("draw", source, source.parent, str(first), str(last))


def prepare(source: Path, last: int) -> None:
    """Write the text of a PDF's pages next to it, and pictures of the first ones."""
    _run("prepare", source, source.parent, str(last))


def _run(verb: str, source: Path, target: Path, *rest: str) -> dict[str, Any]:
    answer = source.with_name("answer.json")
    command = [sys.executable, "-m", MODULE, verb, str(source), str(target), str(answer), *rest]
    try:
        with SLOTS:
            child = subprocess.run(  # noqa: S603 - our own program; the paths are ours too
                command,
                cwd=PROJECT_DIR,
                # No variable of ours: not the database's password, not a key.
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=MAX_SECONDS,
                check=False,
            )
    except subprocess.TimeoutExpired:
        # A file that takes too much ends by its processor time; here it had none to take.
        raise SandboxFailed("the machine is too busy") from None
    except OSError as error:
        raise SandboxFailed(f"no child process: {error.strerror}") from error
    if child.returncode in STOPPED_BY_FILE:
        raise Refused(Refusal.TOO_COMPLEX)
    if child.returncode != 0:
        raise SandboxFailed(f"the child process ended with {child.returncode}")
    return _read(answer)


def _read(answer: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(answer.read_text())
    except (OSError, ValueError) as error:
        raise SandboxFailed("the child process left no answer") from error
    if "fault" in found:
        raise SandboxFailed(f"the child process failed: {found['fault']}")
    if "refusal" in found:
        raise Refused(Refusal(found["refusal"]))
    return found
