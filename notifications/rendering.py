"""Turn a notification into the exact words a person gets, in their language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.template import (
    Context,
    Engine,
    Template,
    TemplateDoesNotExist,
    TemplateSyntaxError,
    VariableDoesNotExist,
)
from django.utils import translation
from django.utils.translation import gettext as _

from notifications.kinds import ChannelKind
from notifications.models import Notification
from notifications.types import TYPES

# What a broken template or an incomplete context raises; never the provider's fault.
RENDER_FAULTS = (
    TemplateDoesNotExist,
    TemplateSyntaxError,
    VariableDoesNotExist,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
)


@dataclass(frozen=True, slots=True)
class Matter:
    """What a message is about: everything its templates may print."""

    type: str
    language: str
    context: dict[str, str] = field(default_factory=dict)
    path: str = ""
    secret: str = ""
    created_at: datetime | None = None
    expires_at: datetime | None = None
    # A campaign's own words for every language, where the type leaves them to it.
    campaign_words: dict[str, dict[str, str]] | None = None

    @property
    def link(self) -> str:
        return f"{settings.PUBLIC_URL}{self.path or '/'}"

    def values(self) -> dict[str, str]:
        """What is filled in for this one person."""
        worded_by = TYPES[self.type].worded_by
        own = {name: str(value) for name, value in self.context.items() if name not in worded_by}
        return {**own, "link": self.link, "code": self.secret}

    def sayings(self) -> dict[str, str]:
        """What changes the sentences themselves, and is the same for many people."""
        worded_by = TYPES[self.type].worded_by
        if not worded_by and not self.campaign_words:
            return {}
        said = {name: self.context[name] for name in worded_by if name in self.context}
        if "minutes" in worded_by:
            said.setdefault("minutes", self._minutes())
        if self.campaign_words:
            words = self.campaign_words.get(self.language) or self.campaign_words["en"]
            said["announced_title"], said["announced_text"] = words["title"], words["text"]
        return said

    def _minutes(self) -> str:
        """How long it is useful, rounded down so that we never promise too much."""
        if not self.created_at or not self.expires_at:
            return ""
        return str(int((self.expires_at - self.created_at).total_seconds() // 60))


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one message on one channel."""

    text: str
    subject: str = ""
    html: str = ""


def matter_of(notification: Notification) -> Matter:
    campaign = notification.campaign if notification.campaign_id else None
    return Matter(
        type=notification.type,
        language=notification.language,
        context=notification.context,
        path=notification.path,
        secret=notification.secret,
        created_at=notification.created_at,
        expires_at=notification.expires_at,
        campaign_words=campaign.words if campaign else None,
    )


def render(notification: Notification, channel: ChannelKind) -> Words:
    """Return the words a notification has today on one channel, in the language it was sent in."""
    return words_of(channel, matter_of(notification))


def words_of(channel: ChannelKind, matter: Matter) -> Words:
    """Return the words for one person; raises one of RENDER_FAULTS if a template is broken."""
    return words_for(channel, matter.type, matter.language, _everything(matter))


def words_for(
    channel: ChannelKind, type_name: str, language: str, variables: Mapping[str, str]
) -> Words:
    """Render one message; raises one of RENDER_FAULTS if a template is broken."""
    with translation.override(language):
        known = {**_of_the_site(type_name, language), **variables}
        if channel == ChannelKind.EMAIL:
            return Words(
                subject=_one_line(_text(type_name, "email_subject.txt", known)),
                text=_text(type_name, "email.txt", known),
                html=_html(type_name, "email.html", known),
            )
        if channel == ChannelKind.SMS:
            return Words(text=_text(type_name, "sms.txt", known))
        file = "letter.txt" if channel == ChannelKind.LETTER else "push.txt"
        title, _newline, body = _text(type_name, file, known).partition("\n")
        return Words(subject=title.strip(), text=body.strip())


def title_of(notification: Notification) -> str:
    """Return what a message was about, in the language of the page that lists it."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    matter = matter_of(notification)
    known = {**_of_the_site(matter.type, language), **_everything(matter)}
    return _one_line(_text(notification.type, "email_subject.txt", known))


def _everything(matter: Matter) -> dict[str, str]:
    return {**matter.values(), **matter.sayings()}


def _of_the_site(type_name: str, language: str) -> dict[str, str]:
    return {
        "type": type_name,
        "language": language,
        "brand": _("Recourse"),
        "site": settings.PUBLIC_URL,
        "host": urlsplit(settings.PUBLIC_URL).hostname or "",
    }


def _text(type_name: str, file: str, variables: Mapping[str, str]) -> str:
    # Plain text has nothing to escape: an ampersand must arrive as one.
    return _template(type_name, file).render(Context(variables, autoescape=False)).strip()


def _html(type_name: str, file: str, variables: Mapping[str, str]) -> str:
    return str(_template(type_name, file).render(Context(variables)))


def _template(type_name: str, file: str) -> Template:
    engine = Engine.get_default()
    return engine.get_template(f"notifications/{type_name}/{file}")


def _one_line(text: str) -> str:
    return " ".join(text.split())
