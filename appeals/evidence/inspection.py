"""The child process that opens what strangers send: without Django, secrets or much time.

`python -m appeals.evidence.inspection check SOURCE TARGET ANSWER`
`python -m appeals.evidence.inspection draw SOURCE FOLDER ANSWER FIRST LAST`
`python -m appeals.evidence.inspection prepare SOURCE FOLDER ANSWER LAST`
The answer is a small JSON file. A child that leaves none has been stopped by its limits.
"""

import contextlib
import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from appeals.evidence.images import clean_picture
from appeals.evidence.limits import (
    MAX_CPU_SECONDS,
    MAX_FILE_BYTES,
    MAX_MEMORY_BYTES,
    MAX_OPEN_FILES,
    TEXTS_FILE,
)
from appeals.evidence.others import refusal_of
from appeals.evidence.pdfs import check_pdf, draw_page, read_pages
from appeals.evidence.refusals import Refusal, Refused
from appeals.evidence.sniffing import HEAD_BYTES, MediaType, sniff

# A picture may grow when it is written anew, a PDF when it is unlocked.
MAX_WRITTEN_BYTES = 10 * MAX_FILE_BYTES
LIMITS = {
    resource.RLIMIT_AS: MAX_MEMORY_BYTES,
    resource.RLIMIT_CPU: MAX_CPU_SECONDS,
    resource.RLIMIT_FSIZE: MAX_WRITTEN_BYTES,
    resource.RLIMIT_NOFILE: MAX_OPEN_FILES,
    resource.RLIMIT_CORE: 0,
}


def main(arguments: list[str]) -> None:
    verb, source, target, answer, *rest = arguments
    _limit_ourselves()
    try:
        found = VERBS[verb](Path(source), Path(target), *map(int, rest))
    except Refused as refused:
        found = {"refusal": refused.code}
    except MemoryError:
        found = {"refusal": Refusal.TOO_COMPLEX}
    except Exception as error:  # noqa: BLE001 - whatever it was, the parent tries again
        found = {"fault": type(error).__name__}
    Path(answer).write_text(json.dumps(found))


def _limit_ourselves() -> None:
    os.umask(0o077)
    for kind, most in LIMITS.items():
        # Not every system knows every limit; the parent's clock holds everywhere.
        with contextlib.suppress(ValueError, OSError):
            _, hard = resource.getrlimit(kind)
            allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
            # At the hard limit of its time a process is killed as by a system in need; at the
            # soft one, a moment earlier, it is told why.
            soft = max(1, allowed - 1) if kind == resource.RLIMIT_CPU else allowed
            resource.setrlimit(kind, (soft, allowed))
    os.nice(5)  # pages come before checks


def draw(source: Path, folder: Path, first: int, last: int) -> dict[str, Any]:
    """Write pictures of these pages as `1.png` and so on, until one cannot be drawn."""
    for number in range(first, last + 1):
        draw_page(source, number, folder / f"{number}.png")
    return {}


def prepare(source: Path, folder: Path, last: int) -> dict[str, Any]:
    """Read a PDF's text and draw its first pages; one that cannot be drawn costs only itself."""
    texts = read_pages(source)
    # Should a picture be the end of us, the text is not lost with it.
    (folder / TEXTS_FILE).write_text(json.dumps(texts))
    with contextlib.suppress(Refused):
        draw(source, folder, 1, last)
    return {}


def check_file(source: Path, target: Path) -> dict[str, Any]:
    """What may be kept of a file, by its bytes; a clean copy is written where one is needed."""
    with source.open("rb") as file:
        kind = sniff(file.read(HEAD_BYTES))
    if kind is None:
        with source.open("rb") as file:
            raise Refused(refusal_of(file))
    if kind is MediaType.PDF:
        pages, is_rewritten = check_pdf(source, target)
        return {"media_type": kind, "pages": pages, "is_rewritten": is_rewritten}
    kept_as = clean_picture(source, target, kind)
    return {"media_type": kept_as, "pages": 1, "is_rewritten": True}


VERBS: dict[str, Callable[..., dict[str, Any]]] = {
    "check": check_file,
    "draw": draw,
    "prepare": prepare,
}

if __name__ == "__main__":
    main(sys.argv[1:])
