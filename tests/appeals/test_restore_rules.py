"""`restore_when` of the catalogue: read, never run; what cannot be tested has not passed."""

from datetime import UTC, datetime, timedelta

import pytest

from appeals.catalogue import CATALOGUE
from appeals.catalogue.loader import placeholders
from appeals.catalogue.restore_when import BadRule, Report, passed_on, read_rule

# Facts that no text names: where the engine does not send them, the reason never passes by itself.
BESIDE = {"ACC-MIN-PAY": {"n"}}
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def report(days_ago=0, **facts):
    told = {name.replace("__", "."): value for name, value in facts.items()}
    return Report(NOW - timedelta(days=days_ago), told)


def has_passed(rule, *reports, **decided):
    return passed_on(read_rule(rule), reports, decided) is not None


@pytest.mark.parametrize("code", sorted(CATALOGUE.shipped.reasons))
def test_every_rule_of_the_catalogue_can_be_tested(code):
    reason = CATALOGUE.shipped.reasons[code]
    rule = read_rule(reason.restore_when)
    assert rule or reason.restore_when == "n/a"
    # What a rule compares with is a fact that the texts name, or one the engine may send beside.
    named = reason.needed_facts | reason.counterfactual_facts | BESIDE.get(code, set())
    assert placeholders(reason.restore_when) <= named


@pytest.mark.parametrize(
    ("rule", "facts", "decided", "passed"),
    [
        ("bureau.utilisation < {limit_pct}", {"bureau__utilisation": 79}, {"limit_pct": 80}, True),
        ("bureau.utilisation < {limit_pct}", {"bureau__utilisation": 80}, {"limit_pct": 80}, False),
        ("bureau.utilisation < {limit_pct}", {"bureau__utilisation": 10}, {}, False),
        ("bureau.total_debt <= {debt_cap}", {"bureau__total_debt": "9.5"}, {"debt_cap": "9.50"}, 1),
        ("income.monthly >= {amount}", {"income__monthly": "900.00"}, {"amount": "1000.00"}, False),
        ('bureau.file_status == "ok"', {"bureau__file_status": "ok"}, {}, True),
        ('bureau.file_status == "ok"', {"bureau__file_status": "frozen"}, {}, False),
        ("identity.match", {"identity__match": True}, {}, True),
        ("identity.match", {"identity__match": False}, {}, False),
        ("identity.match", {"income__verified": True}, {}, False),
        ("identity.match or income.verified", {"income__verified": True}, {}, True),
        ("n/a", {"identity__match": True}, {}, False),
    ],
)
def test_one_report(rule, facts, decided, passed):
    assert has_passed(rule, report(**facts), **decided) is bool(passed)


@pytest.mark.parametrize(
    "rule",
    [
        "__import__('os').system('x')",
        "no.such_fact == 1",
        "bureau.score",
        "identity.match == 1",
        'bureau.file_status < "ok"',
        'bureau.score == "ok"',
        "bureau.score >= {score_floor}",
        "bureau.score >= 1 and identity.match",
        "bureau.score >= 1 for 0 months",
    ],
)
def test_what_is_no_rule_is_refused(rule):
    with pytest.raises(BadRule):
        read_rule(rule)


LASTING = "bureau.open_delinquencies == 0 for 3 months"


def monthly(*values):
    """One report a month, the last one now."""
    ages = range(30 * (len(values) - 1), -1, -30)
    return [
        report(age, bureau__open_delinquencies=value)
        for age, value in zip(ages, values, strict=True)
    ]


def test_a_time_is_full_only_when_it_was_so_throughout():
    assert not has_passed(LASTING, *monthly(0))
    assert not has_passed(LASTING, *monthly(0, 0, 0))
    assert has_passed(LASTING, *monthly(0, 0, 0, 0))
    assert not has_passed(LASTING, *monthly(0, 0, 1, 0, 0))
    assert not has_passed(LASTING, *monthly(0, 0, 0, 0, 1))


def test_silence_proves_nothing():
    first, last = report(100, bureau__open_delinquencies=0), report(bureau__open_delinquencies=0)
    assert not has_passed(LASTING, first, last)
    assert has_passed(LASTING, first, report(50, bureau__open_delinquencies=0), last)


def test_since_when_it_has_passed_is_told():
    four = monthly(0, 0, 0, 0)
    assert passed_on(read_rule(LASTING), four, {}) == NOW
    runs = [report(9, identity__match=True), report(4, identity__match=True)]
    assert passed_on(read_rule("identity.match"), runs, {}) == NOW - timedelta(days=9)
