"""Words with open places: rendered once a version, filled in for each person.

So a version is written down once, the words of a million people cost a million small joins, and
what somebody was told years ago can be shown as it was, whatever the templates say today.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

from django.utils import timezone
from django.utils.html import escape

from notifications.kinds import ChannelKind
from notifications.models import Wording
from notifications.rendering import Matter, Words, words_for

# A place looks like [[link]]: no letter of it changes when HTML is escaped.
PLACE = re.compile(r"\[\[([a-z0-9_]+)\]\]")
VERSIONS_KEPT_IN_MIND = 2_000


@dataclass(frozen=True, slots=True)
class Text:
    """A text cut at its places: literal, name, literal, name, ..., literal."""

    parts: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Text":
        return cls(tuple(PLACE.split(text)))

    @property
    def places(self) -> tuple[str, ...]:
        return self.parts[1::2]

    def filled(self, values: dict[str, str]) -> str:
        pieces = list(self.parts)
        pieces[1::2] = [values.get(name, "") for name in self.places]
        return "".join(pieces)


@dataclass(frozen=True, slots=True)
class Draft:
    """One version of a message's words, ready to be filled in; `id` is its row's."""

    id: int
    open: Words
    subject: Text
    text: Text
    html: Text

    @classmethod
    def of(cls, row_id: int, words: Words) -> "Draft":
        return cls(row_id, words, Text.of(words.subject), Text.of(words.text), Text.of(words.html))

    def places(self) -> set[str]:
        return {*self.subject.places, *self.text.places, *self.html.places}

    def filled(self, values: dict[str, str]) -> Words:
        """Return the exact words for one person."""
        return Words(
            subject=self.subject.filled(values),
            text=self.text.filled(values),
            html=self.html.filled({name: escape(value) for name, value in values.items()})
            if self.html.parts != ("",)
            else "",
        )


def draft_for(channel: ChannelKind, matter: Matter) -> Draft:
    """Return the version that says this, written down before it is first used.

    Raises one of rendering.RENDER_FAULTS if the template is broken.
    """
    said = tuple(sorted(matter.sayings().items()))
    return _draft(channel, matter.type, matter.language, said, tuple(sorted(matter.values())))


def draft_of(wording: Wording) -> Draft:
    """Return a version that was used before."""
    return Draft.of(wording.pk, Words(wording.text, wording.subject, wording.html))


def forget_drafts() -> None:
    """Render anew: the templates, the settings or the database are others now."""
    _draft.cache_clear()


@lru_cache(maxsize=VERSIONS_KEPT_IN_MIND)
def _draft(
    channel: ChannelKind,
    type_name: str,
    language: str,
    said: tuple[tuple[str, str], ...],
    names: tuple[str, ...],
) -> Draft:
    places = {name: f"[[{name}]]" for name in names}
    words = words_for(channel, type_name, language, {**places, **dict(said)})
    key = (channel.value, type_name, language, words.subject, words.text, words.html)
    wording, _is_new = Wording.objects.get_or_create(
        sha256=hashlib.sha256("\0".join(key).encode()).hexdigest(),
        defaults={
            "type": type_name,
            "language": language,
            "channel": channel,
            "subject": words.subject,
            "text": words.text,
            "html": words.html,
            "first_used_at": timezone.now(),
        },
    )
    return Draft.of(wording.pk, words)
