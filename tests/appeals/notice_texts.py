"""Frozen notices written by hand, in the shape the why page reads."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.utils import timezone

from appeals.models import LineDecision, Notice
from portal.lib.references import new_reference

ENGLISH: dict[str, Any] = {
    "headline": "We lowered your limit on 2 October 2026",
    "line": "Everyday credit line ending 9793",
    "before": {"label": "Your limit was", "value": "$4,000.00"},
    "after": {"label": "It is now", "value": "$1,400.00"},
    "share_left": 35,
    "figures": ["You have used $612.40", "$787.60 left to spend"],
    "unchanged": "What you owe and when you pay it stay the same. No fee follows from this change.",
    "effective": "This started on 2 October 2026.",
    "automated": "A computer made this decision. You can ask a person to look at it.",
    "policy": None,
    "reasons": [
        {
            "code": "MOD-SCORE-BAND",
            "rank": 1,
            "origin": "model",
            "title": "Our account score for you went down",
            "explanation": "Our score for you moved from band A to band D on 2 October 2026.",
            "pairs": [
                {"label": "Your band", "value": "D"},
                {"label": "Our rule starts at", "value": "C or lower"},
            ],
            "counterfactual": "In band B or higher, this reason would not apply.",
            "what_you_can_do": "Tell us if your income or your job has changed. We will look again.",
            "papers": [
                {"key": "bank_statement", "label": "Bank statements"},
                {"key": "payslip", "label": "Recent payslips"},
            ],
            "restricted": False,
        },
        {
            "code": "BUR-UTIL-HIGH",
            "rank": 2,
            "origin": "behaviour",
            "title": "You used little of your limit",
            "explanation": "In the last 6 months you used at most 18% of your limit.",
            "pairs": [
                {"label": "Your highest use", "value": "18%"},
                {"label": "Months we looked at", "value": "6"},
            ],
            "counterfactual": None,
            "what_you_can_do": "",
            "papers": [],
            "restricted": False,
        },
    ],
    "deadline": "Please appeal by 1 December 2026. After that we only ask why it is late.",
    "rights": [
        "You can ask us to correct a fact about you.",
        "You can complain to us, and then to the regulator.",
    ],
}

CHINESE: dict[str, Any] = {
    "headline": "我们于2026年10月2日调低了您的额度",
    "line": "日常信用额度，尾号9793",
    "before": {"label": "原额度", "value": "US$4,000.00"},
    "after": {"label": "现额度", "value": "US$1,400.00"},
    "share_left": 35,
    "figures": ["您已使用 US$612.40", "还可使用 US$787.60"],
    "unchanged": "您的欠款和还款日都不变。这次调整不收取任何费用。",
    "effective": "自2026年10月2日起生效。",
    "automated": "这个决定由计算机作出。您可以要求人工复核。",
    "policy": None,
    "reasons": [
        {
            "code": "MOD-SCORE-BAND",
            "rank": 1,
            "origin": "model",
            "title": "我们对您的账户评分下降了",
            "explanation": "2026年10月2日，您的评分由A档变为D档。",
            "pairs": [
                {"label": "您的档位", "value": "D"},
                {"label": "规则起点", "value": "C或更低"},
            ],
            "counterfactual": "如果是B档或更高，这条原因就不适用。",
            "what_you_can_do": "如果您的收入或工作有变化，请告诉我们，我们会重新审核。",
            "papers": [
                {"key": "bank_statement", "label": "银行流水"},
                {"key": "payslip", "label": "近期工资单"},
            ],
            "restricted": False,
        },
        {
            "code": "BUR-UTIL-HIGH",
            "rank": 2,
            "origin": "behaviour",
            "title": "您很少使用额度",
            "explanation": "最近6个月，您最多使用了额度的18%。",
            "pairs": [
                {"label": "最高使用率", "value": "18%"},
                {"label": "统计月数", "value": "6"},
            ],
            "counterfactual": None,
            "what_you_can_do": "",
            "papers": [],
            "restricted": False,
        },
    ],
    "deadline": "请在2026年12月1日前提出申诉。逾期我们只会询问原因。",
    "rights": ["您可以要求我们更正有关您的信息。", "您可以向我们投诉，之后也可以向监管机构投诉。"],
}


def freeze_notice(
    decision: LineDecision,
    *,
    language: str = "en",
    created_at: datetime | None = None,
    english: dict[str, Any] | None = None,
    chinese: dict[str, Any] | None = None,
) -> Notice:
    """Tell the customer of the decision in the texts above, with the changes given."""
    content = {"en": ENGLISH | (english or {}), "zh-hans": CHINESE | (chinese or {})}
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False).encode()
    return Notice.objects.create(
        reference=new_reference("RN"),
        decision=decision,
        language=language,
        content=content,
        sha256=hashlib.sha256(canonical).hexdigest(),
        catalogue_version="test",
        template_version="test",
        created_at=created_at or timezone.now(),
    )
