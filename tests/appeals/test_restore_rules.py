"""`restore_when` of the catalogue: read, never run; what cannot be tested has not passed."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from appeals.admin.restore_words import WATCHED_LABELS, restore_words
from appeals.catalogue import CATALOGUE
from appeals.catalogue.facts import WATCHED_FACTS
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


# --- in words ------------------------------------------------------------------------------------


def test_every_watched_fact_has_a_name_in_each_language():
    assert WATCHED_LABELS.keys() == WATCHED_FACTS.keys()
    assert all(list(texts) == ["en", "zh-hans"] for texts in WATCHED_LABELS.values())


@pytest.mark.parametrize("reason", CATALOGUE.reasons.values(), ids=lambda reason: reason.code)
def test_every_condition_of_the_catalogue_can_be_said_in_words(reason):
    for language in ("en", "zh-hans"):
        said = restore_words(reason.restore_when, reason.code, language, {})
        assert said
        assert not re.search(r"[{}_=<>]|\w\.\w", said), said


@pytest.mark.parametrize(
    ("rule", "values", "english", "chinese"),
    [
        (
            "bureau.utilisation < {limit_pct}",
            {"limit_pct": "30%"},
            "Use of the credit limits at all lenders: below 30%",
            "在各机构的额度使用率：低于30%",
        ),
        (
            "bureau.utilisation < {limit_pct}",
            {},
            "Use of the credit limits at all lenders: below “Our rule starts at” of the decision",
            "在各机构的额度使用率：低于决定中的“我们的规则起点”",
        ),
        (
            "account.days_past_due == 0 for 3 cycles",
            {},
            "Days past due with us: 0, for 3 months on end",
            "在我们这里的逾期天数：0，持续3个月",
        ),
        (
            'bureau.file_status == "ok" or address.verified',
            {},
            "State of the credit file: in order; or: The address has been confirmed",
            "信用报告状态：正常；或：地址已核实",
        ),
        (
            "n/a",
            {},
            "Never by itself: a person decides",
            "不会自行解除：由工作人员决定",
        ),
    ],
)
def test_a_condition_is_said_in_both_languages(rule, values, english, chinese):
    assert restore_words(rule, "BUR-UTIL-HIGH", "en", values) == english
    assert restore_words(rule, "BUR-UTIL-HIGH", "zh-hans", values) == chinese
