"""The notices as files of the copy: the very PDFs that we keep."""

from collections.abc import Iterator
from io import BytesIO
from typing import IO

import structlog

from appeals.access import list_notices
from appeals.notice_paper import making, store
from appeals.notice_paper.printing import PaperHeld
from portal.models import Customer

CHUNK = 50

logger = structlog.get_logger(__name__)


def notice_files(customer: Customer) -> Iterator[tuple[str, IO[bytes] | None]]:
    """Each notice as its PDF, in the language it was sent in.

    None where it cannot be had as it should be; staff hear of that as they always do.
    """
    rows = list_notices(customer).select_related("decision__customer").order_by("pk")
    for notice in rows.iterator(chunk_size=CHUNK):
        name = f"notices/{notice.reference}-{notice.language}.pdf"
        try:
            pdf = store.read(making.paper_in(notice, notice.language))
        except (PaperHeld, store.PaperLost) as missing:
            logger.error("notice left out of a copy", notice=notice.reference, why=str(missing))
            yield name, None
        else:
            yield name, BytesIO(pdf)
