"""Days on which we work though the public calendar says not, or do not though it says so.

A promise is counted once, when it is made or starts again after a pause: what a customer was told
stays, and a day put in today counts for promises from now on.
"""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import edits_catalogue, is_supervisor
from appeals.actions.changes import changed_by
from appeals.deadlines import is_public_working_day
from appeals.errors import BadInput, NotAllowed
from appeals.kept_settings import CALENDARS_KEY, read_now
from appeals.models import CalendarDay, SettingsVersion
from portal.models import Customer

# The public calendars are known about so far ahead.
MOST_DAYS_AHEAD = 3 * 366


def may_keep_calendars(person: Customer) -> bool:
    return edits_catalogue(person) or is_supervisor(person)


def save_day(*, day: CalendarDay, by: Customer) -> None:
    """Put a day into the calendar, or change it; every process counts with it seconds later."""
    if not may_keep_calendars(by):
        raise NotAllowed(_("Only editors of the catalogue and supervisors may change calendars."))
    for field, problem in day_problems(day):
        raise BadInput(problem, field=field)
    try:
        with transaction.atomic(), changed_by(by):
            SettingsVersion.objects.get_or_create(key=CALENDARS_KEY)
            SettingsVersion.objects.filter(key=CALENDARS_KEY).update(number=F("number") + 1)
            day.save()
            transaction.on_commit(read_now, robust=True)
    except IntegrityError as error:
        raise BadInput(
            _("This day is in the calendar already. Change it there."), field="day"
        ) from error


def day_problems(day: CalendarDay) -> list[tuple[str, str]]:
    """What is wrong with it, each under its field."""
    problems = []
    if day.day < today():
        problems.append(("day", _("This day has passed: promises were counted with it.")))
    elif (day.day - today()).days > MOST_DAYS_AHEAD:
        problems.append(("day", _("That is too far ahead: at most three years.")))
    elif day.is_active and is_public_working_day(day.day, day.jurisdiction) == day.is_working:
        problems.append(("is_working", _changes_nothing(day)))
    return problems


def today() -> date:
    return timezone.localdate()


def _changes_nothing(day: CalendarDay) -> str:
    if day.is_working:
        return _("This changes nothing: the public calendar has it as a working day.")
    return _("This changes nothing: the public calendar has it as a day off.")
