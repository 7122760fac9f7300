from datetime import date, timedelta

from django import template
from django.conf import settings
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import to_locale

from notifications import retention
from notifications.kinds import DeliveryState, Lane
from notifications.models import Delivery, Notification
from notifications.models.contact import CHANNELS
from notifications.models.notification import LANES
from notifications.rendering import title_of as rendered_title
from notifications.sayings import OWED, cause_words, provider_words, reason_words, state_words
from notifications.types import label_of

register = template.Library()


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
    icons = {"sms": "phone", "email": "mail", "push": "bell", "letter": "paper"}
    return icons.get(channel, "message")


@register.filter
def told_state(delivery: Delivery) -> str:
    """How far a delivery got, in the customer's words."""
    return state_words(delivery)


@register.filter
def told_cause(delivery: Delivery) -> str:
    """Why it did not get further, in the customer's words; empty where that says nothing."""
    return cause_words(delivery)


@register.filter
def state_tag(state: str) -> str:
    """The colour a state is shown in; its word says the same."""
    if state in {DeliveryState.ACCEPTED, DeliveryState.DELIVERED}:
        return "tag-good"
    if state in {DeliveryState.FAILED, DeliveryState.UNDELIVERED}:
        return "tag-bad"
    return "tag-warning" if state == DeliveryState.UNKNOWN else ""


@register.filter
def channel_name(channel: str) -> str:
    return str(dict(CHANNELS).get(channel, channel))


@register.filter
def iso_date(text: str) -> str:
    """`2026-10-23` as the reader's language writes a day."""
    return date_format(date.fromisoformat(text), "DATE_FORMAT")


@register.filter
def ways_are_kept(message: Notification) -> bool:
    """Whether we still know how a message was sent."""
    return retention.ways_are_kept(message)


@register.filter
def lane_name(lane: str) -> str:
    return str(LANES[Lane(lane)])


@register.filter
def type_name(name: str) -> str:
    """What staff call a type of message."""
    return label_of(name)


@register.filter
def provider_name(name: str) -> str:
    return provider_words(name)


@register.filter
def percent(share: float | None) -> str:
    """A part of one as percent; a dash where nothing was done at all."""
    return "–" if share is None else f"{number_format(share * 100, 1)} %"


@register.filter
def how_long(time: timedelta) -> str:
    """A stretch of time in its largest whole unit."""
    seconds = int(time.total_seconds())
    for length, words in ((86_400, _("%d d")), (3_600, _("%d h")), (60, _("%d min"))):
        if seconds >= 2 * length:
            return words % (seconds // length)
    return _("%d s") % seconds


@register.filter
def html_lang(language: str) -> str:
    """`zh-hans` as BCP 47 spells it: `zh-Hans`."""
    return to_locale(language).replace("_", "-")


@register.filter
def letter_cause(reason: str) -> str:
    """Why it is a letter, or why it could not be printed, in the reader's language."""
    return reason_words(reason or OWED)
