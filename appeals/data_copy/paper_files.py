"""The papers the person sent, as files of the copy."""

import shutil
from collections.abc import Iterator
from typing import IO

import structlog

from appeals.data_copy.rows import paper_name
from appeals.evidence.storage import open_stored
from appeals.models import EvidenceDocument
from appeals.states import EvidenceState
from portal.lib.private_files import nameless
from portal.models import Customer
from portal.storage.errors import BrokenSeal

CHUNK = 200
PIECE_BYTES = 1024 * 1024

logger = structlog.get_logger(__name__)


def paper_files(customer: Customer) -> Iterator[tuple[str, IO[bytes] | None]]:
    """The files that we still keep; None where one cannot be had as it was sent."""
    found = EvidenceDocument.objects.filter(appeal__customer=customer, state=EvidenceState.READY)
    for paper in found.exclude(stored_name="").order_by("pk").iterator(chunk_size=CHUNK):
        yield paper_name(paper), _whole(paper)


def _whole(paper: EvidenceDocument) -> IO[bytes] | None:
    """Read it to its end before any of it goes into the copy: a broken seal shows only then."""
    file: IO[bytes] = nameless()
    try:
        with open_stored(paper.stored_name) as stored:
            shutil.copyfileobj(stored, file, PIECE_BYTES)
    except (FileNotFoundError, BrokenSeal) as missing:
        file.close()
        logger.error("paper left out of a copy", paper=paper.pk, why=type(missing).__name__)
        return None
    file.seek(0)
    return file
