"""Ask the provider what became of a call whose answer was lost. It is never sent again that way.

First a receipt may tell. Then we ask, some minutes apart. Where nobody can tell, what is owed goes
on by its next channel, and everything else stays visible as unknown.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from notifications.channels import provider_named, wire
from notifications.channels.base import Answer, Provider, Sent
from notifications.delivery.settle import look_again
from notifications.ids import attempt_id, first_of
from notifications.kinds import ENDED, AttemptOutcome, ChannelKind, DeliveryState
from notifications.lanes import ASK_AGAIN_AFTER, ASK_UNTIL
from notifications.models import Delivery
from notifications.preferences import Stop, suppress

logger = structlog.get_logger(__name__)
AT_ONCE = 300
QUESTIONS_IN_AIR = 50
QUESTION_SECONDS = 15.0
# All questions of a round, each hanging until its time-out, and some time to spare.
ROUND_SECONDS = QUESTION_SECONDS * AT_ONCE / QUESTIONS_IN_AIR + 10
# Older months need not be looked into: nothing is in doubt for so long.
LONGEST_DOUBT = timedelta(days=100)
NOBODY_KNOWS = gettext_noop(
    "The answer was lost, and the provider could not say what became of it."
)

# Claimed by asking again later: a worker that dies here leaves the question open.
CLAIM_SQL = """
WITH due AS (
    UPDATE notifications_delivery SET ask_at = %(again_at)s
    WHERE id IN (
        SELECT id FROM notifications_delivery
        WHERE state = 'unknown' AND ask_at <= %(now)s AND id >= %(oldest)s
        ORDER BY ask_at LIMIT %(limit)s
        FOR UPDATE SKIP LOCKED
    ) AND id >= %(oldest)s
    RETURNING id, channel, provider, address, content_sha256, calls, created_at
)
SELECT due.id, due.channel, due.provider, due.address, due.content_sha256, due.calls,
    coalesce(attempt.started_at, due.created_at)
FROM due
LEFT JOIN notifications_attempt AS attempt
    ON attempt.delivery_id = due.id AND attempt.number = due.calls AND attempt.id >= %(oldest)s
"""

# A receipt may have told meanwhile: then that stands.
CONCLUDE_SQL = """
UPDATE notifications_delivery AS delivery
SET state = found.state, reason = found.reason, ask_at = NULL,
    provider_ref = coalesce(nullif(found.provider_ref, ''), delivery.provider_ref),
    sent_at = CASE WHEN found.state = 'unknown' THEN delivery.sent_at
        ELSE coalesce(delivery.sent_at, found.began) END,
    ended_at = CASE WHEN found.is_over THEN %(now)s ELSE delivery.ended_at END
FROM unnest(
    %(ids)s::uuid[], %(states)s::text[], %(reasons)s::text[], %(provider_refs)s::text[],
    %(began)s::timestamptz[], %(are_over)s::boolean[]
) AS found (id, state, reason, provider_ref, began, is_over)
WHERE delivery.id = found.id AND delivery.id BETWEEN %(low)s AND %(high)s
AND delivery.state = 'unknown'
RETURNING delivery.notification_id, delivery.state
"""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A delivery whose last call may or may not have been taken."""

    id: UUID
    channel: ChannelKind
    provider: str
    address: str
    content_sha256: str
    calls: int
    began: datetime

    def is_hopeless(self, now: datetime) -> bool:
        return now >= self.began + ASK_UNTIL[self.channel]

    def sent(self) -> Sent:
        attempt = attempt_id(self.id, max(self.calls, 1))
        return Sent(attempt, self.address, self.content_sha256, self.began)


@dataclass(frozen=True, slots=True)
class Found:
    """What a doubt ends in."""

    doubt: Doubt
    state: DeliveryState
    reason: str = ""
    provider_ref: str = ""


def reconcile_due(now: datetime | None = None, *, limit: int = AT_ONCE) -> int:
    """Ask about what is due, write down what is known then, and return how many were due."""
    doubts = _claim(now or timezone.now(), limit)
    if not doubts:
        return 0
    _leave_connection()
    answers = _whose(doubts, _ask(doubts))
    now = now or timezone.now()
    found = [one for doubt in doubts if (one := _conclusion(doubt, answers.get(doubt.id), now))]
    with transaction.atomic():
        _write(found, now)
        _stop(doubts, answers, now)
    logger.info("asked about lost answers", asked=len(doubts), concluded=len(found))
    return len(doubts)


def _claim(now: datetime, limit: int) -> list[Doubt]:
    parameters: dict[str, Any] = {
        "now": now,
        "again_at": now + ASK_AGAIN_AFTER,
        "oldest": first_of(now - LONGEST_DOUBT),
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_SQL, parameters)
        return [Doubt(row[0], ChannelKind(row[1]), *row[2:]) for row in cursor]


def _leave_connection() -> None:
    # No connection is held while a provider thinks; inside a test's transaction it is not ours.
    if not connection.in_atomic_block:
        connection.close()


def _whose(
    doubts: Sequence[Doubt], candidates: Mapping[UUID, Sequence[Answer]]
) -> dict[UUID, Answer]:
    """Give each doubt the oldest message that is not known to be another delivery's.

    Two messages with the same words to one number look alike: only the provider's id tells them
    apart, and the one whose answer came has its id on its delivery.
    """
    refs = {answer.provider_ref for found in candidates.values() for answer in found}
    taken = set(
        Delivery.objects.filter(
            provider_ref__in=refs - {""}, pk__gte=first_of(timezone.now() - LONGEST_DOUBT)
        ).values_list("provider", "provider_ref")
    )
    whose: dict[UUID, Answer] = {}
    for doubt in sorted(doubts, key=lambda one: one.began):
        for answer in candidates.get(doubt.id, ()):
            key = (doubt.provider, answer.provider_ref)
            if not answer.provider_ref or key not in taken:
                taken.add(key)
                whose[doubt.id] = answer
                break
    return whose


def _ask(doubts: Sequence[Doubt]) -> dict[UUID, Sequence[Answer]]:
    """Ask the providers all at once; what is missing in the answer was not found."""
    questions = [
        (doubt, provider)
        for doubt in doubts
        if (provider := provider_named(doubt.channel, doubt.provider))
    ]
    answers: dict[UUID, Sequence[Answer]] = {}
    try:
        wire().run(_ask_all(questions, answers), seconds=ROUND_SECONDS)
    except TimeoutError:
        logger.warning("providers were too slow to tell", asked=len(questions))
    return dict(answers)


async def _ask_all(
    questions: Sequence[tuple[Doubt, Provider]], answers: dict[UUID, Sequence[Answer]]
) -> None:
    window = asyncio.Semaphore(QUESTIONS_IN_AIR)

    async def ask(doubt: Doubt, provider: Provider) -> None:
        async with window:
            try:
                found = await asyncio.wait_for(provider.find(doubt.sent()), QUESTION_SECONDS)
            except Exception as error:  # noqa: BLE001 - whatever broke, it is asked again later
                # Not the error's own words: they may hold an address.
                logger.warning(
                    "a provider could not be asked",
                    provider=provider.name,
                    error=type(error).__name__,
                )
                return
            answers[doubt.id] = found

    await asyncio.gather(*(ask(doubt, provider) for doubt, provider in questions))


def _conclusion(doubt: Doubt, answer: Answer | None, now: datetime) -> Found | None:
    """Say what a doubt ends in; None while it is worth asking again."""
    if answer and answer.outcome == AttemptOutcome.ACCEPTED:
        arrived = answer.is_delivered
        state = DeliveryState.DELIVERED if arrived else DeliveryState.ACCEPTED
        return Found(doubt, state, provider_ref=answer.provider_ref)
    if answer and answer.outcome == AttemptOutcome.PERMANENT:
        return Found(doubt, DeliveryState.UNDELIVERED, answer.detail, answer.provider_ref)
    if doubt.is_hopeless(now):
        return Found(doubt, DeliveryState.UNKNOWN, NOBODY_KNOWS)
    return None


def _write(found: Sequence[Found], now: datetime) -> None:
    if not found:
        return
    ids = [one.doubt.id for one in found]
    parameters: dict[str, Any] = {
        "now": now,
        "ids": ids,
        "low": min(ids),
        "high": max(ids),
        "states": [one.state.value for one in found],
        "reasons": [one.reason[:300] for one in found],
        "provider_refs": [one.provider_ref[:100] for one in found],
        "began": [one.doubt.began for one in found],
        "are_over": [one.state in ENDED for one in found],
    }
    with connection.cursor() as cursor:
        cursor.execute(CONCLUDE_SQL, parameters)
        concluded = cursor.fetchall()
    # What nobody knows has not ended, but there is nothing left to wait for.
    over = {*ENDED, DeliveryState.UNKNOWN}
    look_again([owed for owed, state in concluded if state in over], now)


def _stop(doubts: Sequence[Doubt], answers: dict[UUID, Answer], now: datetime) -> None:
    for doubt in doubts:
        answer = answers.get(doubt.id)
        if answer and answer.is_dead and doubt.channel != ChannelKind.PUSH:
            provider = provider_named(doubt.channel, doubt.provider)
            sender = provider.key if provider else doubt.provider
            stop = Stop(answer.dead_because, answer.detail, sender)
            suppress(doubt.channel, {doubt.address: stop}, now)
