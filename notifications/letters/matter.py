"""What a letter says: asked of the app that knows, or taken from the type's letter.txt."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog

from notifications.kinds import ChannelKind
from notifications.models import Notification
from notifications.rendering import RENDER_FAULTS, matter_of
from notifications.wording import draft_for

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a letter: what is there is printed, in this order."""

    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()  # label and value, side by side
    points: tuple[str, ...] = ()
    level: int = 2  # 3 for a part of the section before it


@dataclass(frozen=True, slots=True)
class LetterMatter:
    """The letter's own words, in the person's language; the sheet around them is ours."""

    title: str
    sections: tuple[Section, ...]
    wording_id: int | None = None


@dataclass(frozen=True, slots=True)
class LetterSubject:
    """What an app is told of a message that becomes a letter."""

    notification_id: int
    recipient_id: int
    language: str
    context: dict[str, str]
    about: str
    link: str


# From subjects to the matters of their notifications: asked once for many letters. A letter whose
# matter is not there is not printed.
LetterBody = Callable[[Sequence[LetterSubject]], dict[int, LetterMatter]]

_BODIES: dict[str, LetterBody] = {}


def letter_body(type_name: str, body: LetterBody) -> None:
    """Let an app write the letters of this type, instead of the type's template."""
    _BODIES[type_name] = body


def matters_for(notifications: Iterable[Notification]) -> dict[int, LetterMatter]:
    """Return what each letter says, by its notification; what cannot be said is left out."""
    found: dict[int, LetterMatter] = {}
    asked: dict[str, list[LetterSubject]] = {}
    for one in notifications:
        if one.type in _BODIES:
            asked.setdefault(one.type, []).append(_subject(one))
        elif matter := _from_template(one):
            found[one.pk] = matter
    for type_name, subjects in asked.items():
        found |= _written(_BODIES[type_name], subjects)
    return found


def _written(body: LetterBody, subjects: Sequence[LetterSubject]) -> dict[int, LetterMatter]:
    """Ask for all at once; where one cannot be written, it must not keep the others waiting."""
    try:
        return body(subjects)
    except RENDER_FAULTS:
        if len(subjects) == 1:
            logger.exception("letter not written", notification=subjects[0].notification_id)
            return {}
    return {pk: one for subject in subjects for pk, one in _written(body, [subject]).items()}


def _subject(one: Notification) -> LetterSubject:
    return LetterSubject(
        notification_id=one.pk,
        recipient_id=one.recipient_id,
        language=one.language,
        context=one.context,
        about=one.about,
        link=matter_of(one).link,
    )


def _from_template(one: Notification) -> LetterMatter | None:
    """Title on the first line, paragraphs between empty lines; None if the template is broken."""
    matter = matter_of(one)
    try:
        draft = draft_for(ChannelKind.LETTER, matter)
    except RENDER_FAULTS:
        return None
    words = draft.filled(matter.values())
    paragraphs = tuple(" ".join(part.split()) for part in words.text.split("\n\n") if part.strip())
    return LetterMatter(words.subject, (Section(paragraphs=paragraphs),), draft.id)
