"""Sending a message again: a new message of its own, with a reason and a name to it."""

from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.kinds import ChannelKind, Lane
from notifications.models import Notification, PushSubscription, Suppression
from notifications.models.contact import SUPPRESSION_CAUSES
from notifications.models.notification import UNREACHED
from notifications.outbox import NotificationRequest, owe
from notifications.preferences import REACHABLE_SQL, suppression_key
from notifications.retention import has_text
from notifications.truth import overtaken
from portal.models import Customer

logger = structlog.get_logger(__name__)
# A code that opens an account is asked for anew by whoever needs it.
NEVER_AGAIN = frozenset({"sign_in_code"})


class ResendRefused(Exception):
    """Why this message is not sent again, in words for staff."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Resend:
    """What a person asks for: why, by which channel (None: as usual), and which time it is.

    `number` counts what was sent again before the page was opened, so that two clicks are one.
    """

    because: str
    number: int
    channel: ChannelKind | None = None


@transaction.atomic
def resend(*, public_id: UUID, wish: Resend, by: Customer) -> Notification:
    """Owe the person the same message once more; raises ResendRefused.

    The duty to reach the person stays with the first message: this one is a copy.
    """
    original = (
        Notification.objects.select_for_update(no_key=True, of=("self",))
        .select_related("campaign", "recipient")
        .get(public_id=public_id)
    )
    before = list(original.resent_as.order_by("pk"))
    if wish.number < len(before):
        return before[wish.number]
    why_not = why_not_again(original) or _why_not_by(original.recipient, wish.channel)
    if why_not:
        raise ResendRefused(why_not)
    key = f"resend:{original.pk}:{len(before) + 1}"
    owe([_copy_of(original, key, wish.channel)])
    _link(original, key, wish, by)
    copy = Notification.objects.get(dedupe_key=key)
    if copy.unreached:
        raise ResendRefused(_words_for_unreached(copy))
    logger.info("sent again", notification=copy.pk, of=original.pk, by=by.pk)
    return copy


def why_not_again(original: Notification) -> str:
    """Return why this message must not go out again, or nothing."""
    if original.type in NEVER_AGAIN:
        return _("A sign-in code is never sent again. The customer can ask for a new one.")
    if not has_text(original):
        return _("The text of this message is no longer kept.")
    if original.expires_at and original.expires_at <= timezone.now():
        return _("This message is of no use any more.")
    about = (original.type, original.about)
    if about in (found := overtaken([about])):
        return _("It is no longer true: %(reason)s") % {"reason": _(found[about])}
    return ""


def ways_to(person: Customer) -> list[ChannelKind]:
    """Return by which channels a person may be reached today: never one that was switched off."""
    with connection.cursor() as cursor:
        cursor.execute(REACHABLE_SQL, {"people": [person.pk]})
        ways = {ChannelKind(channel) for _person, channel, _address in cursor.fetchall()}
    if _has_browser(person):
        ways.add(ChannelKind.PUSH)
    return [channel for channel in ChannelKind if channel in ways]


def _has_browser(person: Customer) -> bool:
    preference = getattr(person, "preference", None)
    wants = preference is None or preference.push
    return wants and PushSubscription.objects.filter(person=person, gone_at=None).exists()


def _why_not_by(person: Customer, channel: ChannelKind | None) -> str:
    if channel is None or channel in ways_to(person):
        return ""
    if cause := _suppression_of(person, channel):
        return _("We must not send there: %(cause)s.") % {"cause": cause}
    return _("This person cannot be reached by this channel.")


def _suppression_of(person: Customer, channel: ChannelKind) -> str:
    address = {ChannelKind.SMS: person.phone, ChannelKind.EMAIL: person.email}.get(channel)
    if not address:
        return ""
    stop = Suppression.objects.filter(
        channel=channel, address=suppression_key(channel, address), lifted_at=None
    ).first()
    return str(dict(SUPPRESSION_CAUSES).get(stop.cause, stop.cause)) if stop else ""  # type: ignore[call-overload]


def _words_for_unreached(copy: Notification) -> str:
    causes = [
        _suppression_of(copy.recipient, kind) for kind in (ChannelKind.SMS, ChannelKind.EMAIL)
    ]
    said = "; ".join(cause for cause in causes if cause)
    reason = str({cause.value: words for cause, words in UNREACHED.items()}[copy.unreached])
    return f"{reason}: {said}." if said else f"{reason}."


def _copy_of(original: Notification, key: str, channel: ChannelKind | None) -> NotificationRequest:
    lane = Lane(original.lane)
    return NotificationRequest(
        recipient_id=original.recipient_id,
        type=original.type,
        dedupe_key=key,
        # One person asks for one message now, whatever many it was part of.
        lane=Lane.STANDARD if lane == Lane.BULK else lane,
        context={**_campaign_words(original), **original.context},
        path=original.path,
        about=original.about,
        expires_at=original.expires_at,
        only=channel,
    )


def _campaign_words(original: Notification) -> dict[str, str]:
    """A campaign's own words, so that its message is sent whatever became of the campaign."""
    if original.campaign is None or not original.campaign.words:
        return {}
    words = original.campaign.words
    said = words.get(original.language) or words["en"]
    return {"announced_title": said["title"], "announced_text": said["text"]}


def _link(original: Notification, key: str, wish: Resend, by: Customer) -> None:
    Notification.objects.filter(dedupe_key=key).update(
        resends=original, resent_because=wish.because, resent_by=by
    )
