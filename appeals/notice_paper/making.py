"""From the work list to the stored papers; two workers, or one twice, make no paper twice.

A notice's row in the list is written with the notice by a trigger, and goes when every paper of it
is there. Who takes a row leases it before anything is set: a notice that kills its worker comes up
again later, behind the others, and is held in the end.
"""

import time
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from appeals.models import DueDocument, Notice, NoticeDocument, PaperFault, PaperFormat
from appeals.notice_paper import store
from appeals.notice_paper.printing import PaperHeld, Printed, print_notice

logger = structlog.get_logger(__name__)

BATCH = 10
LEASE = timedelta(minutes=2)
# A paper nobody could make is tried again each day: a font may have come.
TRY_AGAIN = timedelta(days=1)
MAX_TRIES = 5
NO_RESULT = "No worker came to an end with it."

CLAIM_SQL = """
WITH next AS MATERIALIZED (
    SELECT notice_id FROM appeals_duedocument WHERE look_at <= %(now)s
    ORDER BY look_at, notice_id LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE appeals_duedocument AS due
SET tries = due.tries + 1, look_at = %(now)s + %(lease)s * (due.tries + 1)
FROM next
WHERE due.notice_id = next.notice_id
RETURNING due.notice_id, due.tries
"""


def make_due(*, seconds: float, most: int = BATCH) -> int:
    """Make papers that are due until the time is over or none is left; how many notices were done.

    Memory does not grow with what is left: a handful of notices is held at a time.
    """
    until, done = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        made = make_some(most)
        if made is None:
            break
        done += made
    return done


def make_some(most: int = BATCH) -> int | None:
    """Take up to so many notices and make their papers; None when none was there to take."""
    taken = _claim(most)
    if not taken:
        return None
    notices = Notice.objects.select_related("decision__customer").in_bulk(taken)
    return sum(_make_papers_of(notices[pk], tries) for pk, tries in sorted(taken.items()))


def is_due(now: datetime) -> bool:
    return DueDocument.objects.filter(look_at__lte=now).exists()


def _claim(most: int) -> dict[int, int]:
    """Lease the next notices; with each the number of the try, by which the lease is known."""
    with connection.cursor() as cursor:
        parameters: dict[str, Any] = {"now": timezone.now(), "lease": LEASE, "most": most}
        cursor.execute(CLAIM_SQL, parameters)
        return dict(cursor.fetchall())


def _make_papers_of(notice: Notice, tries: int) -> bool:
    """Make what is missing of a notice; whether all of it is there now."""
    ours = DueDocument.objects.filter(pk=notice.pk, tries=tries)
    if tries > MAX_TRIES and not ours.exclude(fault="").exists():
        hold(notice, PaperHeld(PaperFault.BROKEN, NO_RESULT), tries=tries)
        return False
    there = set(notice.documents.values_list("language", flat=True))
    try:
        printed = {one: print_notice(notice, one) for one in notice.content if one not in there}
        keep_papers(notice, printed)
    except PaperHeld as held:
        hold(notice, held, tries=tries)
        return False
    except OSError as error:
        # The storage is away: the lease runs out, and that try does not count.
        logger.warning("paper not stored", notice=notice.reference, error=type(error).__name__)
        ours.update(tries=tries - 1)
        return False
    return True


def paper_in(notice: Notice, language: str) -> NoticeDocument:
    """The notice's PDF in this language, made now if it is not there; PaperHeld if it cannot be."""
    found = notice.documents.filter(language=language).first()
    if found is not None:
        return found
    try:
        keep_papers(notice, {language: print_notice(notice, language)})
    except PaperHeld as held:
        hold(notice, held)
        raise
    return notice.documents.get(language=language)


def keep_papers(notice: Notice, printed: dict[str, Printed]) -> None:
    """Store papers and write them down; of two made at once the first one stays."""
    now = timezone.now()
    papers = [_stored(notice, language, one, now) for language, one in printed.items()]
    with transaction.atomic():
        NoticeDocument.objects.bulk_create(papers, ignore_conflicts=True)
        there = notice.documents.values_list("language", "stored_name")
        languages, names = zip(*there, strict=True) if there else ((), ())
        if set(languages) >= notice.content.keys():
            DueDocument.objects.filter(pk=notice.pk).delete()
    for paper in papers:
        if paper.stored_name not in names:
            store.erase(paper.stored_name)


def _stored(notice: Notice, language: str, printed: Printed, now: datetime) -> NoticeDocument:
    return NoticeDocument(
        notice=notice,
        language=language,
        format=PaperFormat.PDF,
        stored_name=store.keep(printed.pdf, now),
        size=len(printed.pdf),
        pages=printed.pages,
        sha256=printed.sha256,
        source_sha256=printed.source_sha256,
        template_version=printed.template_version,
        typst_version=printed.typst_version,
        fonts_version=printed.fonts_version,
        made_at=now,
    )


def hold(notice: Notice, held: PaperHeld, *, tries: int | None = None) -> None:
    """Write down what keeps a paper from being made; staff hear of it once a cause."""
    logger.error("paper held", notice=notice.reference, fault=held.fault.value)
    now = timezone.now()
    rows = DueDocument.objects.filter(pk=notice.pk)
    if tries is not None:
        rows = rows.filter(tries=tries)
    again = {"look_at": now + TRY_AGAIN}
    cause = {"fault": held.fault, "detail": held.detail[:500]}
    if not rows.filter(**cause).update(**again):
        rows.update(**again, **cause, held_at=now, staff_told_at=None)
