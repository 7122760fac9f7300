"""How the clocks of an appeal stand, in words and a tone; never in colour alone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from appeals.deadlines import WORKING, last_day, working_days_between
from appeals.models import Appeal, CaseClock, ClockEnd, DayUnit
from appeals.states import OPEN, AppealState
from portal.lib.dates import format_day
from portal.models import Customer

SOON_DAYS = 2
# A calendar deadline is near when about as many working days are left.
SOON_CALENDAR_DAYS = 4


@dataclass(frozen=True)
class Clock:
    """`tone` is ok, soon, late, paused or done; the style sheet knows these."""

    tone: str
    text: str
    day: date | None = None


def clock_of(appeal: Appeal, now: datetime | None = None) -> Clock:
    """The promise to this customer, in the working days of its queue or of where they live."""
    if appeal.promised_at is None or appeal.state not in OPEN:
        return Clock("done", _closed_text(appeal))
    now = now or timezone.now()
    if appeal.state == AppealState.WAITING:
        day = last_day(appeal.promised_at, appeal.customer.zone)
        return Clock("paused", _("Paused: waiting for the customer"), day)
    return _countdown(appeal.promised_at, now, appeal.customer, (WORKING, place_of(appeal)))


def standing_of(clock: CaseClock, customer: Customer, now: datetime) -> Clock:
    """One clock, in the days it counts: what is left, how late, paused, or how it ended."""
    day = last_day(clock.due_at, customer.zone)
    if clock.ended_at is not None:
        ended_on = clock.ended_at.astimezone(customer.zone).date()
        tone, words = _ended_words(clock)
        return Clock(tone, words % {"day": short_day(ended_on)}, ended_on)
    if clock.paused_at is not None:
        return Clock("paused", _("Paused: waiting for the customer"), day)
    return _countdown(clock.due_at, now, customer, (clock.unit, clock.calendar))


def place_of(appeal: Appeal) -> str:
    """Whose calendar the promise of this appeal is counted in."""
    queue = appeal.queue
    return (queue.calendar if queue else "") or appeal.customer.jurisdiction


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


def _countdown(due: datetime, now: datetime, customer: Customer, count: tuple[str, str]) -> Clock:
    """`count` is the unit and the calendar of the days."""
    unit, place = count
    day, today = last_day(due, customer.zone), now.astimezone(customer.zone).date()
    is_working = unit == DayUnit.WORKING
    words = {"day": short_day(day)}
    if today > day:
        late = working_days_between(day, today, place) if is_working else (today - day).days
        text = _late_text(late) if is_working else _late_calendar_text(late)
        return Clock("late", text % {"days": late, **words}, day)
    left = working_days_between(today, day, place) if is_working else (day - today).days
    soon = SOON_DAYS if is_working else SOON_CALENDAR_DAYS
    text = _left_text(left) if is_working else _left_calendar_text(left)
    return Clock("soon" if left <= soon else "ok", text % {"days": left, **words}, day)


def _ended_words(clock: CaseClock) -> tuple[str, str]:
    if clock.ended_as == ClockEnd.MET:
        return "ok", _("Kept: answered on %(day)s")
    if clock.ended_as == ClockEnd.MISSED:
        return "late", _("Missed: answered on %(day)s")
    if clock.is_suggested:
        return "done", _("Only words: put aside on %(day)s")
    return "done", _("Not needed any more since %(day)s")


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


def _late_calendar_text(days: int) -> str:
    return ngettext("%(days)s day late · %(day)s", "%(days)s days late · %(day)s", days)


def _left_calendar_text(days: int) -> str:
    if days == 0:
        return _("Due today · %(day)s")
    return ngettext("%(days)s day left · %(day)s", "%(days)s days left · %(day)s", days)
