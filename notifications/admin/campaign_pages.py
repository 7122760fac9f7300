"""What the page of a campaign shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications.admin.campaign_buttons import acts_of, needs_another
from notifications.admin.campaign_forms import LANGUAGES, TYPE_NAMES
from notifications.campaigns.audiences import (
    SamplePerson,
    get_audience,
    sample_audience,
)
from notifications.campaigns.errors import CampaignError
from notifications.campaigns.progress import ChannelProgress, Progress, read_progress
from notifications.kinds import CampaignState, ChannelKind, DeliveryState
from notifications.models import Campaign
from notifications.models.contact import CHANNELS
from notifications.rendering import Matter, words_for
from notifications.sayings import LETTER_STATES
from portal.models import Customer

CHANNEL_NAMES = dict(CHANNELS)
PARTS = {
    "delivered": gettext_lazy("Delivered"),
    "sent": gettext_lazy("Sent"),
    "waiting": gettext_lazy("Waiting"),
    "unknown": gettext_lazy("Not confirmed"),
    "undelivered": gettext_lazy("Did not arrive"),
    "failed": gettext_lazy("Could not be sent"),
    "cancelled": gettext_lazy("Not sent"),
}
# Letters are printed and posted, here as everywhere.
LETTER_PARTS = {
    "delivered": LETTER_STATES[DeliveryState.DELIVERED],
    "sent": LETTER_STATES[DeliveryState.ACCEPTED],
    "waiting": LETTER_STATES[DeliveryState.READY],
    "cancelled": LETTER_STATES[DeliveryState.CANCELLED],
}
# Whose numbers still change by themselves.
MOVING = frozenset({CampaignState.CANARY, CampaignState.WAITING, CampaignState.RUNNING})
HOUR, DAY = 60, 24 * 60


@dataclass(frozen=True)
class Part:
    """One piece of a bar."""

    key: str
    name: str | Promise
    count: int
    percent: float


@dataclass(frozen=True)
class Bar:
    """The deliveries of one channel as a bar, and the same in numbers."""

    name: str | Promise
    made: int
    parts: list[Part]
    failed_percent: float


@dataclass(frozen=True)
class Preview:
    """The message as people will get it in one language."""

    language: str
    language_name: str
    subject: str
    mail: str
    sms: str
    push_title: str
    push: str


def page_of(campaign: Campaign, viewer: Customer) -> dict[str, Any]:
    """Everything on the page of a campaign, in a number of queries that does not grow."""
    is_draft = campaign.state == CampaignState.DRAFT
    fault, sample = "", list[SamplePerson]()
    try:
        sample = sample_audience(campaign.audience, campaign.audience_parameters)
    except CampaignError as error:
        fault = error.message
    return {
        "campaign": campaign,
        "is_draft": is_draft,
        "fault": fault,
        "size": campaign.audience_size or 0,
        "sample": sample if is_draft else [],
        "audience": audience_words(campaign),
        "type_name": TYPE_NAMES.get(campaign.type, campaign.type),
        "share_percent": campaign.canary_share / 100,
        "acts": acts_of(campaign, viewer),
        "needs_another": needs_another(campaign, viewer),
        "may_run": viewer.has_perm("notifications.run_campaign"),
        "previews": previews(campaign, sample[0].path if sample else ""),
        **({} if is_draft else progress_page(campaign)),
    }


def progress_page(campaign: Campaign) -> dict[str, Any]:
    """What is fetched again every few seconds: one query."""
    progress = read_progress(campaign, timezone.now())
    return {
        "campaign": campaign,
        "progress": progress,
        "bars": [_bar(one) for one in progress.channels],
        "made_percent": _percent(progress.recipients, progress.audience),
        "failed_percent": progress.failed_share * 100,
        "time_left": time_left(progress),
        "is_moving": campaign.state in MOVING,
    }


def audience_words(campaign: Campaign) -> list[tuple[str, str]]:
    """Return the audience and its answers, each with its label, as they were given."""
    try:
        audience = get_audience(campaign.audience)
    except CampaignError:
        return [(_("Who is told"), campaign.audience)]
    words = [(_("Who is told"), str(audience.label))]
    for name, field in audience.form.base_fields.items():
        if name in campaign.audience_parameters:
            value = campaign.audience_parameters[name]
            names = dict(getattr(field, "choices", ()))
            words.append((str(field.label), str(names.get(value, value))))
    return words


def previews(campaign: Campaign, path: str) -> list[Preview]:
    """Return the message in both languages, rendered by what renders it for people."""
    return [_preview(campaign, path, *language) for language in LANGUAGES.values()]


def time_left(progress: Progress) -> str:
    """Say in plain words when it will be over; nothing where there is nothing to say."""
    minutes = progress.minutes_left
    if minutes is None or not progress.waiting:
        return ""
    if minutes < 2 * HOUR:
        return ngettext("about %(count)d minute", "about %(count)d minutes", minutes) % {
            "count": minutes
        }
    if minutes < 2 * DAY:
        hours = round(minutes / HOUR)
        return ngettext("about %(count)d hour", "about %(count)d hours", hours) % {"count": hours}
    days = round(timedelta(minutes=minutes) / timedelta(days=1))
    return ngettext("about %(count)d day", "about %(count)d days", days) % {"count": days}


def _preview(campaign: Campaign, path: str, language: str, name: str) -> Preview:
    matter = Matter(
        type=campaign.type,
        language=language,
        path=path,
        campaign_words=campaign.words or None,
    )
    known = {**matter.values(), **matter.sayings()}
    mail = words_for(ChannelKind.EMAIL, campaign.type, language, known)
    sms = words_for(ChannelKind.SMS, campaign.type, language, known)
    push = words_for(ChannelKind.PUSH, campaign.type, language, known)
    return Preview(language, name, mail.subject, mail.text, sms.text, push.subject, push.text)


def _part_names(channel: ChannelKind) -> Mapping[str, str | Promise]:
    return {**PARTS, **LETTER_PARTS} if channel == ChannelKind.LETTER else PARTS


def _bar(one: ChannelProgress) -> Bar:
    return Bar(
        name=CHANNEL_NAMES[one.channel],
        made=one.made,
        parts=[
            Part(key, name, count, _percent(count, one.made))
            for key, name in _part_names(one.channel).items()
            if (count := getattr(one, key))
        ],
        failed_percent=one.failed_share * 100,
    )


def _percent(part: int, whole: int) -> float:
    return min(part / whole * 100, 100.0) if whole else 0.0
