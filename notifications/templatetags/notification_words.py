from datetime import date

from django import template
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, to_locale

from notifications.kinds import DeliveryState
from notifications.models import Notification
from notifications.models.contact import CHANNELS
from notifications.rendering import title_of as rendered_title

register = template.Library()
OWED = gettext_noop("It is owed by law, and no other way reaches the person.")


@register.simple_tag
def push_public_key() -> str:
    """The key a browser needs to say yes; empty when push is not set up."""
    return str(settings.VAPID_PUBLIC_KEY)


@register.filter
def title_of(notification: Notification) -> str:
    """What the message was about, in the reader's language."""
    return rendered_title(notification)


@register.filter
def channel_icon(channel: str) -> str:
    return {"sms": "phone", "email": "mail", "push": "bell"}.get(channel, "message")


@register.filter
def state_tag(state: str) -> str:
    """The colour a state is shown in; its word says the same."""
    if state in {DeliveryState.ACCEPTED, DeliveryState.DELIVERED}:
        return "tag-good"
    if state in {DeliveryState.FAILED, DeliveryState.UNDELIVERED}:
        return "tag-bad"
    return ""


@register.filter
def channel_name(channel: str) -> str:
    return str(dict(CHANNELS).get(channel, channel))


@register.filter
def iso_date(text: str) -> str:
    """`2026-10-23` as the reader's language writes a day."""
    return date_format(date.fromisoformat(text), "DATE_FORMAT")


@register.filter
def html_lang(language: str) -> str:
    """`zh-hans` as BCP 47 spells it: `zh-Hans`."""
    return to_locale(language).replace("_", "-")


@register.filter
def letter_cause(reason: str) -> str:
    """Why it is a letter, or why it could not be printed, in the reader's language."""
    said, mark, characters = reason.partition(": U+")
    return f"{_(said + ':')} U+{characters}" if mark else _(reason or OWED)
