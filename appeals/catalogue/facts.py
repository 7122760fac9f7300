"""What kind of value each fact of the catalogue holds, and whether a value is one.

A fact in words may come in one language or as `{"en": ..., "zh-hans": ...}`; the other kinds are
written by us in the reader's language.
"""

import enum
import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from appeals.catalogue.loader import LANGUAGES

LONGEST_WORDS = 200
BIGGEST_NUMBER = 1_000_000_000
MONEY = re.compile(r"\d{1,12}(\.\d{1,2})?", re.ASCII)
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", re.ASCII)
# Control characters, and halves of characters that cannot be stored.
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class FactKind(enum.Enum):
    NUMBER = "a whole number"
    PERCENT = "a number, without the percent sign"
    MONEY = 'an amount in quotes such as "250.00", not negative'
    DAY = "a day such as 2026-09-30"
    MONTH = "a month such as 2026-09"
    REGION = "a region code such as US-FL"
    WORDS = "a short text, or one in each language"
    YES_NO = "true or false"


def _of(kind: FactKind, names: str) -> dict[str, FactKind]:
    return dict.fromkeys(names.split(), kind)


FACT_KINDS: Mapping[str, FactKind] = {
    **_of(FactKind.NUMBER, "count months cycles n days old_score new_score target_score"),
    **_of(FactKind.PERCENT, "util_pct limit_pct peak_pct dti_pct cap_pct"),
    **_of(FactKind.MONEY, "amount old_debt new_debt debt_cap old_income new_income cap total"),
    **_of(FactKind.DAY, "date due_date start end"),
    **_of(FactKind.MONTH, "month"),
    **_of(FactKind.REGION, "region"),
    **_of(
        FactKind.WORDS,
        "authority bureau fact field group new_band old_band partner signs trait value",
    ),
}

# What the lender's systems go on telling us about a line, by which `restore_when` is tested.
# Money is in the line's own currency; `..._ok` and the like are the lender's own finding.
WATCHED_FACTS: Mapping[str, FactKind] = {
    **_of(
        FactKind.NUMBER,
        "bureau.score bureau.open_delinquencies bureau.accounts_opened_6m bureau.hard_inquiries_6m "
        "bureau.open_lenders bureau.open_collections account.days_past_due account.on_time_cycles "
        "account.min_pay_months_12 account.returned_payments_3m account.over_limit_6m",
    ),
    **_of(FactKind.PERCENT, "bureau.utilisation affordability.dti"),
    **_of(FactKind.MONEY, "bureau.total_debt income.monthly exposure.total"),
    **_of(FactKind.WORDS, "bureau.file_status"),
    **_of(
        FactKind.YES_NO,
        "bureau.insolvency_discharged bureau.file_reissued customer.confirmed_need "
        "customer.need_shown customer.request_after_cooling_off fraud.case_closed_ok "
        "account.payment_method_valid income.verified income.updated_within_12m "
        "employment.verified identity.document_valid identity.match identity.reverified "
        "address.verified address.outside_region address.in_service_area contact.verified "
        "policy.region_rule_ended policy.product_rule_ended policy.portfolio_rule_ended "
        "eligibility.ok partner.share_restored record.corrected incident.remediated "
        "score.band_recovered legal.hold_released plan.completed affordability.ok",
    ),
}


def is_fact(kind: FactKind, value: Any) -> bool:
    """Whether the value can be shown as a fact of this kind."""
    return CHECKS[kind](value)


def is_words(value: Any) -> bool:
    """Whether the value is a short text without control characters."""
    return (
        isinstance(value, str)
        and len(value.strip()) > 0
        and len(value) <= LONGEST_WORDS
        and not UNPRINTABLE.search(value)
    )


def is_day(value: Any) -> bool:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_region(value: Any) -> bool:
    """Whether the value has the form of ISO 3166-2, or is a country by itself."""
    return isinstance(value, str) and REGION.fullmatch(value) is not None


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < BIGGEST_NUMBER


def _is_percent(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value) and 0 <= value < BIGGEST_NUMBER
    return _is_number(value)


def _is_money(value: Any) -> bool:
    return isinstance(value, str) and MONEY.fullmatch(value) is not None


def _is_month(value: Any) -> bool:
    return isinstance(value, str) and MONTH.fullmatch(value) is not None


def _is_words_or_each_language(value: Any) -> bool:
    if isinstance(value, dict):
        return value.keys() == LANGUAGES.keys() and all(is_words(text) for text in value.values())
    return is_words(value)


CHECKS: Mapping[FactKind, Callable[[Any], bool]] = {
    FactKind.NUMBER: _is_number,
    FactKind.PERCENT: _is_percent,
    FactKind.MONEY: _is_money,
    FactKind.DAY: is_day,
    FactKind.MONTH: _is_month,
    FactKind.REGION: is_region,
    FactKind.WORDS: _is_words_or_each_language,
    FactKind.YES_NO: lambda value: isinstance(value, bool),
}
