"""One notice in each language, word for word."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from appeals.notice_text import compose
from tests.appeals.subjects import english, given, subject


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
