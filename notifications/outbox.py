"""Owe somebody a message: the rows that the rest of the engine works off."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from notifications.kinds import ChannelKind, Lane
from notifications.preferences import REACH_SQL
from notifications.tasks import ring_on_commit
from notifications.types import LETTER_LEAD, TYPES, NotificationType

ROWS_A_STATEMENT = 5_000

# One statement for notifications and deliveries: either both are there or neither. It goes on from
# a CTE `asked`, one row a notification: (recipient_id, type, dedupe_key, lane, context, path,
# about, campaign_id, is_mandatory, legal_due_at, settle_at, secret, expires_at, is_owed,
# starts_sms, starts_email, starts_push, address, needs_letter).
OWE_ASKED_SQL = f"""
, reach AS ({REACH_SQL}), made AS (
    INSERT INTO notifications_notification (
        public_id, recipient_id, type, dedupe_key, lane, is_mandatory, legal_due_at, needs_letter,
        language, context, secret, path, about, campaign_id, unreached, settle_at, settled_as,
        resent_because, created_at, expires_at
    )
    SELECT gen_random_uuid(), recipient_id, type, dedupe_key, lane, is_mandatory, legal_due_at,
        needs_letter, language, context::jsonb, secret, path, about, campaign_id, unreached,
        -- Where none of the first channels can carry it, the next one follows at once.
        CASE WHEN use_sms OR use_email THEN settle_at WHEN settle_at IS NOT NULL THEN %(now)s END,
        '',
        '', %(now)s, expires_at
    FROM reach
    ORDER BY dedupe_key -- two batches with the same keys must not wait for each other
    ON CONFLICT (dedupe_key) DO NOTHING
    RETURNING id, dedupe_key
), ways AS (
    INSERT INTO notifications_delivery (
        id, notification_id, campaign_id, channel, lane, address, push_subscription_id,
        not_before, created_at, state, reason, tries, calls, provider, provider_ref,
        content_sha256
    )
    SELECT notifications_delivery_id(%(now)s, made.id, way.channel, way.place), made.id,
        campaign_id, way.channel, lane, way.address, way.push_subscription_id, %(now)s, %(now)s,
        'ready', '', 0, 0, '', '', ''
    FROM made
    JOIN reach USING (dedupe_key)
    CROSS JOIN LATERAL (
        SELECT 'sms' AS channel, sms_to AS address, NULL::bigint AS push_subscription_id,
            0 AS place
        WHERE use_sms
        UNION ALL
        SELECT 'email', email_to, NULL, 0 WHERE use_email
        UNION ALL
        SELECT 'push', coalesce(substring(endpoint FROM '://([^/]+)'), ''), browser.id,
            row_number() OVER (ORDER BY browser.id) - 1
        FROM notifications_pushsubscription AS browser
        WHERE use_push AND browser.person_id = recipient_id AND browser.gone_at IS NULL
    ) AS way
    RETURNING lane, channel
)
"""  # noqa: S608 - joined from our own constants

OWE_SQL = f"""
WITH asked AS (
    SELECT *, NULL::bigint AS campaign_id FROM unnest(
        %(recipient_id)s::bigint[], %(type)s::text[], %(dedupe_key)s::text[], %(lane)s::text[],
        %(context)s::text[], %(path)s::text[], %(about)s::text[], %(is_mandatory)s::boolean[],
        %(legal_due_at)s::timestamptz[], %(settle_at)s::timestamptz[], %(secret)s::text[],
        %(expires_at)s::timestamptz[], %(is_owed)s::boolean[], %(starts_sms)s::boolean[],
        %(starts_email)s::boolean[], %(starts_push)s::boolean[], %(address)s::text[],
        %(needs_letter)s::boolean[]
    ) AS asked (
        recipient_id, type, dedupe_key, lane, context, path, about, is_mandatory, legal_due_at,
        settle_at, secret, expires_at, is_owed, starts_sms, starts_email, starts_push, address,
        needs_letter
    )
)
{OWE_ASKED_SQL}
SELECT (SELECT count(*) FROM made), (SELECT array_agg(DISTINCT lane || ' ' || channel) FROM ways)
"""  # noqa: S608 - joined from our own constants


@dataclass(frozen=True)
class NotificationRequest:
    """One thing to tell one person once; the same dedupe key owes nothing more."""

    recipient_id: int
    type: str
    dedupe_key: str
    lane: Lane | None = None  # the type's own, unless the caller knows better
    context: dict[str, str] = field(default_factory=dict)
    path: str = ""
    # What must still be true when it is sent; see notifications.truth.
    about: str = ""
    is_mandatory: bool = False
    legal_due_at: datetime | None = None
    # Owed by law, and only a letter counts: it is printed at once beside the other channels.
    needs_letter: bool = False
    secret: str = ""
    expires_at: datetime | None = None
    # Set for a code that must go to the very address somebody signs in with.
    only: ChannelKind | None = None
    address: str = ""

    def __post_init__(self) -> None:
        if self.type not in TYPES:
            raise ValueError(f"There is no notification of type {self.type}.")
        if self.address and not self.only:
            raise ValueError("An address belongs to one channel: say which.")
        if self.needs_letter and not self.is_mandatory:
            raise ValueError("Only what is owed by law is owed on paper.")
        if self.path and not self.path.startswith("/"):
            raise ValueError("A path starts at the root of the site.")


def owe(requests: Iterable[NotificationRequest]) -> int:
    """Write what is not owed yet, in the caller's transaction, and return how many were new."""
    fresh = list({request.dedupe_key: request for request in reversed(list(requests))}.values())
    made = 0
    with transaction.atomic():
        for start in range(0, len(fresh), ROWS_A_STATEMENT):
            made += _owe_batch(fresh[start : start + ROWS_A_STATEMENT])
    return made


def _owe_batch(requests: list[NotificationRequest]) -> int:
    now = timezone.now()
    rows = [_row(request, now) for request in requests]
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0]}
    with connection.cursor() as cursor:
        cursor.execute(OWE_SQL, {**columns, "now": now})
        made, bells = cursor.fetchone() or (0, None)
    for bell in bells or []:
        lane, channel = bell.split()
        ring_on_commit(Lane(lane), ChannelKind(channel))
    return int(made)


def settle_time(
    kind: NotificationType, now: datetime, legal_due_at: datetime | None, *, is_mandatory: bool
) -> datetime | None:
    """Return when to look whether a message made now has arrived; None when nothing follows it."""
    wait = kind.first_look(is_mandatory=is_mandatory)
    if wait is None:
        return None
    if is_mandatory and legal_due_at:
        return min(now + wait, max(legal_due_at - LETTER_LEAD, now))
    return now + wait


def _row(request: NotificationRequest, now: datetime) -> dict[str, Any]:
    kind = TYPES[request.type]
    starts = (request.only,) if request.only else kind.starts
    return {
        "recipient_id": request.recipient_id,
        "type": request.type,
        "dedupe_key": request.dedupe_key,
        "lane": Lane(request.lane or kind.lane).value,
        "context": json.dumps(request.context),
        "path": request.path,
        "about": request.about,
        "settle_at": now
        if request.needs_letter
        else settle_time(kind, now, request.legal_due_at, is_mandatory=request.is_mandatory),
        "needs_letter": request.needs_letter,
        "is_mandatory": request.is_mandatory,
        "legal_due_at": request.legal_due_at,
        "secret": request.secret,
        "expires_at": request.expires_at,
        "is_owed": request.is_mandatory or not kind.is_optional or request.only is not None,
        "starts_sms": ChannelKind.SMS in starts,
        "starts_email": ChannelKind.EMAIL in starts,
        "starts_push": ChannelKind.PUSH in starts,
        "address": request.address,
    }
