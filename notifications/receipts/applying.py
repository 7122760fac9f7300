"""Remember words once, and move their deliveries forward: a fixed number of statements a post."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop
from psycopg.errors import DeadlockDetected

from notifications.channels import provider_named
from notifications.ids import first_of, receipt_id
from notifications.kinds import ChannelKind, SuppressionCause
from notifications.preferences import SAID_BY_PERSON, Stop, lift, suppress
from notifications.receipts.finding import Spoken, spoken_of
from notifications.receipts.moving import move
from notifications.receipts.words import IN_WORDS, Meaning, Word, meaning_of

logger = structlog.get_logger(__name__)
TRIES = 4
SUBSCRIBED_AGAIN = gettext_noop("The person subscribed again.")

REMEMBER_SQL = """
INSERT INTO notifications_receipt
    (id, provider, event_id, attempt_id, word, code, received_at, body_sha256)
SELECT id, provider, event_id, attempt_id, word, code, %(now)s, body_sha256
FROM unnest(
    %(ids)s::uuid[], %(providers)s::text[], %(event_ids)s::text[], %(attempt_ids)s::uuid[],
    %(words)s::text[], %(codes)s::text[], %(body_sha256s)s::text[]
) AS said (id, provider, event_id, attempt_id, word, code, body_sha256)
ORDER BY id
ON CONFLICT (id) DO NOTHING
RETURNING id
"""


def apply_receipts(words: Sequence[Word]) -> int:
    """Remember words and move their deliveries forward; return how many words were new.

    A repeated word changes nothing, nor does one that comes after a later one.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                return _apply(words, timezone.now())
        except OperationalError as error:
            # A worker writes answers about the same deliveries in its own order.
            if not isinstance(error.__cause__, DeadlockDetected) or not tries_left:
                raise
    raise AssertionError("the last try either returned or raised")


def remember(
    words: Sequence[Word], now: datetime, calls: dict[Word, Spoken] | None = None
) -> list[Word]:
    """Store words, in the caller's transaction, and return those that were not stored yet."""
    calls = calls or {}
    by_id: dict[UUID, Word] = {}
    for said in words:
        by_id.setdefault(receipt_id(_month_of(said, calls.get(said), now), *_name(said)), said)
    if not by_id:
        return []
    spoken = [calls.get(said) for said in by_id.values()]
    parameters: dict[str, Any] = {
        "now": now,
        "ids": list(by_id),
        "attempt_ids": [call.attempt_id if call else None for call in spoken],
        "providers": [said.provider for said in by_id.values()],
        "event_ids": [said.event_id[:160] for said in by_id.values()],
        "words": [said.word[:40] for said in by_id.values()],
        "codes": [said.code[:40] for said in by_id.values()],
        "body_sha256s": [said.body_sha256 for said in by_id.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(REMEMBER_SQL, parameters)
        fresh = {row_id for (row_id,) in cursor}
    return [said for row_id, said in by_id.items() if row_id in fresh]


def _name(said: Word) -> tuple[str, str]:
    return said.provider, said.event_id


def _month_of(said: Word, call: Spoken | None, now: datetime) -> UUID:
    """Return an id of a time that is the same when the word is repeated."""
    if call:
        return call.attempt_id
    if said.said_at:
        return first_of(said.said_at)
    return first_of(now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0))


def _apply(words: Sequence[Word], now: datetime) -> int:
    calls = spoken_of(words, now)
    fresh = remember(words, now, calls)
    meant = {said: meaning for said in fresh if (meaning := meaning_of(said))}
    _tell("receipts about nothing we sent", [said for said in fresh if said not in calls])
    _tell("receipts with a new word", [said for said in fresh if said not in meant])
    known = [(said, calls[said], meaning) for said, meaning in meant.items() if said in calls]
    move(known, now)
    _stop(known, now)
    return len(fresh)


def _stop(known: list[tuple[Word, Spoken, Meaning]], now: datetime) -> None:
    """Send no more to an address that is dead, or whose owner asked us not to."""
    stops: dict[ChannelKind, dict[str, Stop]] = {}
    for said, call, meaning in known:
        if meaning.stop:
            of_channel = stops.setdefault(call.channel, {})
            # Of several causes in one post, what the person said themselves stands.
            if call.address not in of_channel or meaning.stop in SAID_BY_PERSON:
                detail = meaning.reason or IN_WORDS.get(meaning.stop, "")
                of_channel[call.address] = Stop(meaning.stop, detail, _sender(call))
        elif said.word == "group_resubscribe":
            causes = frozenset({SuppressionCause.UNSUBSCRIBED})
            lift(call.channel, call.address, causes=causes, why=SUBSCRIBED_AGAIN)
    for channel, of_channel in stops.items():
        suppress(channel, of_channel, now)


def _sender(call: Spoken) -> str:
    provider = provider_named(call.channel, call.provider)
    return provider.key if provider else call.provider


def _tell(what: str, words: list[Word]) -> None:
    if words:
        named = sorted({f"{said.provider} {said.word}" for said in words})[:20]
        logger.warning(what, words=named, count=len(words))
