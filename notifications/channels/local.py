"""Keep messages here where no provider is configured, for staff to look at."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.utils import timezone

from notifications.channels.base import Answer, Channel, Message
from notifications.kinds import AttemptOutcome
from notifications.models import LocalMessage

ACCEPTED = Answer(AttemptOutcome.ACCEPTED, is_delivered=True)


class LocalChannel(Channel):
    """A phone, a mailbox and a browser in our own database."""

    provider = "local"

    def send(self, message: Message) -> Answer:
        self._keep([message])
        return ACCEPTED

    def send_all(self, messages: Sequence[Message]) -> Iterator[tuple[UUID, Answer]]:
        self._keep(messages)
        for message in messages:
            yield message.attempt_id, ACCEPTED

    def _keep(self, messages: Sequence[Message]) -> None:
        LocalMessage.objects.bulk_create(
            LocalMessage(
                attempt_id=message.attempt_id,
                channel=self.kind,
                to=message.to,
                subject=message.subject,
                text=message.text,
                html=message.html,
                link=message.link,
                kept_at=timezone.now(),
            )
            for message in messages
        )
