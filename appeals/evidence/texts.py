"""The text of papers: kept beside the file it was read from, sealed like it, and gone with it."""

import contextlib
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from appeals.evidence import sandbox, storage
from appeals.evidence.limits import TEXTS_FILE
from appeals.evidence.refusals import Refused
from appeals.evidence.sniffing import MediaType
from appeals.models import EvidenceDocument
from appeals.states import EvidenceState
from portal.storage.errors import BrokenSeal, StorageAway

# Around what was found, so that one sees what it is about.
BEFORE, AFTER = 60, 90
MOST_PLACES = 50
SHORTEST_WORDS = 2
SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Place:
    """Where the words were found: on which page of which paper, and what stands around them."""

    document: EvidenceDocument
    page: int
    before: str
    found: str
    after: str


def read_made(folder: Path) -> list[str] | None:
    """What the sandbox left there, if it came that far."""
    try:
        texts: list[str] = json.loads((folder / TEXTS_FILE).read_text())
    except (OSError, ValueError):
        return None
    return texts


def keep_texts(document: EvidenceDocument, texts: list[str]) -> None:
    content = io.BytesIO(json.dumps(texts, ensure_ascii=False).encode())
    owner = document.stored_name
    storage.keep_beside(owner, storage.text_name(owner), content)


def texts_of(document: EvidenceDocument) -> list[str]:
    """The text of each page; read now if nobody did, and nothing where there is none to read."""
    if document.media_type != MediaType.PDF or not document.stored_name:
        return []
    with (
        contextlib.suppress(FileNotFoundError, BrokenSeal, StorageAway),
        storage.open_stored(storage.text_name(document.stored_name)) as kept,
    ):
        texts: list[str] = json.load(kept)
        return texts
    return _read_now(document)


def _read_now(document: EvidenceDocument) -> list[str]:
    faults = (OSError, BrokenSeal, StorageAway, sandbox.SandboxFailed, Refused)
    with contextlib.suppress(*faults), storage.workshop(document.stored_name) as source:
        sandbox.prepare(source, 0)
        texts = read_made(source.parent)
        if texts is not None:
            keep_texts(document, texts)
            return texts
    return []


def find(documents: Iterable[EvidenceDocument], words: str) -> list[Place]:
    """Every place where these words stand, whatever their case and the spaces between them."""
    wanted = SPACE.sub(" ", words).strip()
    if len(wanted) < SHORTEST_WORDS:
        return []
    pattern = re.compile(re.escape(wanted), re.IGNORECASE)
    places: list[Place] = []
    for document in documents:
        if document.state == EvidenceState.READY:
            places += _places_in(document, pattern)
        if len(places) >= MOST_PLACES:
            break
    return places[:MOST_PLACES]


def _places_in(document: EvidenceDocument, pattern: re.Pattern[str]) -> Iterator[Place]:
    for number, text in enumerate(texts_of(document), start=1):
        plain = SPACE.sub(" ", text)
        for match in pattern.finditer(plain):
            start, end = match.span()
            yield Place(
                document=document,
                page=number,
                before=plain[max(0, start - BEFORE) : start],
                found=match[0],
                after=plain[end : end + AFTER],
            )
