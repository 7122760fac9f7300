"""What an outcome asks for and may do to the limit; pure rules, no database."""

import calendar
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from appeals.catalogue.facts import FACT_KINDS, FactKind, is_fact
from appeals.states import OutcomeKind

CENTS = Decimal("0.01")

# Every field that belongs to some outcomes only; what a kind does not name, it does not keep.
TAKES: Mapping[OutcomeKind, frozenset[str]] = {
    OutcomeKind.RESTORED: frozenset(),
    OutcomeKind.PARTLY_RESTORED: frozenset({"new_limit"}),
    OutcomeKind.CONDITIONAL: frozenset(
        {"new_limit", "payments_needed", "by_date", "then_limit", "condition"}
    ),
    OutcomeKind.TEMPORARY: frozenset({"new_limit", "until"}),
    OutcomeKind.CORRECTED: frozenset({"corrections"}),
    OutcomeKind.TO_BUREAU: frozenset({"bureau"}),
    OutcomeKind.KEPT: frozenset({"look_again_on"}),
}
RESTORING = frozenset(
    {
        OutcomeKind.RESTORED,
        OutcomeKind.PARTLY_RESTORED,
        OutcomeKind.CONDITIONAL,
        OutcomeKind.TEMPORARY,
    }
)

# A limit for a time, and the next look at a reason, lie within a year.
LONGEST_TIME = timedelta(days=366)
MOST_PAYMENTS = 24
# Bills come once a month: between the first and the last of n lie n - 1 of the shortest months.
SHORTEST_MONTH = 28
# Time enough for every payment and one missed bill more, and not without an end.
LONGEST_MONTH = 31

# By when a bureau answers a dispute, in calendar days: FCRA 611(a)(1)(A); Consumer Credit Act
# 1974 s.159 (UK); GDPR art. 12(3), one month; 征信业管理条例 art. 25.
BUREAU_DAYS: Mapping[str, int] = {"US": 30, "GB": 28, "EU": 30, "CN": 20}
# A wrong fact is our mistake: within so many working days the engine must have decided again.
DECIDED_AGAIN_WORKING_DAYS = 5
# Where the catalogue does not say how long a reason lasts.
USUAL_MONTHS = 3


class WrongAmount(ValueError):
    """The limit does not fit the outcome; the only argument is one of the codes below."""


class WrongDay(ValueError):
    """A day does not fit the outcome; the arguments are the field and one of the codes below."""


class WrongFact(ValueError):
    """A corrected fact cannot be used; the arguments are one of the codes below and the fact."""


MISSING = "missing"
NOT_BETWEEN = "not_between"
NOT_ABOVE = "not_above"
UNWANTED = "unwanted"
THEN_NOT_ABOVE = "then_not_above"
PAST = "past"
TOO_FAR = "too_far"
TOO_SOON = "too_soon"
NO_SUCH_FACT = "no_such_fact"
WRONG_FORM = "wrong_form"
SAME = "same"


def limit_after(
    kind: OutcomeKind, *, before: Decimal, cut_to: Decimal, asked: Decimal | None
) -> Decimal | None:
    """The limit the outcome gives, or None when it gives none; WrongAmount when it cannot."""
    if kind not in RESTORING:
        if asked is not None:
            raise WrongAmount(UNWANTED)
        return None
    if kind == OutcomeKind.RESTORED:
        if asked not in {None, before}:
            raise WrongAmount(UNWANTED)
        return before
    return _part(kind, before, cut_to, asked)


def _part(kind: OutcomeKind, before: Decimal, cut_to: Decimal, asked: Decimal | None) -> Decimal:
    if asked is None:
        raise WrongAmount(MISSING)
    if kind == OutcomeKind.TEMPORARY:
        if not cut_to < asked <= before:
            raise WrongAmount(NOT_ABOVE)
    elif not cut_to < asked < before:
        raise WrongAmount(NOT_BETWEEN)
    # "3000" and "3000.00" are one amount; notice, ledger and database must spell it alike.
    return asked.quantize(CENTS)


def limit_then(*, now: Decimal, before: Decimal, asked: Decimal | None) -> Decimal:
    """The limit once a condition is met: more than now, at most what was cut."""
    if asked is None:
        raise WrongAmount(MISSING)
    if not now < asked <= before:
        raise WrongAmount(THEN_NOT_ABOVE)
    return asked.quantize(CENTS)


def given_back(cut_to: Decimal, *limits: Decimal | None) -> Decimal:
    """The most the customer may get back by this outcome, now or later."""
    return max((limit - cut_to for limit in limits if limit is not None), default=Decimal(0))


def check_day(field: str, day: date | None, today: date) -> date:
    """A day to come, within a year; WrongDay otherwise."""
    if day is None:
        raise WrongDay(field, MISSING)
    if day <= today:
        raise WrongDay(field, PAST)
    if day > today + LONGEST_TIME:
        raise WrongDay(field, TOO_FAR)
    return day


def check_payments_by(day: date | None, payments: int, today: date) -> date:
    """The last day of a condition: so many monthly bills can fall due by then."""
    if day is None:
        raise WrongDay("by_date", MISSING)
    if day <= today:
        raise WrongDay("by_date", PAST)
    if day < today + timedelta(days=SHORTEST_MONTH * payments):
        raise WrongDay("by_date", TOO_SOON)
    if day > today + timedelta(days=LONGEST_MONTH * (2 * payments + 2)):
        raise WrongDay("by_date", TOO_FAR)
    return day


# --- Facts that were wrong ----------------------------------------------------------------------


@dataclass(frozen=True)
class Correction:
    """A fact of a reason as it must be; `now` is typed as the catalogue has it."""

    reason: str
    fact: str
    now: Any


def read_fact(name: str, text: str) -> Any:
    """The typed value of what somebody wrote for this fact; WrongFact when it is none."""
    kind = FACT_KINDS.get(name)
    if kind is None:
        raise WrongFact(NO_SUCH_FACT, name)
    value = _typed(kind, text.strip())
    if not is_fact(kind, value):
        raise WrongFact(WRONG_FORM, name)
    return value


def _typed(kind: FactKind, text: str) -> Any:
    if kind == FactKind.NUMBER:
        return int(text) if text.isascii() and text.isdecimal() else text
    if kind == FactKind.PERCENT:
        return _number(text.removesuffix("%").strip())
    if kind == FactKind.MONEY:
        amount = text.replace(",", "").replace("，", "").lstrip("$£€¥￥ ")
        return f"{Decimal(amount):.2f}" if re.fullmatch(r"\d{1,12}(\.\d{1,2})?", amount) else text
    if kind == FactKind.REGION:
        return text.upper()
    return text


def _number(text: str) -> Any:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite():
        return text
    return int(number) if number == number.to_integral_value() else float(number)


def check_correction(facts: Mapping[str, Any], wanted: Correction) -> dict[str, Any]:
    """The correction as it is kept: which fact of which reason, what it was, what it is."""
    if wanted.fact not in facts or wanted.fact not in FACT_KINDS:
        raise WrongFact(NO_SUCH_FACT, wanted.fact)
    if not is_fact(FACT_KINDS[wanted.fact], wanted.now):
        raise WrongFact(WRONG_FORM, wanted.fact)
    was = facts[wanted.fact]
    if was == wanted.now:
        raise WrongFact(SAME, wanted.fact)
    return {"reason": wanted.reason, "fact": wanted.fact, "was": was, "is": wanted.now}


# --- When a reason is looked at again -------------------------------------------------------------

LASTS = re.compile(r"\bfor (\d+) (?:month|cycle)s?\b")
CYCLES = re.compile(r">= \{(\w+)\}")
WINDOW = re.compile(r"_(\d+)m\b|_months_(\d+)\b")


def months_until_look(restore_when: str, facts: Mapping[str, Any]) -> int:
    """After how many months the reason may have passed, as the catalogue's rule tells it.

    `... for 3 months`, `on_time_cycles >= {cycles}` and windows such as `_6m` say it; what does
    not say it is looked at after the usual time, and nothing later than in a year.
    """
    lasts = LASTS.search(restore_when)
    cycles = CYCLES.search(restore_when) if "cycles" in restore_when else None
    window = WINDOW.search(restore_when)
    months: Any = USUAL_MONTHS
    if lasts:
        months = int(lasts[1])
    elif cycles:
        months = facts.get(cycles[1], USUAL_MONTHS)
    elif window:
        months = int(window[1] or window[2])
    if not isinstance(months, int) or isinstance(months, bool):
        return USUAL_MONTHS
    return min(max(months, 1), 12)


def look_again_day(rules: Iterable[tuple[str, Mapping[str, Any]]], today: date) -> date:
    """The day on which the last of these reasons may have passed."""
    months = [months_until_look(restore_when, facts) for restore_when, facts in rules]
    return add_months(today, max(months, default=USUAL_MONTHS))


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
