"""Days and moments as people write them in their own language."""

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date

from portal.lib.money import babel_locale

# "2 October 2026" is read the same way on both sides of the Atlantic.
DAY = {"en": "d MMMM y", "zh-hans": "y年M月d日"}
WEEKDAY = {"en": "EEEE d MMMM y", "zh-hans": "y年M月d日EEEE"}
# What stands between a day and an hour.
BEFORE_HOUR = {"en": ", ", "zh-hans": " "}


@lru_cache(maxsize=8192)
def format_day(day: date, language: str) -> str:
    """`2 October 2026` or `2026年10月2日`."""
    return format_date(day, DAY.get(language, DAY["en"]), locale=babel_locale(language))


def format_weekday(day: date, language: str) -> str:
    """`Friday 2 October 2026` or `2026年10月2日星期五`: for days somebody waits for."""
    return format_date(day, WEEKDAY.get(language, WEEKDAY["en"]), locale=babel_locale(language))


def format_moment(at: datetime, language: str) -> str:
    """`2 October 2026, 14:05`, in the zone the moment is given in."""
    return f"{format_day(at.date(), language)}{gap_before_hour(language)}{at:%H:%M}"


def gap_before_hour(language: str) -> str:
    return BEFORE_HOUR.get(language, BEFORE_HOUR["en"])
