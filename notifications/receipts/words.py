"""The words of each provider in ours; a word that stands in no table moves nothing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop

from notifications.channels.twilio_codes import MEANINGS
from notifications.kinds import ChannelKind, DeliveryState, SuppressionCause

NOT_ARRIVED = gettext_noop("The provider says that it did not arrive.")
BOUNCED = gettext_noop("The mailbox sent it back.")
UNWANTED = gettext_noop("The person called our mail unwanted.")
UNSUBSCRIBED = gettext_noop("The person unsubscribed at the mail service.")

# A word about a message of another channel is not about ours.
CARRIES = {"twilio": ChannelKind.SMS, "sendgrid": ChannelKind.EMAIL}

# Any word about a message proves that the provider has it.
SAYS: dict[str, dict[str, DeliveryState]] = {
    "twilio": {
        "accepted": DeliveryState.ACCEPTED,
        "scheduled": DeliveryState.ACCEPTED,
        "queued": DeliveryState.ACCEPTED,
        "sending": DeliveryState.ACCEPTED,
        "sent": DeliveryState.ACCEPTED,
        "delivered": DeliveryState.DELIVERED,
        "read": DeliveryState.DELIVERED,
        "undelivered": DeliveryState.UNDELIVERED,
        "failed": DeliveryState.UNDELIVERED,
        "canceled": DeliveryState.UNDELIVERED,
    },
    "sendgrid": {
        "processed": DeliveryState.ACCEPTED,
        "deferred": DeliveryState.ACCEPTED,
        "delivered": DeliveryState.DELIVERED,
        "open": DeliveryState.DELIVERED,
        "click": DeliveryState.DELIVERED,
        "spamreport": DeliveryState.DELIVERED,
        "unsubscribe": DeliveryState.DELIVERED,
        "group_unsubscribe": DeliveryState.DELIVERED,
        "group_resubscribe": DeliveryState.DELIVERED,
        "bounce": DeliveryState.UNDELIVERED,
        "dropped": DeliveryState.UNDELIVERED,
    },
}
# A bounce of this type may pass; any other is for good.
PASSING_BOUNCE = "blocked"
# Why SendGrid itself no longer sends to an address, in its own fixed words.
DROPPED_BECAUSE = {
    "bounced address": SuppressionCause.BOUNCE,
    "invalid": SuppressionCause.BOUNCE,
    "spam reporting address": SuppressionCause.COMPLAINT,
    "unsubscribed address": SuppressionCause.UNSUBSCRIBED,
}
STOPPED_BY = {
    "spamreport": SuppressionCause.COMPLAINT,
    "unsubscribe": SuppressionCause.UNSUBSCRIBED,
    "group_unsubscribe": SuppressionCause.UNSUBSCRIBED,
}
IN_WORDS = {
    SuppressionCause.BOUNCE: BOUNCED,
    SuppressionCause.COMPLAINT: UNWANTED,
    SuppressionCause.UNSUBSCRIBED: UNSUBSCRIBED,
}


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a provider, its signature already checked."""

    provider: str
    event_id: str
    word: str
    body_sha256: str
    attempt_id: UUID | None = None
    provider_ref: str = ""
    code: str = ""
    # The provider's own time for it; the same however often the word is repeated.
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word says about the delivery, and whether we must not send there any more."""

    state: DeliveryState
    reason: str = ""
    stop: SuppressionCause | None = None


def meaning_of(said: Word) -> Meaning | None:
    """Put a provider's word into ours; None for one we do not know."""
    state = SAYS.get(said.provider, {}).get(said.word)
    if state is None:
        return None
    reason, stop = _of_sms(said) if said.provider == "twilio" else _of_email(said)
    # Why it did not arrive; of what arrived, only whether more may be sent there.
    return Meaning(state, reason if state == DeliveryState.UNDELIVERED else "", stop)


def _of_sms(said: Word) -> tuple[str, SuppressionCause | None]:
    told = MEANINGS.get(int(said.code)) if said.code.isdecimal() else None
    return (told.words, told.dead_because) if told else (NOT_ARRIVED, None)


def _of_email(said: Word) -> tuple[str, SuppressionCause | None]:
    if said.word == "bounce":
        return BOUNCED, None if said.code == PASSING_BOUNCE else SuppressionCause.BOUNCE
    if said.word == "dropped":
        stop = DROPPED_BECAUSE.get(said.code.lower())
        return IN_WORDS[stop] if stop else NOT_ARRIVED, stop
    return "", STOPPED_BY.get(said.word)
