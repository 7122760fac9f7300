"""Dates, amounts and facts as the reader's language writes them; repeats cost nothing."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.dates import format_date
from babel.numbers import get_currency_precision

from appeals.catalogue.facts import FACT_KINDS, FactKind
from appeals.notice_text.regions import region_name
from portal.lib.money import babel_locale, format_amount

DAY_PATTERNS = {"en": "d MMMM y", "zh-hans": "y年M月d日"}
MONTH_PATTERNS = {"en": "MMMM y", "zh-hans": "y年M月"}


@lru_cache(maxsize=8192)
def day_text(day: date, language: str) -> str:
    """`2 October 2026`, `2026年10月2日`."""
    return format_date(day, DAY_PATTERNS[language], locale=babel_locale(language))


@lru_cache(maxsize=1024)
def month_text(month: str, language: str) -> str:
    """`September 2026`, `2026年9月` from `2026-09`."""
    first = date.fromisoformat(f"{month}-01")
    return format_date(first, MONTH_PATTERNS[language], locale=babel_locale(language))


@lru_cache(maxsize=512)
def _frame(currency: str, language: str) -> tuple[str, str, int]:
    """What stands before and after an amount, and its decimals, as Babel writes a zero."""
    before, after = re.split(r"0(?:\.0+)?", format_amount(Decimal(0), currency, language))
    return before, after, get_currency_precision(currency)


def amount_text(amount: Decimal, currency: str, language: str) -> str:
    """The same as `format_amount`, in a hundredth of the time: a notice holds a dozen amounts."""
    before, after, decimals = _frame(currency, language)
    return f"{before}{amount:,.{decimals}f}{after}"


def number_text(number: float) -> str:
    """`1,250`, `12.5`: both our languages write numbers this way."""
    return f"{number:,}" if isinstance(number, int) else f"{number:,.2f}".rstrip("0").rstrip(".")


def words_text(words: str | Mapping[str, str], language: str) -> str:
    return words if isinstance(words, str) else words[language]


WRITERS: Mapping[FactKind, Callable[[Any, str, str], str]] = {
    FactKind.NUMBER: lambda value, _currency, _language: number_text(value),
    FactKind.PERCENT: lambda value, _currency, _language: number_text(value),
    FactKind.MONEY: lambda value, currency, language: amount_text(
        Decimal(value), currency, language
    ),
    FactKind.DAY: lambda value, _currency, language: day_text(date.fromisoformat(value), language),
    FactKind.MONTH: lambda value, _currency, language: month_text(value, language),
    FactKind.REGION: lambda value, _currency, language: region_name(value, language),
    FactKind.WORDS: lambda value, _currency, language: words_text(value, language),
}


def fact_text(name: str, value: Any, currency: str, language: str) -> str:
    """A fact as it stands inside a sentence of the catalogue."""
    return WRITERS[FACT_KINDS[name]](value, currency, language)


def fact_value(name: str, value: Any, currency: str, language: str) -> str:
    """A fact as it stands by itself, under its label."""
    text = fact_text(name, value, currency, language)
    return f"{text}%" if FACT_KINDS[name] is FactKind.PERCENT else text
