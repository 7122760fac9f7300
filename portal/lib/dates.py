"""Days and moments as people write them in their own language."""

from datetime import date, datetime

from babel.dates import format_date, format_datetime

from portal.lib.money import babel_locale

# "2 October 2026" is read the same way on both sides of the Atlantic.
DAY = {"en": "d MMMM y", "zh-hans": "y年M月d日"}
WEEKDAY = {"en": "EEEE d MMMM y", "zh-hans": "y年M月d日EEEE"}
MOMENT = {"en": "d MMMM y, HH:mm", "zh-hans": "y年M月d日 HH:mm"}


def format_day(day: date, language: str) -> str:
    """`2 October 2026` or `2026年10月2日`."""
    return format_date(day, DAY.get(language, DAY["en"]), locale=babel_locale(language))


def format_weekday(day: date, language: str) -> str:
    """`Friday 2 October 2026` or `2026年10月2日星期五`: for days somebody waits for."""
    return format_date(day, WEEKDAY.get(language, WEEKDAY["en"]), locale=babel_locale(language))


def format_moment(at: datetime, language: str) -> str:
    """`2 October 2026, 14:05`, in the zone the moment is given in."""
    pattern = MOMENT.get(language, MOMENT["en"])
    return format_datetime(at, pattern, tzinfo=at.tzinfo, locale=babel_locale(language))
