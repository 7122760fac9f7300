"""What is made of a paper once it is received: pictures of its first pages, its text, its date."""

import contextlib

from django.utils import timezone

from appeals.evidence import sandbox, storage
from appeals.evidence.dates import newest_date
from appeals.evidence.limits import PAGES_AHEAD
from appeals.evidence.pictures import keep_drawn
from appeals.evidence.refusals import Refused
from appeals.evidence.sniffing import MediaType
from appeals.evidence.texts import keep_texts, read_made
from appeals.models import EvidenceDocument
from portal.storage.errors import BrokenSeal

# Where the month stands before the day, as in 05/03/2026.
MONTH_FIRST = frozenset({"US"})


def prepare(document: EvidenceDocument) -> None:
    """Have it ready for the first look; what fails here is made when somebody asks for it."""
    if document.media_type != MediaType.PDF:
        return
    last = min(document.pages or 0, PAGES_AHEAD)
    with (
        contextlib.suppress(OSError, BrokenSeal, sandbox.SandboxFailed),
        storage.workshop(document.stored_name) as source,
    ):
        with contextlib.suppress(Refused, sandbox.SandboxFailed):
            sandbox.prepare(source, last)
        keep_drawn(source.parent, document.stored_name)
        texts = read_made(source.parent)
        if texts is not None:
            keep_texts(document, texts)
            _date(document, texts)


def _date(document: EvidenceDocument, texts: list[str]) -> None:
    received_on = timezone.localtime(document.uploaded_at).date()
    is_month_first = document.appeal.customer.jurisdiction in MONTH_FIRST
    found = newest_date("\n".join(texts), until=received_on, is_month_first=is_month_first)
    if found:
        EvidenceDocument.objects.filter(pk=document.pk).update(dated_on=found)
