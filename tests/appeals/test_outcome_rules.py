"""What each outcome may do to the limit, as a table."""

from decimal import Decimal

import pytest

from appeals.outcome_rules import (
    MISSING,
    NOT_ABOVE,
    NOT_BETWEEN,
    UNWANTED,
    WrongAmount,
    limit_after,
)
from appeals.states import OutcomeKind

BEFORE, CUT_TO = Decimal("4000.00"), Decimal("1400.00")
FULL, PART, CONDITION, KEPT = (
    OutcomeKind.RESTORED,
    OutcomeKind.PARTLY_RESTORED,
    OutcomeKind.CONDITIONAL,
    OutcomeKind.KEPT,
)


def limit(kind, asked):
    amount = None if asked is None else Decimal(asked)
    return limit_after(kind, before=BEFORE, cut_to=CUT_TO, asked=amount)


@pytest.mark.parametrize(
    ("kind", "asked", "given"),
    [
        (FULL, None, BEFORE),
        (FULL, "4000.00", BEFORE),
        (PART, "2700", Decimal("2700")),
        (PART, "1400.01", Decimal("1400.01")),
        (PART, "3999.99", Decimal("3999.99")),
        (CONDITION, "2700", Decimal("2700")),
        (CONDITION, "4000", Decimal("4000")),
        (KEPT, None, None),
    ],
)
def test_an_outcome_gives(kind, asked, given):
    assert limit(kind, asked) == given


@pytest.mark.parametrize(
    ("kind", "asked", "why"),
    [
        (FULL, "3999", UNWANTED),
        (KEPT, "2000", UNWANTED),
        (PART, None, MISSING),
        (CONDITION, None, MISSING),
        (PART, "1400.00", NOT_BETWEEN),
        (PART, "4000.00", NOT_BETWEEN),
        (PART, "0", NOT_BETWEEN),
        (PART, "-5", NOT_BETWEEN),
        (PART, "9000", NOT_BETWEEN),
        (CONDITION, "1400", NOT_ABOVE),
        (CONDITION, "4000.01", NOT_ABOVE),
    ],
)
def test_an_outcome_refuses(kind, asked, why):
    with pytest.raises(WrongAmount) as refused:
        limit(kind, asked)
    assert refused.value.args == (why,)


def test_an_amount_is_spelled_in_one_way():
    assert str(limit(PART, "2700")) == str(limit(PART, "2700.00")) == "2700.00"
