"""Amounts as people write them in their own language."""

from decimal import Decimal, InvalidOperation

from babel.numbers import format_currency, get_currency_symbol, is_currency

BABEL_LOCALES = {"en": "en_US", "zh-hans": "zh_Hans_CN"}


class NotMoney(ValueError):
    """The text is not an amount of money; the message says why."""


def babel_locale(language: str) -> str:
    """Our language code in Babel's spelling; an unknown one reads as English."""
    return BABEL_LOCALES.get(language, "en_US")


def parse_amount(text: str) -> Decimal:
    """An exact, finite amount of at most 12 digits and two decimals from a decimal string.

    Raises NotMoney, never rounds.
    """
    try:
        amount = Decimal(text)
    except (InvalidOperation, TypeError, ValueError):
        raise NotMoney(f"{text!r} is not a decimal number") from None
    if not amount.is_finite():
        raise NotMoney(f"{text!r} is not a finite number")
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -2:
        raise NotMoney(f"{text!r} has more than two decimals")
    if abs(amount) >= Decimal(10) ** 12:
        raise NotMoney(f"{text!r} has more than 12 digits")
    return amount


def format_amount(amount: Decimal, currency: str, language: str) -> str:
    """`$4,000.00` or `¥4,000.00`: currency's own sign where the language knows it."""
    return format_currency(amount, currency, locale=babel_locale(language))


def is_known_currency(code: str) -> bool:
    """Whether ISO 4217 has this code, as far as Babel's tables go."""
    return is_currency(code) and get_currency_symbol(code, "en_US") != ""
