"""Money and dates on a page, in the reader's language and zone."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.lists import format_list
from django import template
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from appeals.deadlines import last_day
from appeals.notice_text.formats import amount_text
from appeals.notice_text.words import PRODUCTS
from portal.lib.dates import format_day, format_moment, format_weekday
from portal.lib.money import babel_locale, format_amount

register = template.Library()

# Dates and references that read badly over a line's end.
WHOLE = re.compile(
    r"\d{4}年\d{1,2}月\d{1,2}日(?:星期.)?|\d{1,2} [A-Z][a-z]+ \d{4}|\b[A-Z]{2}-\w{4}-\w{4}\b"
)


def _language() -> str:
    return get_language() or "en"


@register.filter
def money(amount: Decimal, currency: str) -> str:
    # The quick way knows no sign; a balance in the customer's favour has one.
    is_plain = isinstance(amount, Decimal) and amount >= 0
    return (amount_text if is_plain else format_amount)(amount, currency, _language())


@register.filter
def day(at: datetime) -> str:
    return format_day(timezone.localtime(at).date(), _language())


@register.filter
def on_day(on: date) -> str:
    """A day that is a day everywhere, such as the last one of a condition."""
    return format_day(on, _language())


@register.filter
def moment(at: datetime) -> str:
    return format_moment(timezone.localtime(at), _language())


@register.filter
def promised_day(deadline: datetime) -> str:
    """The last day before a deadline, which is midnight at that day's end."""
    return format_weekday(last_day(deadline, timezone.get_current_timezone()), _language())


@register.filter
def weekday(on: date) -> str:
    return format_weekday(on, _language())


@register.filter
def weekdays(days: Sequence[date]) -> str:
    """Several days in one sentence: `A, B and C` as the reader's language has it."""
    locale = babel_locale(_language())
    return format_list([format_weekday(each, _language()) for each in days], locale=locale)


@register.filter
def named_days(days: Sequence[Any]) -> str:
    """Days with their names in one sentence: `Monday 7 September 2026 (Labor Day)`."""
    language = _language()
    pattern = "{}（{}）" if language.startswith("zh") else "{} ({})"
    told = [
        pattern.format(format_weekday(one.day, language), one.name)
        if one.name
        else format_weekday(one.day, language)
        for one in days
    ]
    return format_list(told, locale=babel_locale(language))


@register.filter
def fingerprint(sha256: str) -> str:
    """The first 16 hex digits in fours: short enough to read aloud."""
    return " ".join(sha256[start : start + 4] for start in range(0, 16, 4))


@register.filter
def unbroken(text: str) -> SafeString:
    """Keep each date and each reference on one line."""
    escaped = conditional_escape(text)
    return mark_safe(WHOLE.sub(r'<span class="nowrap">\g<0></span>', escaped))  # noqa: S308


@register.filter
def product_name(product: str) -> str:
    """The lender's name for a product, as the notices say it in this language."""
    return PRODUCTS.get(product, {}).get(_language(), product)
