"""Look once more before sending: still of use, still allowed, and not in the night."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_noop

from notifications.delivery.claim import Claimed
from notifications.kinds import ChannelKind
from notifications.preferences import usual_quiet_hours
from notifications.quiet_hours import quiet_until
from notifications.truth import overtaken
from notifications.types import TYPES

TOO_LATE = gettext_noop("It was no longer of use.")
SUPPRESSED = gettext_noop("We must not send to this address any more.")
NO_BROWSER = gettext_noop("The browser no longer takes notifications from us.")
QUIET_HOURS = gettext_noop("It waits until the quiet hours are over.")
BROKEN_TEXT = gettext_noop("Our text for this message is broken.")

# A browser notification about something from before yesterday only confuses.
PUSH_IS_NEWS_FOR = timedelta(days=1)
# So that not everybody's phone rings on the stroke of eight.
SPREAD_AFTER_QUIET = timedelta(minutes=15)


@dataclass(frozen=True)
class Aside:
    """Why a claimed delivery is not sent now; without `until` it never will be."""

    reason: str
    until: datetime | None = None
    # What it says is no longer true: no other channel need say it either.
    is_overtaken: bool = False


def overtaken_rows(rows: list[Claimed]) -> dict[UUID, Aside]:
    """Return the deliveries whose message is no longer true: asked once for the whole stride."""
    found = overtaken((row.type, row.about) for row in rows)
    return {
        row.id: Aside(found[row.type, row.about], is_overtaken=True)
        for row in rows
        if (row.type, row.about) in found
    }


def reason_to_wait(row: Claimed, channel: ChannelKind, now: datetime) -> Aside | None:
    """Return why this delivery must not go out now, or None when it may."""
    if row.expires_at and row.expires_at <= now:
        return Aside(TOO_LATE)
    if row.is_suppressed:
        return Aside(NO_BROWSER if channel == ChannelKind.PUSH else SUPPRESSED)
    if channel == ChannelKind.PUSH:
        if row.endpoint is None:
            return Aside(NO_BROWSER)
        if row.created_at + PUSH_IS_NEWS_FOR <= now:
            return Aside(TOO_LATE)
    return _quiet(row, channel, now)


def _quiet(row: Claimed, channel: ChannelKind, now: datetime) -> Aside | None:
    # An e-mail waits silently by itself.
    if channel == ChannelKind.EMAIL or not TYPES[row.type].has_quiet_hours:
        return None
    usual = usual_quiet_hours()
    until = quiet_until(
        now, row.time_zone, row.quiet_from or usual.begin, row.quiet_until or usual.end
    )
    if until is None or (row.legal_due_at and row.legal_due_at <= until + SPREAD_AFTER_QUIET):
        return None
    return Aside(QUIET_HOURS, until + SPREAD_AFTER_QUIET * random.random())  # noqa: S311
