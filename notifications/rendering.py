"""Turn a notification into the exact words a person gets, in their language."""

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


@dataclass(frozen=True)
class Matter:
    """What a message is about: everything its templates may print."""

    type: str
    language: str
    context: dict[str, str] = field(default_factory=dict)
    path: str = ""
    secret: str = ""
    created_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def link(self) -> str:
        return f"{settings.PUBLIC_URL}{self.path or '/'}"

    def variables(self) -> dict[str, object]:
        return {
            "minutes": self._minutes(),
            **self.context,
            "type": self.type,
            "code": self.secret,
            "brand": _("Recourse"),
            "site": settings.PUBLIC_URL,
            "host": urlsplit(settings.PUBLIC_URL).hostname or "",
            "link": self.link,
            "language": self.language,
        }

    def _minutes(self) -> int | None:
        """How long it is useful, rounded down so that we never promise too much."""
        if not self.created_at or not self.expires_at:
            return None
        return int((self.expires_at - self.created_at).total_seconds() // 60)


@dataclass(frozen=True)
class Words:
    """The texts of one message on one channel."""

    text: str
    subject: str = ""
    html: str = ""


def matter_of(notification: Notification) -> Matter:
    return Matter(
        type=notification.type,
        language=notification.language,
        context=notification.context,
        path=notification.path,
        secret=notification.secret,
        created_at=notification.created_at,
        expires_at=notification.expires_at,
    )


def render(notification: Notification, channel: ChannelKind) -> Words:
    """Return the words of a notification on one channel, in the language it was sent in."""
    return words_for(channel, matter_of(notification))


def words_for(channel: ChannelKind, matter: Matter) -> Words:
    """Render one message; raises one of RENDER_FAULTS if a template is broken."""
    with translation.override(matter.language):
        variables = matter.variables()
        if channel == ChannelKind.EMAIL:
            return Words(
                subject=_one_line(_text(matter.type, "email_subject.txt", variables)),
                text=_text(matter.type, "email.txt", variables),
                html=_html(matter.type, "email.html", variables),
            )
        if channel == ChannelKind.SMS:
            return Words(text=_text(matter.type, "sms.txt", variables))
        title, _newline, body = _text(matter.type, "push.txt", variables).partition("\n")
        return Words(subject=title.strip(), text=body.strip())


def title_of(notification: Notification) -> str:
    """Return what a message was about, in the language of the page that lists it."""
    variables = matter_of(notification).variables()
    return _one_line(_text(notification.type, "email_subject.txt", variables))


def _text(type_name: str, file: str, variables: dict[str, object]) -> str:
    # Plain text has nothing to escape: an ampersand must arrive as one.
    return _template(type_name, file).render(Context(variables, autoescape=False)).strip()


def _html(type_name: str, file: str, variables: dict[str, object]) -> str:
    return str(_template(type_name, file).render(Context(variables)))


def _template(type_name: str, file: str) -> Template:
    engine = Engine.get_default()
    return engine.get_template(f"notifications/{type_name}/{file}")


def _one_line(text: str) -> str:
    return " ".join(text.split())
