"""Make a batch: take what waits, look again, set it, store it, and only then say it is printed.

Whatever breaks off before the last step leaves letters that wait again: at once, or when the
sweep frees the claim.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from notifications.ids import attempt_id
from notifications.kinds import AttemptOutcome
from notifications.letters import store
from notifications.letters.errors import TOOK_TOO_LONG, LettersRefused
from notifications.letters.fonts import can_print_chinese
from notifications.letters.joining import join
from notifications.letters.listing import Line, list_of
from notifications.letters.matter import LetterMatter, matters_for
from notifications.letters.paper import Paper, paper_for
from notifications.letters.queue import (
    NO_CHINESE_FONT,
    NO_GLYPH,
    NO_TEXT,
    Claim,
    claim_letters,
    drop_untrue,
    give_back,
)
from notifications.letters.typesetting import CannotPrint, typeset
from notifications.models import Attempt, Delivery, Letter, LetterBatch
from portal.lib.references import new_reference
from portal.models import Customer

MOST_LETTERS = 500
PROVIDER = "print"

ACCEPT_SQL = """
UPDATE notifications_delivery AS delivery
SET state = 'accepted', reason = '', provider = %(provider)s, provider_ref = %(batch)s,
    content_sha256 = printed.sha256, wording_id = printed.wording, sent_at = %(now)s,
    tries = delivery.tries + 1, calls = delivery.calls + 1,
    lease_token = NULL, lease_until = NULL
FROM unnest(%(ids)s::uuid[], %(sha256s)s::text[], %(wordings)s::bigint[])
    AS printed (id, sha256, wording)
WHERE delivery.id = printed.id AND delivery.id BETWEEN %(low)s AND %(high)s
AND delivery.lease_token = %(token)s AND delivery.state = 'claimed'
RETURNING delivery.id, delivery.calls
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One letter, set."""

    row: Delivery
    paper: Paper
    pdf: bytes


@dataclass
class Export:
    """What became of the letters that were taken."""

    batch: LetterBatch | None = None
    cancelled: int = 0
    set_aside: int = 0
    sheets: list[Sheet] = field(default_factory=list)


def export_batch(*, by: Customer, jurisdiction: str = "", limit: int = MOST_LETTERS) -> Export:
    """Export up to so many letters, the most urgent first; without any, there is no batch."""
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
        return Sheet(row, paper, typeset(paper.fields))
    except CannotPrint as refused:
        if paper.lang == "zh" and not can_print_chinese():
            return NO_CHINESE_FONT
        return f"{NO_GLYPH} {refused}"


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
        _write(claim, batch, letters, now)
    except BaseException:
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


@transaction.atomic
def _write(
    claim: Claim, batch: LetterBatch, letters: list[tuple[Letter, Sheet]], now: datetime
) -> None:
    """The batch, its letters and their deliveries: all of it, or nothing."""
    batch.save(force_insert=True)
    for letter, _sheet in letters:
        letter.batch = batch
    Letter.objects.bulk_create(letter for letter, _sheet in letters)
    accepted = _accept(claim, batch, [sheet for _letter, sheet in letters], now)
    if len(accepted) != len(letters):
        raise LettersRefused(TOOK_TOO_LONG)
    Attempt.objects.bulk_create(
        Attempt(
            id=attempt_id(delivery, calls),
            delivery_id=delivery,
            number=calls,
            provider=PROVIDER,
            started_at=now,
            ended_at=now,
            outcome=AttemptOutcome.ACCEPTED,
        )
        for delivery, calls in accepted
    )


def _accept(
    claim: Claim, batch: LetterBatch, sheets: list[Sheet], now: datetime
) -> list[tuple[UUID, int]]:
    ids = [sheet.row.pk for sheet in sheets]
    parameters: dict[str, Any] = {
        "provider": PROVIDER,
        "batch": batch.reference,
        "ids": ids,
        "low": min(ids),
        "high": max(ids),
        "sha256s": [sheet.paper.sha256 for sheet in sheets],
        "wordings": [sheet.paper.wording_id for sheet in sheets],
        "token": claim.token,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(ACCEPT_SQL, parameters)
        return list(cursor.fetchall())
