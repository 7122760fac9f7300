"""What providers say later about a message: each word counts once and moves forward only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_noop

from notifications.channels.twilio_codes import DEAD, PERMANENT, TRY_LATER
from notifications.kinds import ENDED, ChannelKind, DeliveryState, earlier_than
from notifications.models import Attempt, Delivery, Receipt
from notifications.preferences import suppress

logger = structlog.get_logger(__name__)

NOT_ARRIVED = gettext_noop("The provider says that it did not arrive.")
BOUNCED = gettext_noop("The mailbox sent it back.")
UNWANTED = gettext_noop("The person called our mail unwanted.")
UNSUBSCRIBED = gettext_noop("The person unsubscribed at the mail service.")

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
        "bounce": DeliveryState.UNDELIVERED,
        "dropped": DeliveryState.UNDELIVERED,
    },
}
# "blocked" is a bounce that may pass; a plain bounce is for good.
PASSING_BOUNCES = frozenset({"blocked"})
SUPPRESSED_BY = {
    "spamreport": UNWANTED,
    "unsubscribe": UNSUBSCRIBED,
    "group_unsubscribe": UNSUBSCRIBED,
    "bounce": BOUNCED,
}


@dataclass(frozen=True)
class Word:
    """One word of a provider, its signature already checked."""

    provider: str
    event_id: str
    word: str
    body_sha256: str
    attempt_id: UUID | None = None
    provider_ref: str = ""
    code: str = ""


@transaction.atomic
def apply_receipt(said: Word) -> bool:
    """Remember a word and move its delivery forward; say whether the word was new.

    A repeated word changes nothing, nor does one that comes after a later one.
    """
    now = timezone.now()
    attempt = _attempt_of(said)
    _receipt, is_new = Receipt.objects.get_or_create(
        provider=said.provider,
        event_id=said.event_id,
        defaults={
            "attempt": attempt,
            "word": said.word,
            "code": said.code,
            "received_at": now,
            "body_sha256": said.body_sha256,
        },
    )
    if not is_new:
        return False
    if attempt is None:
        logger.warning("receipt about nothing we sent", provider=said.provider, word=said.word)
        return True
    state = SAYS.get(said.provider, {}).get(said.word)
    if state is None:
        logger.warning("receipt with a new word", provider=said.provider, word=said.word)
        return True
    _move(attempt.delivery, said, state, now)
    cause = _reason_to_stop(said)
    if cause:
        channel = ChannelKind(attempt.delivery.channel)
        suppress(channel, {attempt.delivery.address: cause}, now)
    return True


def _attempt_of(said: Word) -> Attempt | None:
    attempts = Attempt.objects.select_related("delivery")
    if said.attempt_id:
        found = attempts.filter(pk=said.attempt_id).first()
        if found:
            return found
    if not said.provider_ref:
        return None
    by_ref = attempts.filter(
        delivery__provider=said.provider, delivery__provider_ref=said.provider_ref
    )
    return by_ref.order_by("-number").first()


def _move(delivery: Delivery, said: Word, state: DeliveryState, now: datetime) -> None:
    changes = {
        "state": state,
        "reason": _reason(said) if state == DeliveryState.UNDELIVERED else "",
        "sent_at": Coalesce("sent_at", now),
        "lease_until": None,
    }
    if state in ENDED:
        changes["ended_at"] = now
    if said.provider_ref:
        changes["provider_ref"] = said.provider_ref[:100]
    # In one statement, so that of two words at the same moment the later one stands.
    Delivery.objects.filter(pk=delivery.pk, state__in=earlier_than(state)).update(**changes)


def _reason(said: Word) -> str:
    if said.provider == "sendgrid":
        return BOUNCED if said.word == "bounce" else NOT_ARRIVED
    code = _number(said.code)
    return PERMANENT.get(code) or TRY_LATER.get(code) or NOT_ARRIVED


def _reason_to_stop(said: Word) -> str:
    if said.provider == "sendgrid":
        is_passing = said.word == "bounce" and said.code in PASSING_BOUNCES
        return "" if is_passing else SUPPRESSED_BY.get(said.word, "")
    code = _number(said.code)
    return PERMANENT[code] if code in DEAD else ""


def _number(code: str) -> int:
    return int(code) if code.isdigit() else 0
