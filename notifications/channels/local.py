"""Keep messages here where no provider is configured, for staff to look at."""

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from notifications.channels.base import Answer, Flight, Message, Provider
from notifications.kinds import AttemptOutcome
from notifications.models import LocalMessage

ACCEPTED = Answer(AttemptOutcome.ACCEPTED, is_delivered=True)


class LocalProvider(Provider):
    """A phone, a mailbox and a browser in our own database."""

    async def send_all(self, messages: Sequence[Message], flight: Flight) -> None:
        raise NotImplementedError("It keeps messages in the thread that holds the database.")

    def send_here(self, messages: Sequence[Message]) -> list[tuple[UUID, Answer]]:
        LocalMessage.objects.bulk_create(
            LocalMessage(
                attempt_id=message.attempt_id,
                channel=self.account.kind,
                to=message.to,
                subject=message.subject,
                text=message.text,
                html=message.html,
                link=message.link,
                kept_at=timezone.now(),
            )
            for message in messages
        )
        return [(message.attempt_id, ACCEPTED) for message in messages]
