"""Is every notice, and every paper of it, still what it was? Row by row, in bounded memory."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from appeals.models import DueDocument, Notice, NoticeDocument, PaperFormat
from appeals.notice_paper import store
from appeals.notice_paper.printing import missing_words
from appeals.notice_text import canonical_text, sha256_of
from portal.storage.errors import BrokenSeal

# Notices read at once; each is about 15 kB.
BATCH = 200


class Finding(enum.Enum):
    """What can be wrong, as the command says it."""

    CONTENT = "the text is not what was hashed"
    PAPER = "the PDF is not what was stored"
    LOST = "the PDF is gone or cannot be opened"
    NO_ROW = "no PDF is written down, and none is due"
    EXTRA = "a PDF is written down that no notice has"
    WORDS = "the PDF does not say what the notice says"


@dataclass(frozen=True, slots=True)
class Fault:
    notice: str
    finding: Finding
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.notice}: {self.finding.value}{f' ({self.detail})' if self.detail else ''}"


@dataclass
class Tally:
    """What was looked at so far."""

    notices: int = 0
    papers: int = 0
    due: int = 0
    faults: int = field(default=0)


def verify(
    tally: Tally,
    *,
    references: list[str] | None = None,
    since: datetime | None = None,
    deep: bool = False,
) -> Iterator[Fault]:
    """Every fault of these notices, as it is found; of all where nothing is named."""
    rows = Notice.objects.all()
    if references:
        rows = rows.filter(reference__in=references)
    if since:
        rows = rows.filter(created_at__gte=since)
    for batch in _batches(rows):
        papers = _papers_of(batch)
        due = set(DueDocument.objects.filter(pk__in=papers).values_list("pk", flat=True))
        for notice in batch:
            for fault in _faults_of(
                notice, papers[notice.pk], tally, is_due=notice.pk in due, deep=deep
            ):
                tally.faults += 1
                yield fault
    if not references and not since:
        for fault in _without_notice():
            tally.faults += 1
            yield fault


def _batches(rows: QuerySet[Notice]) -> Iterator[list[Notice]]:
    """By key, so that what is written meanwhile neither shifts nor holds anything."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def _papers_of(batch: list[Notice]) -> dict[int, list[NoticeDocument]]:
    found: dict[int, list[NoticeDocument]] = {notice.pk: [] for notice in batch}
    for paper in NoticeDocument.objects.filter(notice__in=found).order_by("pk"):
        found[paper.notice_id].append(paper)
    return found


def _faults_of(
    notice: Notice, papers: list[NoticeDocument], tally: Tally, *, is_due: bool, deep: bool
) -> Iterator[Fault]:
    tally.notices += 1
    tally.due += is_due
    if sha256_of(canonical_text(notice.content)) != notice.sha256:
        yield Fault(notice.reference, Finding.CONTENT)
    for paper in papers:
        tally.papers += 1
        yield from _faults_of_paper(notice, paper, deep=deep)
    for language in notice.content.keys() - {paper.language for paper in papers}:
        if not is_due:
            yield Fault(notice.reference, Finding.NO_ROW, language)


def _faults_of_paper(notice: Notice, paper: NoticeDocument, *, deep: bool) -> Iterator[Fault]:
    name = f"{paper.language} {paper.format}, {paper.stored_name}"
    if paper.language not in notice.content or paper.format != PaperFormat.PDF:
        yield Fault(notice.reference, Finding.EXTRA, name)
        return
    try:
        if store.stored_hash(paper) != paper.sha256:
            yield Fault(notice.reference, Finding.PAPER, name)
        elif deep and missing_words(store.read(paper), notice, paper.language)[0]:
            yield Fault(notice.reference, Finding.WORDS, name)
    except BrokenSeal as broken:
        yield Fault(notice.reference, Finding.PAPER, f"{name}: {broken}")
    except store.PaperLost as lost:
        yield Fault(notice.reference, Finding.LOST, f"{name}: {lost}" if str(lost) else name)


def _without_notice() -> Iterator[Fault]:
    """Rows that only somebody inside the database can have left: their notice is gone."""
    there = Notice.objects.filter(pk=OuterRef("notice_id"))
    rows = NoticeDocument.objects.filter(~Exists(there))
    for paper in rows.order_by("pk").iterator(BATCH):
        yield Fault(f"notice {paper.notice_id}", Finding.EXTRA, paper.stored_name)
