"""Telling people things: the only part of this package that other apps may import."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from notifications.arrivals import arrivals
from notifications.campaigns.audiences import Audience, AudienceForm, register_audience
from notifications.holding import hold_back, let_go
from notifications.kinds import ChannelKind, DeliveryState, Lane
from notifications.letters.matter import LetterMatter, LetterSubject, Section, letter_body
from notifications.models import Delivery, Notification, Preference
from notifications.outbox import NotificationRequest, owe
from notifications.preferences import preference_of
from notifications.rendering import title_of
from notifications.seeing import check_before_showing
from notifications.truth import check_before_sending
from portal.models import Customer

__all__ = [
    "Audience",
    "AudienceForm",
    "ChannelKind",
    "DeliveryState",
    "Lane",
    "LetterMatter",
    "LetterSubject",
    "Notification",
    "NotificationRequest",
    "Preference",
    "Section",
    "arrivals",
    "check_before_sending",
    "check_before_showing",
    "hold_back",
    "let_go",
    "letter_body",
    "messages_for",
    "notify",
    "notify_many",
    "preference_of",
    "register_audience",
    "title_of",
]


def notify(  # noqa: PLR0913 - one thing to say has this many sides
    *,
    recipient: Customer,
    type: str,
    dedupe_key: str,
    lane: Lane | None = None,
    context: dict[str, str] | None = None,
    path: str = "",
    about: str = "",
    is_mandatory: bool = False,
    legal_due_at: datetime | None = None,
    secret: str = "",
    expires_at: datetime | None = None,
    only: ChannelKind | None = None,
    address: str = "",
) -> Notification:
    """Owe a person one message, in the caller's transaction; asking twice owes it once."""
    request = NotificationRequest(
        recipient_id=recipient.pk,
        type=type,
        dedupe_key=dedupe_key,
        lane=lane,
        context=context or {},
        path=path,
        about=about,
        is_mandatory=is_mandatory,
        legal_due_at=legal_due_at,
        secret=secret,
        expires_at=expires_at,
        only=only,
        address=address,
    )
    owe([request])
    return Notification.objects.get(dedupe_key=dedupe_key)


def notify_many(requests: Iterable[NotificationRequest]) -> int:
    """Owe many people a message each, and return how many were not owed before."""
    return owe(requests)


def messages_for(person: Customer) -> QuerySet[Notification]:
    """Return what we sent a person, newest first, each with its deliveries: two queries."""
    deliveries = Prefetch("deliveries", Delivery.objects.order_by("pk"))
    return (
        Notification.objects.filter(recipient=person)
        .order_by("-created_at", "-pk")
        .select_related("campaign")
        .prefetch_related(deliveries)
    )
