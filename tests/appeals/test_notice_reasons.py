"""No half reasons: what is shown of each, and what holds a notice back."""

import pytest

from appeals.catalogue import CATALOGUE
from appeals.catalogue.facts import FACT_KINDS
from appeals.notice_text import NoticeHeld, NoticeReason, compose
from appeals.notice_text.words import FACT_LABELS, ORIGINS
from tests.appeals.subjects import LITTLE_USED, english, given, subject


def test_the_whole_notice_in_english():
    assert english() == {
        "headline": "We lowered your limit on 2 October 2026",
        "line": "Everyday credit line ending 9793",
        "before": {"label": "Your limit was", "value": "$4,000.00"},
        "after": {"label": "It is now", "value": "$1,400.00"},
        "share_left": 35,
        "figures": [
            "You have used $612.40",
            "$787.60 left to spend",
            "Decided by a computer",
        ],
        "unchanged": "What you owe and when you pay it stay the same.",
        "effective": "The new limit has applied since 2 October 2026.",
        "automated": (
            "A computer made this decision. You can ask for a person to look at it again."
        ),
        "policy": None,
        "reasons": [
            {
                "code": "MOD-BEHAVIOUR-SCORE",
                "rank": 1,
                "origin": "our rule",
                "title": "Our own account score went down",
                "explanation": (
                    "Our account score moved from A to D on 2 October 2026. "
                    "The main facts behind it are listed below."
                ),
                "pairs": [
                    {"label": "Your band before", "value": "A"},
                    {"label": "Your band", "value": "D"},
                    {"label": "When", "value": "2 October 2026"},
                ],
                "counterfactual": "",
                "what_you_can_do": "Check each listed fact. If one is wrong, tell us.",
                "papers": [
                    {"key": "bank_statement", "label": "Bank statements"},
                    {"key": "payslip", "label": "Recent payslips"},
                    {"key": "customer_statement", "label": "Your own written statement"},
                ],
                "restricted": False,
            },
            {
                "code": "ACC-LIMIT-UNUSED",
                "rank": 2,
                "origin": "about you",
                "title": "Your limit is far above what you use",
                "explanation": "In the last 6 months you used at most 18% of your limit.",
                "pairs": [
                    {"label": "Your highest use", "value": "18%"},
                    {"label": "Months we looked at", "value": "6"},
                ],
                "counterfactual": "",
                "what_you_can_do": "Tell us about a large purchase you plan.",
                "papers": [
                    {"key": "purchase_proof", "label": "Receipts, invoices or orders"},
                    {"key": "customer_statement", "label": "Your own written statement"},
                ],
                "restricted": False,
            },
        ],
        "deadline": (
            "You have until 1 December 2026 to ask us to look again. After that you still can; "
            "we will ask why it is late."
        ),
        "rights": [
            (
                "You can tell us your view, ask for a person to decide, and challenge a decision "
                "made only by a computer (UK GDPR, Articles 22A to 22D)."
            ),
            (
                "You can complain to us. If we have not answered after eight weeks, or you do not "
                "accept our answer, the Financial Ombudsman Service can look at it free of "
                "charge, within six months of our final answer: www.financial-ombudsman.org.uk."
            ),
            "Free help with money and debt: MoneyHelper, www.moneyhelper.org.uk.",
        ],
    }


def test_the_whole_notice_in_chinese():
    content = compose(
        subject(
            currency="CNY",
            jurisdiction="CN",
            zone=ZoneInfo("Asia/Shanghai"),
            # Late in the evening in London, already the next day in Shanghai.
            told_at=datetime(2026, 10, 2, 23, 0, tzinfo=UTC),
            effective_at=datetime(2026, 10, 2, 23, 0, tzinfo=UTC),
            reasons=(given("BUR-UTIL-HIGH", util_pct=93, limit_pct=80),),
        )
    )["zh-hans"]

    assert content == {
        "headline": "您的额度已于2026年10月3日下调",
        "line": "日常信用额度（尾号9793）",
        "before": {"label": "原额度", "value": "¥4,000.00"},
        "after": {"label": "现额度", "value": "¥1,400.00"},
        "share_left": 35,
        "figures": ["已使用¥612.40", "还可使用¥787.60", "由系统自动决定"],
        "unchanged": "您的欠款金额和还款日期不变。",
        "effective": "新额度自2026年10月3日起生效。",
        "automated": "这项决定由系统自动作出。您可以申请人工复核。",
        "policy": None,
        "reasons": [
            {
                "code": "BUR-UTIL-HIGH",
                "rank": 1,
                "origin": "我们的规则",
                "title": "信用额度使用率偏高",
                "explanation": "您在各机构的信用额度合计已使用93%，我们的规则以80%为起点。",
                "pairs": [
                    {"label": "您的使用率", "value": "93%"},
                    {"label": "我们的规则起点", "value": "80%"},
                ],
                "counterfactual": "如果使用率低于80%，本原因将不再适用。",
                "what_you_can_do": "请降低各类信用账户的欠款余额；如已还款，请提供最近账单。",
                "papers": [
                    {"key": "bank_statement", "label": "银行流水"},
                    {"key": "payment_receipt", "label": "还款凭证"},
                    {"key": "credit_report", "label": "个人信用报告"},
                ],
                "restricted": False,
            }
        ],
        "deadline": "您可以在2026年12月2日前（含当日）提出申诉；逾期仍可提出，我们会询问原因。",
        "rights": [
            (
                "您有权要求我们对这项决定予以说明，并有权拒绝仅通过自动化决策的方式作出的决定"
                "（《个人信息保护法》第二十四条）。"
            ),
            "您可以查阅我们使用的个人信息，并要求更正错误。",
            (
                "您可以向我们投诉，我们会在15日内答复，情况复杂的在30日内答复。"
                "您也可以拨打金融消费者投诉热线12378。"
            ),
        ],
    }


@pytest.mark.parametrize("code", ["MOD-BEHAVIOUR-SCORE", "BUR-SCORE-DROP", "POL-PORTFOLIO"])
def test_a_reason_that_may_not_stand_alone_holds_the_notice(code):
    with pytest.raises(NoticeHeld, match=f"gives {code}, which may not stand alone"):
        compose(subject(reasons=(given(code),)))

    assert compose(subject(reasons=(given(code), LITTLE_USED)))


def test_two_reasons_that_may_not_stand_alone_do_not_help_each_other():
    with pytest.raises(NoticeHeld, match="BUR-SCORE-DROP, POL-PORTFOLIO"):
        compose(subject(reasons=(given("BUR-SCORE-DROP"), given("POL-PORTFOLIO"))))


def test_a_reason_with_a_hole_holds_the_notice():
    with pytest.raises(NoticeHeld, match="ACC-LIMIT-UNUSED lacks the fact peak_pct"):
        compose(subject(reasons=(NoticeReason("ACC-LIMIT-UNUSED", {"months": 6}),)))


def test_a_reason_the_catalogue_lost_holds_the_notice():
    with pytest.raises(NoticeHeld, match="has no ACC-GONE"):
        compose(subject(reasons=(NoticeReason("ACC-GONE", {}),)))


def test_a_cut_without_a_reason_is_held():
    with pytest.raises(NoticeHeld, match="no reason at all"):
        compose(subject(reasons=()))


def test_what_would_change_it_is_left_out_when_it_would_have_a_hole():
    facts = {"count": 3, "months": 6}
    without, with_all = (
        english(reasons=(NoticeReason("ACC-LATE-PAST", one),))["reasons"][0]
        for one in (facts, facts | {"cycles": 6})
    )

    assert without["counterfactual"] == ""
    assert [pair["label"] for pair in without["pairs"]] == ["Late payments", "Months we looked at"]
    assert with_all["counterfactual"].startswith("After 6 on-time bills")
    assert len(with_all["pairs"]) == 3


def test_a_restricted_reason_shows_its_fixed_text_and_nothing_else():
    content = english(
        reasons=(NoticeReason("LEG-RESTRICTED", {"date": "2026-09-01"}),),
        policy={"ref": "POL-1", "title": "Sanctions", "region": None},
    )

    assert content["policy"] is None
    assert content["reasons"] == [
        {
            "code": "LEG-RESTRICTED",
            "rank": 1,
            "origin": "the law",
            "title": CATALOGUE.reason("LEG-RESTRICTED").title["en"],
            "explanation": CATALOGUE.reason("LEG-RESTRICTED").explanation["en"],
            "pairs": [],
            "counterfactual": "",
            "what_you_can_do": CATALOGUE.reason("LEG-RESTRICTED").what_you_can_do["en"],
            "papers": [],
            "restricted": True,
        }
    ]


def test_details_of_a_guarded_reason_are_not_listed():
    shown = english(reasons=(given("FRD-SUSPECT-TXN"),))["reasons"][0]

    assert shown["pairs"] == []
    assert shown["explanation"] == "On 1 September 2026 we saw payments that may not be yours."


def test_four_reasons_are_told_and_credit_checks_as_a_fifth():
    four = [given(code) for code in ("ACC-LATE-PAST", "ACC-MIN-PAY", "ACC-OVER-LIMIT", "INC-DROP")]

    codes = [
        [one["code"] for one in english(reasons=(*four, given(fifth)))["reasons"]]
        for fifth in ("BUR-INQUIRIES", "BUR-UTIL-HIGH")
    ]

    assert codes[0][4:] == ["BUR-INQUIRIES"]
    assert len(codes[1]) == 4


def test_one_and_many_are_told_apart():
    once, thrice = (
        english(reasons=(given("ACC-LATE-PAST", count=count),))["reasons"][0]["explanation"]
        for count in (1, 3)
    )

    assert once.startswith("You paid us late 1 time in")
    assert thrice.startswith("You paid us late 3 times in")


@pytest.mark.parametrize("code", sorted(CATALOGUE.reasons))
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_reason_reads_whole(code, language):
    shown = compose(subject(reasons=(given(code), LITTLE_USED)))[language]["reasons"][0]
    texts = [shown[name] for name in ("title", "explanation", "what_you_can_do", "counterfactual")]
    texts += [part for pair in shown["pairs"] for part in pair.values()]

    assert shown["code"] == code
    for trace in ("{", "}", "(s)", "None", "2026-09"):
        assert trace not in " ".join(texts)


def test_every_fact_and_origin_has_a_label():
    assert FACT_LABELS.keys() == FACT_KINDS.keys()
    assert set(CATALOGUE.origins) == ORIGINS.keys()
