"""Which channels may carry a message to a person: their contacts, their choice, our duty."""

from dataclasses import dataclass
from datetime import datetime, time

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_noop

from notifications.kinds import ChannelKind, SuppressionCause
from notifications.models import Preference, Suppression

# What people said themselves: staff cannot take it back, only they can.
SAID_BY_PERSON = frozenset(
    {SuppressionCause.STOP, SuppressionCause.COMPLAINT, SuppressionCause.UNSUBSCRIBED}
)
LIFTED_BY_STAFF = frozenset(SuppressionCause) - SAID_BY_PERSON
SAID_SINCE = gettext_noop("The person has since asked for it themselves.")

# From `asked` (one row a notification) to `reach` (the same rows with the ways that are open).
# What is owed keeps one of e-mail and SMS whatever was switched off; push is only a courtesy.
REACH_SQL = """
    SELECT asked.*, person.locale AS language, sms_to, email_to,
        has_sms AND (likes_sms OR (is_owed AND NOT has_email)) AS use_sms,
        has_email AND (likes_email OR (is_owed AND NOT (has_sms AND likes_sms))) AS use_email,
        has_push AND likes_push AS use_push,
        CASE
            WHEN has_sms AND (likes_sms OR is_owed) THEN ''
            WHEN has_email AND (likes_email OR is_owed) THEN ''
            WHEN has_push AND likes_push AND NOT is_owed THEN ''
            WHEN sms_to = '' AND email_to = '' THEN 'no_address'
            WHEN NOT has_sms AND NOT has_email THEN 'suppressed'
            ELSE 'switched_off'
        END AS unreached
    FROM asked
    JOIN portal_customer person ON person.id = asked.recipient_id
    LEFT JOIN notifications_preference choice ON choice.person_id = person.id
    CROSS JOIN LATERAL (
        SELECT
            CASE WHEN starts_sms THEN coalesce(nullif(address, ''), person.phone, '') ELSE '' END
                AS sms_to,
            CASE WHEN starts_email THEN coalesce(nullif(address, ''), person.email, '') ELSE '' END
                AS email_to,
            coalesce(choice.sms, true) AS likes_sms,
            coalesce(choice.email, true) AS likes_email,
            coalesce(choice.push, true) AS likes_push
    ) AS wish
    CROSS JOIN LATERAL (
        SELECT
            sms_to <> '' AND NOT EXISTS (
                SELECT FROM notifications_suppression AS stop
                WHERE stop.channel = 'sms' AND stop.address = sms_to AND stop.lifted_at IS NULL
            ) AS has_sms,
            email_to <> '' AND NOT EXISTS (
                SELECT FROM notifications_suppression AS stop
                WHERE stop.channel = 'email' AND stop.address = lower(email_to)
                AND stop.lifted_at IS NULL
            ) AS has_email,
            starts_push AND EXISTS (
                SELECT FROM notifications_pushsubscription AS browser
                WHERE browser.person_id = asked.recipient_id AND browser.gone_at IS NULL
            ) AS has_push
    ) AS can
"""

# By which channels a later step may reach people: their wishes count as for the first channels.
REACHABLE_SQL = """
    SELECT person.id, way.channel, way.address
    FROM portal_customer AS person
    LEFT JOIN notifications_preference AS choice ON choice.person_id = person.id
    CROSS JOIN LATERAL (
        SELECT 'sms' AS channel, person.phone AS address WHERE coalesce(choice.sms, true)
        UNION ALL
        SELECT 'email', person.email WHERE coalesce(choice.email, true)
    ) AS way
    WHERE person.id = ANY(%(people)s) AND coalesce(way.address, '') <> '' AND NOT EXISTS (
        SELECT FROM notifications_suppression AS stop
        WHERE stop.channel = way.channel AND stop.lifted_at IS NULL
        AND stop.address = CASE way.channel WHEN 'email' THEN lower(way.address)
            ELSE way.address END
    )
"""


def suppression_key(channel: ChannelKind, address: str) -> str:
    """Return the form in which a suppressed address is kept and looked up."""
    return address.lower() if channel == ChannelKind.EMAIL else address


@dataclass(frozen=True)
class Stop:
    """Why nobody may send to an address any more, and to which sender it was said."""

    cause: SuppressionCause
    detail: str = ""
    sender: str = ""


def suppress(channel: ChannelKind, stops: dict[str, Stop], now: datetime) -> None:
    """Stop sending to these addresses; one that is stopped already keeps its first cause.

    But a person's own word stands above a cause that staff may lift.
    """
    said = [
        suppression_key(channel, address)
        for address, stop in stops.items()
        if stop.cause in SAID_BY_PERSON
    ]
    if said:
        standing = Suppression.objects.filter(channel=channel, address__in=said, lifted_at=None)
        standing.exclude(cause__in=SAID_BY_PERSON).update(lifted_at=now, lifted_because=SAID_SINCE)
    Suppression.objects.bulk_create(
        (
            Suppression(
                channel=channel,
                address=suppression_key(channel, address),
                cause=stop.cause,
                detail=stop.detail[:200],
                sender=stop.sender,
                created_at=now,
            )
            for address, stop in stops.items()
        ),
        ignore_conflicts=True,
    )


def lift(
    channel: ChannelKind, address: str, *, causes: frozenset[SuppressionCause], why: str
) -> int:
    """Send to this address again if it was stopped for one of these causes; say if it was."""
    standing = Suppression.objects.filter(
        channel=channel,
        address=suppression_key(channel, address),
        cause__in=causes,
        lifted_at__isnull=True,
    )
    return standing.update(lifted_at=timezone.now(), lifted_because=why[:200])


@dataclass(frozen=True)
class QuietHours:
    """From when until when; the same time twice means never."""

    begin: time
    end: time


def usual_quiet_hours() -> QuietHours:
    """Return the quiet hours of people who chose none."""
    return QuietHours(time(21), time(8)) if settings.QUIET_HOURS else QuietHours(time(8), time(8))


def preference_of(person_id: int) -> Preference:
    """Return what a person chose, or what holds for somebody who chose nothing."""
    usual = usual_quiet_hours()
    chosen = Preference.objects.filter(person_id=person_id).first()
    return chosen or Preference(person_id=person_id, quiet_from=usual.begin, quiet_until=usual.end)
