"""Write a batch down: it, its letters and what they make of their deliveries, or nothing at all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from notifications.ids import attempt_id
from notifications.kinds import AttemptOutcome
from notifications.letters.errors import TOOK_TOO_LONG, LettersRefused
from notifications.letters.paper import Paper
from notifications.letters.queue import Claim
from notifications.models import Attempt, Delivery, Letter, LetterBatch

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


@transaction.atomic
def write_down(
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
