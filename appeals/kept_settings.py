"""What this process holds of the settings that people keep: the catalogue and the calendars.

Entry points call `look_again` before they begin: it asks for two numbers at most every few seconds,
and reads a setting anew when its number has moved. Work that has begun goes on with what it has.
"""

import threading
import time
from collections import defaultdict
from datetime import date
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError

from appeals import deadlines
from appeals.catalogue import CATALOGUE
from appeals.catalogue.editions import merged
from appeals.models import CalendarDay, CatalogueEdition, SettingsVersion

logger = structlog.get_logger(__name__)

CATALOGUE_KEY, CALENDARS_KEY = "catalogue", "calendars"


class _Held:
    """The numbers of what is in place here, and when they were last compared."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.numbers: dict[str, int] = {}
        self.looked_at: float | None = None


_held = _Held()


def look_again() -> None:
    """Hold what is in force, at most a few seconds late."""
    every = settings.KEPT_SETTINGS_SECONDS
    if every is None:
        return
    if _held.looked_at is not None and time.monotonic() - _held.looked_at < every:
        return
    # Only the first thread asks; but before anything was read, all wait for it.
    if not _held.lock.acquire(blocking=_held.looked_at is None):
        return
    try:
        _compare()
    except DatabaseError as error:
        # What is held was right a moment ago; the page that needs the database will say so itself.
        logger.warning("the kept settings could not be compared", error=type(error).__name__)
    finally:
        _held.looked_at = time.monotonic()
        _held.lock.release()


def before_task(*, task: Any, **_kwargs: Any) -> None:
    """Begin a task of ours with what is in force; a delivery needs neither setting."""
    if task.name.startswith("appeals."):
        look_again()


def read_now() -> None:
    """Hold what is in force, at once: for the process that has just changed it."""
    with _held.lock:
        _compare()


def forget() -> None:
    """Go back to what was shipped, as a new process begins."""
    with _held.lock:
        _held.numbers, _held.looked_at = {}, None
        CATALOGUE.hold(CATALOGUE.shipped)
        deadlines.set_extra_days({})


def _compare() -> None:
    found = dict(SettingsVersion.objects.values_list("key", "number"))
    for key, read in ((CATALOGUE_KEY, _read_catalogue), (CALENDARS_KEY, _read_calendars)):
        if found.get(key, 0) != _held.numbers.get(key, 0):
            read()
            _held.numbers[key] = found.get(key, 0)


def _read_catalogue() -> None:
    edition = CatalogueEdition.objects.order_by("-number").first()
    if edition is None:
        CATALOGUE.hold(CATALOGUE.shipped)
        return
    catalogue = merged(CATALOGUE.shipped, edition.content, edition.number)
    if catalogue.left_out:
        logger.warning(
            "an edition holds texts the shipped catalogue cannot take",
            edition=edition.number,
            left_out=list(catalogue.left_out),
        )
    CATALOGUE.hold(catalogue)


def _read_calendars() -> None:
    days: defaultdict[str, dict[date, bool]] = defaultdict(dict)
    for row in CalendarDay.objects.filter(is_active=True):
        days[row.jurisdiction][row.day] = row.is_working
    deadlines.set_extra_days(dict(days))
