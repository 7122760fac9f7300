"""What a day off is called, in the reader's language; the day itself where nobody named it."""

import functools
import re
from datetime import date
from types import MappingProxyType

import holidays

from appeals.deadlines import CALENDARS

# The library knows Chinese names of Chinese holidays only.
IN_CHINESE = MappingProxyType(
    {
        "New Year's Day": "元旦",
        "Martin Luther King Jr. Day": "马丁·路德·金纪念日",
        "Washington's Birthday": "总统日",
        "Memorial Day": "阵亡将士纪念日",
        "Juneteenth National Independence Day": "六月节",
        "Independence Day": "独立日",
        "Labor Day": "劳工节",
        "Columbus Day": "哥伦布日",
        "Veterans Day": "退伍军人节",
        "Thanksgiving Day": "感恩节",
        "Christmas Day": "圣诞节",
        "Good Friday": "耶稣受难日",
        "Easter Monday": "复活节星期一",
        "May Day": "五月节",
        "Spring Bank Holiday": "春季银行假日",
        "Late Summer Bank Holiday": "夏季银行假日",
        "Boxing Day": "节礼日",
        "1 May (Labour Day)": "劳动节",
        "26 December": "圣诞节次日",
        "Labour Day": "劳动节",
        "Christmas Holiday": "圣诞假期",
        "Christmas Eve": "平安夜",
        "New Year's Eve": "新年前夜",
    }
)
OBSERVED = " (observed)"
# The Chinese calendar moves a working day to a weekend: the library says it with a bare date.
EXCHANGED = re.compile(r"substituted from|调休")


def holiday_name(day: date, jurisdiction: str, language: str) -> str:
    """The public name of a day that is no working day; blank when it has none."""
    is_chinese = language.startswith("zh")
    name = _named(jurisdiction, day.year, is_chinese=is_chinese).get(day) or ""
    first = name.split(";")[0].strip()
    exchanged = EXCHANGED.search(first)
    if exchanged:
        return "调休" if is_chinese else "day off, made up on a weekend"
    if not is_chinese or jurisdiction == "CN":
        return first
    known = IN_CHINESE.get(first.removesuffix(OBSERVED), "")
    return f"{known}（补休）" if known and first.endswith(OBSERVED) else known


@functools.cache
def _named(jurisdiction: str, year: int, *, is_chinese: bool) -> dict[date, str]:
    kind, code, subdivision = CALENDARS[jurisdiction]
    years = (year - 1, year, year + 1)
    if kind == "financial":
        return dict(holidays.financial_holidays(code, years=years, language="en_US"))
    language = "zh_CN" if is_chinese and code == "CN" else "en_US"
    return dict(holidays.country_holidays(code, subdiv=subdivision, years=years, language=language))
