"""Make a batch: take what waits, look again, set it, store it, and only then say it is printed.

Whatever breaks off before the last step leaves letters that wait again: at once, or when the
sweep frees the claim.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.utils import timezone

from notifications.letters import store
from notifications.letters.joining import join
from notifications.letters.listing import Line, list_of
from notifications.letters.matter import LetterMatter, matters_for
from notifications.letters.paper import paper_for
from notifications.letters.queue import (
    BROKEN,
    NO_CHINESE_FONT,
    NO_GLYPH,
    NO_TEXT,
    Claim,
    claim_letters,
    drop_untrue,
    give_back,
)
from notifications.letters.record import Sheet, write_down
from notifications.models import Delivery, Letter, LetterBatch
from portal.lib.fonts import can_print_chinese
from portal.lib.references import new_reference
from portal.lib.typesetting import CannotPrint, CannotSet, typeset
from portal.models import Customer

logger = structlog.get_logger(__name__)
MOST_LETTERS = 500
TEMPLATE = "notifications/letters/letter.typ"


@dataclass
class Export:
    """What became of the letters that were taken."""

    batch: LetterBatch | None = None
    cancelled: int = 0
    set_aside: int = 0
    sheets: list[Sheet] = field(default_factory=list)


def export_batch(*, by: Customer, jurisdiction: str = "", limit: int = MOST_LETTERS) -> Export:
    """Export up to so many letters, the most urgent first; without any, there is no batch."""
    store.erase_orphans(timezone.now())
    claim, export = Claim(), Export()
    aside: list[tuple[Delivery, str]] = []
    try:
        while len(export.sheets) < limit:
            rows = claim_letters(claim, limit - len(export.sheets), jurisdiction)
            if not rows:
                break
            claim.rows += rows
            _prepare(claim, rows, export, aside)
        if export.sheets:
            export.batch = _finish(claim, export.sheets, by)
    finally:
        # What was set aside stays claimed until here, so that it does not come up again.
        for reason in {reason for _row, reason in aside}:
            give_back(claim, [row for row, its in aside if its == reason], reason)
        give_back(claim, claim.rows)
    return export


def _prepare(
    claim: Claim, rows: list[Delivery], export: Export, aside: list[tuple[Delivery, str]]
) -> None:
    """Set what is still true and can be printed."""
    good = drop_untrue(claim, rows)
    export.cancelled += len(rows) - len(good)
    matters = matters_for(row.notification for row in good)
    now = timezone.now()
    for row in good:
        sheet = _sheet(row, matters.get(row.notification_id), now)
        if isinstance(sheet, Sheet):
            export.sheets.append(sheet)
        else:
            export.set_aside += 1
            aside.append((row, sheet))


def _sheet(row: Delivery, matter: LetterMatter | None, now: datetime) -> Sheet | str:
    """Return the letter set, or why it cannot be."""
    if matter is None:
        return NO_TEXT
    paper = paper_for(row.notification, matter, now)
    try:
        return Sheet(row, paper, typeset(TEMPLATE, paper.fields))
    except CannotPrint as refused:
        if paper.lang == "zh" and not can_print_chinese():
            return NO_CHINESE_FONT
        return f"{NO_GLYPH} {refused}"
    except CannotSet:
        logger.exception("letter not set", delivery=str(row.pk))
        return BROKEN


def _finish(claim: Claim, sheets: list[Sheet], by: Customer) -> LetterBatch:
    """Store the files, then write everything at once; the files of a failure are erased."""
    now = timezone.now()
    batch = LetterBatch(reference=new_reference("LB"), made_at=now, made_by=by, letters=len(sheets))
    pdf, pages = join([sheet.pdf for sheet in sheets], batch.reference)
    letters = _letters(sheets, pages)
    listed = list_of(_line(batch, letter, sheet) for letter, sheet in letters)
    batch.pages = sum(pages)
    batch.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
    batch.csv_sha256 = hashlib.sha256(listed).hexdigest()
    try:
        store.keep(batch, "pdf", pdf)
        store.keep(batch, "csv", listed)
        write_down(claim, batch, letters, now)
    except BaseException:
        # The connection may have gone after the commit: then the files are all there is.
        if not LetterBatch.objects.filter(reference=batch.reference).exists():
            store.erase(batch)
        raise
    return batch


def _letters(sheets: list[Sheet], pages: list[int]) -> list[tuple[Letter, Sheet]]:
    first, letters = 1, []
    for number, (sheet, count) in enumerate(zip(sheets, pages, strict=True), start=1):
        letter = Letter(delivery=sheet.row, number=number, first_page=first, pages=count)
        letters.append((letter, sheet))
        first += count
    return letters


def _line(batch: LetterBatch, letter: Letter, sheet: Sheet) -> Line:
    one = sheet.row.notification
    person, due = one.recipient, one.legal_due_at
    return Line(
        batch=batch.reference,
        letter=letter.number,
        customer_reference=person.reference,
        name=person.name,
        language=one.language,
        jurisdiction=person.jurisdiction,
        first_page=letter.first_page,
        pages=letter.pages,
        due_by_law=due.astimezone(person.zone).date().isoformat() if due else "",
    )
