"""Golden copies of the notices: the whole text as a reader goes through it, one file a place.

`python -m tests.appeals.golden_notices` writes them anew; what changed is then read in the diff.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from appeals.notice_text import NoticeReason, compose
from tests.appeals.subjects import LITTLE_USED, SCORE_DOWN, subject

FOLDER = Path(__file__).with_name("golden")
LANGUAGES = ("en", "zh-hans")
TOLD_AT = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
SCORE = {"value": 619, "min": 300, "max": 850, "source": "Northern", "as_of": "2026-11-28"}
HIGH_USE = NoticeReason("BUR-UTIL-HIGH", {"util_pct": 93, "limit_pct": 80})
# By the name of the file: where the customer lives, and what makes the notice theirs.
PLACES: dict[str, dict[str, Any]] = {
    "US": {
        "jurisdiction": "US",
        "region": "US-NY",
        "zone": ZoneInfo("America/New_York"),
        "reasons": (HIGH_USE, LITTLE_USED),
        "score": SCORE,
    },
    "GB": {
        "jurisdiction": "GB",
        "region": "GB-ENG",
        "currency": "GBP",
        "zone": ZoneInfo("Europe/London"),
        "reasons": (SCORE_DOWN, LITTLE_USED),
    },
    "EU": {
        "jurisdiction": "EU",
        "region": "FR",
        "currency": "EUR",
        "zone": ZoneInfo("Europe/Paris"),
        "reasons": (HIGH_USE,),
        "action": "suspend",
        "new_limit": Decimal(0),
    },
    "EU-DE": {
        "jurisdiction": "EU",
        "region": "DE-BE",
        "currency": "EUR",
        "zone": ZoneInfo("Europe/Berlin"),
        "reasons": (HIGH_USE,),
        "effective_at": datetime(2026, 12, 20, 8, 0, tzinfo=UTC),
    },
    "CN": {
        "jurisdiction": "CN",
        "region": "CN-HLJ",
        "currency": "CNY",
        "zone": ZoneInfo("Asia/Shanghai"),
        "reasons": (HIGH_USE, LITTLE_USED),
        # Late in the evening in London, already the next day in Shanghai.
        "told_at": datetime(2026, 12, 1, 23, 0, tzinfo=UTC),
        "effective_at": datetime(2026, 12, 1, 23, 0, tzinfo=UTC),
    },
}


def notice_of(place: str) -> dict[str, dict[str, Any]]:
    told = {"told_at": TOLD_AT, "effective_at": TOLD_AT}
    return compose(subject(**{**told, **PLACES[place]}))


def as_text(content: dict[str, Any]) -> str:
    """Every word of one language, in order; what is empty shows as nothing."""
    return "\n".join(_lines("", content)) + "\n"


def path_of(place: str, language: str) -> Path:
    return FOLDER / f"{place}.{language}.txt"


def _lines(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _lines(f"{name}.{key}" if name else key, part)
    elif isinstance(value, list):
        for number, part in enumerate(value, start=1):
            yield from _lines(f"{name} {number}", part)
    else:
        yield f"{name}: {'' if value is None else value}".rstrip()


def _write() -> None:
    FOLDER.mkdir(exist_ok=True)
    for place in PLACES:
        content = notice_of(place)
        for language in LANGUAGES:
            path_of(place, language).write_text(as_text(content[language]), encoding="utf-8")


if __name__ == "__main__":
    _write()
