"""Write what the provider answered, if the delivery is still ours to speak of."""

import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from notifications.channels.base import Answer, Provider
from notifications.delivery.begin import Sending
from notifications.delivery.claim import Batch
from notifications.delivery.settle import look_again
from notifications.ids import MOST_ATTEMPTS
from notifications.kinds import ENDED, AttemptOutcome, ChannelKind, DeliveryState
from notifications.lanes import ASK_AFTER, HELD_FOR, Patience, patience_of
from notifications.models import PushSubscription
from notifications.preferences import Stop, suppress

logger = structlog.get_logger(__name__)
WAITS_FOR_DATABASE = (0.5, 1, 2, 4, 8)
GAVE_UP = gettext_noop("We tried as often as we may, and it was not taken.")

ATTEMPTS_SQL = """
UPDATE notifications_attempt AS attempt
SET ended_at = %(now)s, outcome = answer.outcome, http_status = answer.http_status,
    code = answer.code, detail = answer.detail
FROM unnest(
    %(attempt_ids)s::uuid[], %(outcomes)s::text[], %(http_statuses)s::int[], %(codes)s::text[],
    %(details)s::text[]
) AS answer (id, outcome, http_status, code, detail)
WHERE attempt.id = answer.id AND attempt.id BETWEEN %(low)s AND %(high)s
AND attempt.ended_at IS NULL
"""

# A receipt may have been faster than the answer: its state stands, and only the id is added.
# A lease that ran out meanwhile left "unknown" behind: a late answer is better than that.
DELIVERIES_SQL = """
UPDATE notifications_delivery AS delivery
SET state = CASE WHEN delivery.state IN ('sending', 'unknown')
        THEN final.state ELSE delivery.state END,
    reason = CASE WHEN delivery.state IN ('sending', 'unknown')
        THEN final.reason ELSE delivery.reason END,
    provider_ref = coalesce(nullif(final.provider_ref, ''), delivery.provider_ref),
    not_before = coalesce(final.not_before, delivery.not_before),
    ask_at = CASE WHEN delivery.state IN ('sending', 'unknown') THEN final.ask_at END,
    tries = delivery.tries - final.tries_back,
    sent_at = coalesce(delivery.sent_at, CASE WHEN final.is_sent THEN %(now)s END),
    ended_at = coalesce(delivery.ended_at, CASE WHEN final.is_over THEN %(now)s END),
    lease_token = NULL, lease_until = NULL
FROM unnest(
    %(ids)s::uuid[], %(states)s::text[], %(reasons)s::text[], %(provider_refs)s::text[],
    %(not_befores)s::timestamptz[], %(ask_ats)s::timestamptz[], %(tries_back)s::int[],
    %(are_sent)s::boolean[], %(are_over)s::boolean[]
) AS final (id, state, reason, provider_ref, not_before, ask_at, tries_back, is_sent, is_over)
WHERE delivery.id = final.id AND delivery.id BETWEEN %(low)s AND %(high)s
AND delivery.lease_token = %(token)s
"""

# A code has left, or never will: nobody needs it here any more.
FORGET_SQL = """
UPDATE notifications_notification AS notification SET secret = ''
WHERE id = ANY(%(ids)s) AND secret <> '' AND NOT EXISTS (
    SELECT FROM notifications_delivery AS delivery
    WHERE delivery.notification_id = notification.id
    AND delivery.state IN ('ready', 'claimed', 'sending')
)
"""


@dataclass(frozen=True)
class Final:
    """What a delivery is after one answer."""

    state: DeliveryState
    reason: str = ""
    not_before: datetime | None = None
    ask_at: datetime | None = None
    tries_back: int = 0

    @property
    def is_sent(self) -> bool:
        return self.state in {DeliveryState.ACCEPTED, DeliveryState.DELIVERED}


def record(batch: Batch, answered: list[tuple[Sending, Answer]], provider: Provider) -> None:
    """Write some answers of a batch in one transaction."""
    now = timezone.now()
    finals = _finals(batch, answered, now)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ATTEMPTS_SQL, _attempt_columns(answered, now))
        cursor.execute(DELIVERIES_SQL, _delivery_columns(batch, answered, finals, now))
        secret = [one.row.notification_id for one, _answer in answered if one.row.secret]
        if secret:
            cursor.execute(FORGET_SQL, {"ids": secret})
        over = [
            one.row.notification_id
            for (one, _answer), final in zip(answered, finals, strict=True)
            if final.state in ENDED
        ]
        look_again(over, now)
        _bury(batch.channel, answered, provider, now)


def record_surely(batch: Batch, answered: list[tuple[Sending, Answer]], provider: Provider) -> None:
    """Write answers even if the database goes away for a moment: they cannot be asked again."""
    for wait in WAITS_FOR_DATABASE:
        try:
            return record(batch, answered, provider)
        except (OperationalError, InterfaceError):
            logger.warning("answers wait for the database", answers=len(answered))
            connection.close()
            threading.Event().wait(wait)
    return record(batch, answered, provider)


def conclude(answer: Answer, tries: int, patience: Patience, now: datetime) -> Final:
    """Say what an answer means for a delivery that has been tried this often."""
    match answer.outcome:
        case AttemptOutcome.ACCEPTED:
            there, under_way = DeliveryState.DELIVERED, DeliveryState.ACCEPTED
            final = Final(there if answer.is_delivered else under_way)
        case AttemptOutcome.UNKNOWN:
            final = Final(DeliveryState.UNKNOWN, answer.detail, ask_at=now + ASK_AFTER)
        case AttemptOutcome.PERMANENT:
            final = Final(DeliveryState.FAILED, answer.detail)
        case AttemptOutcome.MISCONFIGURED:
            # Where the whole provider is stopped, its breaker holds the lane, not the row; another
            # provider may take it soon.
            wait = patience.first_wait if answer.halts else HELD_FOR
            final = Final(DeliveryState.READY, answer.detail, now + wait, tries_back=1)
        case AttemptOutcome.RETRY:
            final = _another_time(answer, tries, patience, now)
    return final


def _another_time(answer: Answer, tries: int, patience: Patience, now: datetime) -> Final:
    if tries >= patience.tries and not answer.is_free:
        return Final(DeliveryState.FAILED, answer.detail or GAVE_UP)
    wait = patience.wait_after(tries)
    if answer.retry_after is not None:
        wait = answer.retry_after if answer.is_free else max(wait, answer.retry_after)
    return Final(DeliveryState.READY, answer.detail, now + wait, tries_back=int(answer.is_free))


def _finals(batch: Batch, answered: list[tuple[Sending, Answer]], now: datetime) -> list[Final]:
    patience = patience_of(batch.lane, batch.channel)
    finals = [conclude(answer, one.row.tries + 1, patience, now) for one, answer in answered]
    return [
        Final(DeliveryState.FAILED, GAVE_UP)
        if final.state == DeliveryState.READY and one.row.calls + 1 >= MOST_ATTEMPTS
        else final
        for (one, _answer), final in zip(answered, finals, strict=True)
    ]


def _attempt_columns(answered: list[tuple[Sending, Answer]], now: datetime) -> dict[str, Any]:
    ids = [one.message.attempt_id for one, _answer in answered]
    answers = [answer for _one, answer in answered]
    return {
        "now": now,
        "attempt_ids": ids,
        "low": min(ids),
        "high": max(ids),
        "outcomes": [answer.outcome.value for answer in answers],
        "http_statuses": [answer.http_status for answer in answers],
        "codes": [answer.code[:40] for answer in answers],
        "details": [answer.detail[:300] for answer in answers],
    }


def _delivery_columns(
    batch: Batch, answered: list[tuple[Sending, Answer]], finals: list[Final], now: datetime
) -> dict[str, Any]:
    ids = [one.row.id for one, _answer in answered]
    return {
        "now": now,
        "token": batch.token,
        "ids": ids,
        "low": min(ids),
        "high": max(ids),
        "provider_refs": [answer.provider_ref[:100] for _one, answer in answered],
        "states": [final.state.value for final in finals],
        "reasons": [final.reason for final in finals],
        "not_befores": [final.not_before for final in finals],
        "ask_ats": [final.ask_at for final in finals],
        "tries_back": [final.tries_back for final in finals],
        "are_sent": [final.is_sent for final in finals],
        "are_over": [final.state in ENDED for final in finals],
    }


def _bury(
    channel: ChannelKind,
    answered: list[tuple[Sending, Answer]],
    provider: Provider,
    now: datetime,
) -> None:
    """Remember the addresses that nobody may send to again."""
    dead = [(one.row, answer) for one, answer in answered if answer.is_dead]
    if not dead:
        return
    if channel == ChannelKind.PUSH:
        endpoints = [row.endpoint for row, _answer in dead]
        PushSubscription.objects.filter(endpoint__in=endpoints, gone_at=None).update(gone_at=now)
        return
    stops = {
        row.address: Stop(answer.dead_because, answer.detail, provider.key) for row, answer in dead
    }
    suppress(channel, stops, now)
