"""How an appeal's promise stands, in words and a tone; never in colour alone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from appeals.deadlines import last_day, working_days_between
from appeals.models import Appeal
from appeals.states import OPEN, AppealState
from portal.lib.dates import format_day

SOON_DAYS = 2


@dataclass(frozen=True)
class Clock:
    """`tone` is ok, soon, late, paused or done; the style sheet knows these."""

    tone: str
    text: str
    day: date | None = None


def clock_of(appeal: Appeal, now: datetime | None = None) -> Clock:
    """The promise to this customer, counted in the working days of where they live."""
    if appeal.promised_at is None or appeal.state not in OPEN:
        return Clock("done", _closed_text(appeal))
    now = now or timezone.now()
    zone, place = appeal.customer.zone, appeal.customer.jurisdiction
    day, today = last_day(appeal.promised_at, zone), now.astimezone(zone).date()
    words = short_day(day)
    if appeal.state == AppealState.WAITING:
        return Clock("paused", _("Paused: waiting for the customer"), day)
    if today > day:
        late = working_days_between(day, today, place)
        return Clock("late", _late_text(late) % {"days": late, "day": words}, day)
    left = working_days_between(today, day, place)
    tone = "soon" if left <= SOON_DAYS else "ok"
    return Clock(tone, _left_text(left) % {"days": left, "day": words}, day)


def short_day(day: date) -> str:
    """`20 Nov`, or `11月20日`."""
    if (get_language() or "en").startswith("zh"):
        return date_format(day, "n月j日")
    return date_format(day, "j M")


def tone_of(promised_at: datetime | None, now: datetime) -> str:
    """The tone of a promise alone, for a badge: days of the calendar, to the hour."""
    if promised_at is None:
        return "ok"
    if promised_at <= now:
        return "late"
    return "soon" if promised_at - now <= timedelta(days=SOON_DAYS) else "ok"


def _closed_text(appeal: Appeal) -> str:
    if appeal.closed_at is None:
        return ""
    closed_on = timezone.localtime(appeal.closed_at).date()
    return _("Closed on %(day)s") % {"day": format_day(closed_on, get_language() or "en")}


def _late_text(days: int) -> str:
    if days == 0:
        return _("Late · %(day)s")
    return ngettext(
        "%(days)s working day late · %(day)s", "%(days)s working days late · %(day)s", days
    )


def _left_text(days: int) -> str:
    if days == 0:
        return _("Due today · %(day)s")
    return ngettext(
        "%(days)s working day left · %(day)s", "%(days)s working days left · %(day)s", days
    )
