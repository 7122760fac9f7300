"""What a person was told, as they may read it again for good."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from notifications.api import messages_for
from notifications.kinds import ChannelKind
from notifications.models import Notification, Wording
from notifications.rendering import Words, matter_of, render
from notifications.retention import has_text
from notifications.wording import draft_of
from portal.models import Customer

# A code is useless once it was used, and nobody should learn to look for it here.
NOT_SHOWN = frozenset({"sign_in_code"})


@dataclass(frozen=True)
class Told:
    """The text of a message on one channel."""

    channel: str
    subject: str
    text: str


def list_messages(person: Customer) -> QuerySet[Notification]:
    """Messages of the person, newest first, codes left out."""
    return messages_for(person).exclude(type__in=NOT_SHOWN).select_related("resends")


def get_message(person: Customer, public_id: UUID) -> Notification | None:
    """One message of this person; None for a stranger's as for a wrong id."""
    return list_messages(person).filter(public_id=public_id).first()


def told_in(message: Notification) -> list[Told]:
    """The words that went out, one entry a channel that was tried; what waits, as it is today.

    Nothing where the text is no longer kept.
    """
    if not has_text(message):
        return []
    by_channel = {delivery.channel: delivery for delivery in message.deliveries.all()}
    by_channel.pop(ChannelKind.LETTER, None)
    used = Wording.objects.in_bulk(
        [delivery.wording_id for delivery in by_channel.values() if delivery.wording_id]
    )
    texts = [
        (name, _words(message, ChannelKind(name), used.get(delivery.wording_id or 0)))
        for name, delivery in by_channel.items()
    ]
    return [Told(name, words.subject, words.text) for name, words in texts]


def sent_again_as(message: Notification) -> list[Notification]:
    """The messages that repeat this one, in their order."""
    return list(message.resent_as.order_by("pk"))


def _words(message: Notification, channel: ChannelKind, used: Wording | None) -> Words:
    if used is None:
        return render(message, channel)
    return draft_of(used).filled(matter_of(message).values())
