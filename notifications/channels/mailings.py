"""What SendGrid gets to read: one text, and for each person what goes into its open places."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from email.utils import parseaddr
from typing import Any

from django.utils.html import escape

from notifications.channels.base import Message
from notifications.rendering import Words

# No more than this may be told of in one call whatever the settings say: SendGrid takes 1,000.
MOST_A_CALL = 500


@dataclass(frozen=True, slots=True)
class Mailing:
    """One call: the words, the messages it is sent for, and which places are open in it."""

    words: Words
    messages: Sequence[Message]
    places: tuple[str, ...] = ()

    def halves(self) -> tuple["Mailing", "Mailing"]:
        middle = len(self.messages) // 2
        first = replace(self, messages=self.messages[:middle])
        return first, replace(self, messages=self.messages[middle:])

    def body(self, sender: str) -> dict[str, Any]:
        name, address = parseaddr(sender)
        return {
            "personalizations": [self._person(message) for message in self.messages],
            "from": {"email": address, "name": name} if name else {"email": address},
            "subject": self.words.subject,
            "content": self._content(),
            "headers": {"Auto-Submitted": "auto-generated"},
            # Nobody is watched reading a notice, and no link leads through a stranger's server.
            "tracking_settings": {
                "click_tracking": {"enable": False, "enable_text": False},
                "open_tracking": {"enable": False},
            },
        }

    def _content(self) -> list[dict[str, str]]:
        plain = {"type": "text/plain", "value": self.words.text}
        return (
            [plain, {"type": "text/html", "value": self.words.html}] if self.words.html else [plain]
        )

    def _person(self, message: Message) -> dict[str, Any]:
        person: dict[str, Any] = {
            "to": [{"email": message.to}],
            "custom_args": {"attempt_id": str(message.attempt_id)},
        }
        if self.places:
            values = message.values
            person["substitutions"] = {f"[[{name}]]": values.get(name, "") for name in self.places}
        return person


def mailings(messages: Sequence[Message], most: int) -> Iterator[Mailing]:
    """Put together who gets the same words, no address twice in a call, and some alone."""
    groups: defaultdict[int, list[Message]] = defaultdict(list)
    for message in messages:
        if message.draft is not None and _fills_alike(message):
            groups[message.draft.id].append(message)
        else:
            words = Words(message.text, message.subject, message.html)
            yield Mailing(words, [message])
    for group in groups.values():
        yield from _shared(group, min(most, MOST_A_CALL))


def _shared(group: list[Message], most: int) -> Iterator[Mailing]:
    draft = group[0].draft
    assert draft is not None
    places = tuple(sorted(draft.places()))
    while group:
        # SendGrid refuses an address that is named twice; upper case does not tell two apart.
        ours: dict[str, Message] = {}
        later = []
        for message in group:
            if len(ours) < most and message.to.casefold() not in ours:
                ours[message.to.casefold()] = message
            else:
                later.append(message)
        yield Mailing(draft.open, list(ours.values()), places)
        group = later


def _fills_alike(message: Message) -> bool:
    """Say whether SendGrid, which puts the same letters everywhere, would assemble our words.

    We escape what goes into HTML, and what a value holds is never a place itself.
    """
    return all("[[" not in value and escape(value) == value for value in message.values.values())
