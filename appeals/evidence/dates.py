"""The newest date in a text, as far as it can be read: how old a paper is at least."""

import re
from collections.abc import Iterator
from datetime import date

# English, German and what they have in common; the first letters are enough.
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan jän",
            "feb",
            "mar mär mrz",
            "apr",
            "may mai",
            "jun",
            "jul",
            "aug",
            "sep",
            "oct okt",
            "nov",
            "dec dez",
        ),
        start=1,
    )
    for name in names.split()
}
_NAME = r"(?P<name>(?:" + "|".join(MONTHS) + r")[a-zäö]*)\.?"
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?"
PATTERNS = tuple(
    re.compile(rf"(?<!\d){pattern}(?!\d)", re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}\s?[-/.年]\s?(?P<month>\d{{1,2}})\s?[-/.月]\s?(?P<day>\d{{1,2}})",
        rf"{_DAY}\s+(?:of\s+)?{_NAME},?\s+{_YEAR}",
        rf"{_NAME}\s+{_DAY},?\s+{_YEAR}",
        rf"(?P<first>\d{{1,2}})(?P<sign>[/.-])(?P<second>\d{{1,2}})(?P=sign){_YEAR}",
    )
)
OLDEST_YEAR = 1990


def newest_date(text: str, *, until: date, is_month_first: bool = False) -> date | None:
    """The newest date in the text that is not after `until`; None where there is none."""
    found = (one for one in _dates(text, is_month_first=is_month_first) if one <= until)
    return max(found, default=None)


def _dates(text: str, *, is_month_first: bool) -> Iterator[date]:
    for pattern in PATTERNS:
        for match in pattern.finditer(text):
            read = _read(match.groupdict(), is_month_first=is_month_first)
            if read and read.year >= OLDEST_YEAR:
                yield read


def _read(parts: dict[str, str | None], *, is_month_first: bool) -> date | None:
    year = int(parts["year"] or 0)
    if name := parts.get("name"):
        month, day = MONTHS[name[:3].lower()], int(parts["day"] or 0)
    elif first := parts.get("first"):
        day, month = int(first), int(parts["second"] or 0)
        # With dots the day always comes first. Where only one reading is a date, it is meant.
        if (is_month_first and parts["sign"] != "." and day <= 12) or month > 12:
            day, month = month, day
    else:
        month, day = int(parts["month"] or 0), int(parts["day"] or 0)
    try:
        return date(year, month, day)
    except ValueError:
        return None
