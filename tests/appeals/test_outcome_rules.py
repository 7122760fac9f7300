"""What each outcome asks for and may do, as tables; no database."""

from datetime import date
from decimal import Decimal

import pytest

from appeals.outcome_rules import (
    MISSING,
    NO_SUCH_FACT,
    NOT_ABOVE,
    NOT_BETWEEN,
    PAST,
    RESTORING,
    SAME,
    TAKES,
    THEN_NOT_ABOVE,
    TOO_FAR,
    TOO_SOON,
    UNWANTED,
    WRONG_FORM,
    Correction,
    WrongAmount,
    WrongDay,
    WrongFact,
    add_months,
    check_correction,
    check_day,
    check_payments_by,
    given_back,
    limit_after,
    limit_then,
    look_again_day,
    months_until_look,
    read_fact,
)
from appeals.states import OutcomeKind

BEFORE, CUT_TO = Decimal("4000.00"), Decimal("1400.00")
TODAY = date(2027, 1, 31)
FULL, PART, CONDITION, FOR_A_TIME = (
    OutcomeKind.RESTORED,
    OutcomeKind.PARTLY_RESTORED,
    OutcomeKind.CONDITIONAL,
    OutcomeKind.TEMPORARY,
)
NO_LIMIT = (OutcomeKind.KEPT, OutcomeKind.CORRECTED, OutcomeKind.TO_BUREAU)


def limit(kind, asked):
    amount = None if asked is None else Decimal(asked)
    return limit_after(kind, before=BEFORE, cut_to=CUT_TO, asked=amount)


def test_every_outcome_is_in_the_table():
    assert set(TAKES) == set(OutcomeKind)
    assert {kind for kind in OutcomeKind if kind not in RESTORING} == set(NO_LIMIT)


@pytest.mark.parametrize(
    ("kind", "asked", "given"),
    [
        (FULL, None, BEFORE),
        (FULL, "4000.00", BEFORE),
        (PART, "2700", Decimal("2700")),
        (PART, "1400.01", Decimal("1400.01")),
        (PART, "3999.99", Decimal("3999.99")),
        (CONDITION, "2700", Decimal("2700")),
        (FOR_A_TIME, "2700", Decimal("2700")),
        (FOR_A_TIME, "4000", Decimal("4000")),
        *((kind, None, None) for kind in NO_LIMIT),
    ],
)
def test_an_outcome_gives(kind, asked, given):
    assert limit(kind, asked) == given


@pytest.mark.parametrize(
    ("kind", "asked", "why"),
    [
        (FULL, "3999", UNWANTED),
        *((kind, "2000", UNWANTED) for kind in NO_LIMIT),
        (PART, None, MISSING),
        (CONDITION, None, MISSING),
        (FOR_A_TIME, None, MISSING),
        (PART, "1400.00", NOT_BETWEEN),
        (PART, "4000.00", NOT_BETWEEN),
        (PART, "0", NOT_BETWEEN),
        (PART, "-5", NOT_BETWEEN),
        (PART, "9000", NOT_BETWEEN),
        (CONDITION, "1400", NOT_BETWEEN),
        # With everything back at once there is nothing left to promise.
        (CONDITION, "4000", NOT_BETWEEN),
        (FOR_A_TIME, "1400", NOT_ABOVE),
        (FOR_A_TIME, "4000.01", NOT_ABOVE),
    ],
)
def test_an_outcome_refuses(kind, asked, why):
    with pytest.raises(WrongAmount) as refused:
        limit(kind, asked)
    assert refused.value.args == (why,)


def test_an_amount_is_spelled_in_one_way():
    assert str(limit(PART, "2700")) == str(limit(PART, "2700.00")) == "2700.00"
    assert str(limit_then(now=CUT_TO, before=BEFORE, asked=Decimal(4000))) == "4000.00"


@pytest.mark.parametrize(
    ("asked", "why"),
    [(None, MISSING), ("2700", THEN_NOT_ABOVE), ("2000", THEN_NOT_ABOVE), ("4001", THEN_NOT_ABOVE)],
)
def test_the_rest_is_more_than_now_and_no_more_than_was_cut(asked, why):
    with pytest.raises(WrongAmount) as refused:
        limit_then(now=Decimal(2700), before=BEFORE, asked=asked and Decimal(asked))
    assert refused.value.args == (why,)


@pytest.mark.parametrize(
    ("limits", "most"),
    [((None,), 0), ((Decimal(2700),), 1300), ((Decimal(2700), Decimal(4000)), 2600), ((), 0)],
)
def test_what_is_given_back_counts_what_may_come_later(limits, most):
    assert given_back(CUT_TO, *limits) == most


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (None, MISSING),
        (TODAY, PAST),
        (date(2027, 1, 30), PAST),
        (date(2028, 2, 2), TOO_FAR),
    ],
)
def test_a_day_lies_ahead_within_a_year(day, why):
    with pytest.raises(WrongDay) as refused:
        check_day("until", day, TODAY)
    assert refused.value.args == ("until", why)


def test_a_good_day_is_taken():
    assert check_day("until", date(2027, 2, 1), TODAY) == date(2027, 2, 1)


@pytest.mark.parametrize(
    ("day", "payments", "why"),
    [
        (None, 1, MISSING),
        (TODAY, 1, PAST),
        # Two monthly bills do not fall due within one month.
        (date(2027, 3, 1), 2, TOO_SOON),
        (date(2030, 1, 1), 2, TOO_FAR),
    ],
)
def test_payments_can_fall_due_by_the_day(day, payments, why):
    with pytest.raises(WrongDay) as refused:
        check_payments_by(day, payments, TODAY)
    assert refused.value.args == ("by_date", why)


def test_a_day_that_leaves_time_for_the_payments_is_taken():
    assert check_payments_by(date(2027, 4, 30), 2, TODAY) == date(2027, 4, 30)


# --- Facts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("count", " 3 ", 3),
        ("util_pct", "45%", 45),
        ("util_pct", "45.5", 45.5),
        ("amount", "$1,250", "1250.00"),
        ("amount", "1250.5", "1250.50"),
        ("date", "2026-09-30", "2026-09-30"),
        ("month", "2026-09", "2026-09"),
        ("region", "us-fl", "US-FL"),
        ("bureau", "Experian", "Experian"),
    ],
)
def test_a_corrected_fact_is_read_as_its_kind(name, typed, value):
    assert read_fact(name, typed) == value


@pytest.mark.parametrize(
    ("name", "typed", "why"),
    [
        ("count", "three", WRONG_FORM),
        ("count", "-1", WRONG_FORM),
        ("util_pct", "NaN", WRONG_FORM),
        ("amount", "about 5", WRONG_FORM),
        ("amount", "1.234", WRONG_FORM),
        ("date", "30 September", WRONG_FORM),
        ("date", "2026-02-30", WRONG_FORM),
        ("month", "2026-13", WRONG_FORM),
        ("bureau", "", WRONG_FORM),
        ("bureau", "x" * 201, WRONG_FORM),
        ("moon", "full", NO_SUCH_FACT),
    ],
)
def test_what_is_no_such_fact_is_refused(name, typed, why):
    with pytest.raises(WrongFact) as refused:
        read_fact(name, typed)
    assert refused.value.args == (why, name)


FACTS = {"count": 2, "month": "2026-08", "moon": "full"}


def test_a_correction_keeps_what_was_and_what_is():
    kept = check_correction(FACTS, Correction("BUR-DELINQ-ELSEWHERE", "count", 0))

    assert kept == {"reason": "BUR-DELINQ-ELSEWHERE", "fact": "count", "was": 2, "is": 0}


@pytest.mark.parametrize(
    ("fact", "now", "why"),
    [
        ("count", 2, SAME),
        ("count", "0", WRONG_FORM),
        ("amount", "5.00", NO_SUCH_FACT),
        ("moon", "new", NO_SUCH_FACT),
    ],
)
def test_a_correction_that_is_none_is_refused(fact, now, why):
    with pytest.raises(WrongFact) as refused:
        check_correction(FACTS, Correction("BUR-DELINQ-ELSEWHERE", fact, now))
    assert refused.value.args[0] == why


# --- Looking again ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "facts", "months"),
    [
        ("bureau.open_delinquencies == 0 for 3 months", {}, 3),
        ("account.days_past_due == 0 for 1 cycle", {}, 1),
        ("account.on_time_cycles >= {cycles}", {"cycles": 6}, 6),
        ("account.on_time_cycles >= {cycles}", {"cycles": 40}, 12),
        ("account.on_time_cycles >= {cycles}", {}, 3),
        ("bureau.hard_inquiries_6m <= {n}", {"n": 4}, 6),
        ("account.min_pay_months_12 <= {n}", {"n": 4}, 12),
        ("account.over_limit_6m == 0", {}, 6),
        ("record.corrected", {}, 3),
        ("", {}, 3),
    ],
)
def test_the_catalogue_says_when_a_reason_may_have_passed(rule, facts, months):
    assert months_until_look(rule, facts) == months


def test_the_last_of_several_reasons_gives_the_day():
    rules = ("record.corrected", "account.over_limit_6m == 0")

    assert look_again_day([(rule, {}) for rule in rules], TODAY) == date(2027, 7, 31)
    assert look_again_day([], TODAY) == date(2027, 4, 30)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2027, 12, 1), 12, date(2028, 12, 1)),
    ],
)
def test_months_end_where_the_month_ends(day, months, later):
    assert add_months(day, months) == later
