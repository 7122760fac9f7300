"""Every fixed word of a notice but the rights, in both languages."""

from collections.abc import Mapping

from appeals.catalogue import Reason

Texts = Mapping[str, str]
ByAction = Mapping[str, Texts]

HEADLINES: ByAction = {
    "reduce": {"en": "We lowered your limit on {day}", "zh-hans": "您的额度已于{day}下调"},
    "suspend": {
        "en": "We paused your credit line on {day}",
        "zh-hans": "您的额度已于{day}暂停使用",
    },
    "close": {"en": "We closed your credit line on {day}", "zh-hans": "您的账户已于{day}关闭"},
    "restore": {"en": "We restored your credit line on {day}", "zh-hans": "您的额度已于{day}恢复"},
    "raise": {"en": "We raised your limit on {day}", "zh-hans": "您的额度已于{day}提高"},
}
HEADLINES_AHEAD: ByAction = {
    "reduce": {"en": "We will lower your limit on {day}", "zh-hans": "您的额度将于{day}下调"},
    "suspend": {
        "en": "We will pause your credit line on {day}",
        "zh-hans": "您的额度将于{day}暂停使用",
    },
    "close": {"en": "We will close your credit line on {day}", "zh-hans": "您的账户将于{day}关闭"},
    "restore": {
        "en": "We will restore your credit line on {day}",
        "zh-hans": "您的额度将于{day}恢复",
    },
    "raise": {"en": "We will raise your limit on {day}", "zh-hans": "您的额度将于{day}提高"},
}

LINE: Texts = {"en": "{product} ending {last4}", "zh-hans": "{product}（尾号{last4}）"}
# Products whose English name we can say in Chinese; another one is shown as the lender calls it.
PRODUCTS: Mapping[str, Texts] = {
    "Everyday credit line": {"zh-hans": "日常信用额度"},
    "Credit card": {"zh-hans": "信用卡"},
    "Pay later": {"zh-hans": "先享后付"},
}

BEFORE: Texts = {"en": "Your limit was", "zh-hans": "原额度"}
AFTER: Texts = {"en": "It is now", "zh-hans": "现额度"}
AFTER_AHEAD: Texts = {"en": "It will be", "zh-hans": "将变为"}
NEW_STATES: ByAction = {
    "suspend": {"en": "Paused", "zh-hans": "暂停使用"},
    "close": {"en": "Closed", "zh-hans": "已关闭"},
}

USED: Texts = {"en": "You have used {amount}", "zh-hans": "已使用{amount}"}
LEFT: Texts = {"en": "{amount} left to spend", "zh-hans": "还可使用{amount}"}
NOTHING_LEFT: Texts = {"en": "Nothing left to spend for now", "zh-hans": "目前没有可用额度"}
NO_SPENDING: ByAction = {
    "suspend": {"en": "No new spending for now", "zh-hans": "暂时不能新增使用"},
    "close": {"en": "No new spending", "zh-hans": "不能再新增使用"},
}
BY_COMPUTER: Texts = {"en": "Decided by a computer", "zh-hans": "由系统自动决定"}
BY_PERSON: Texts = {"en": "Decided by a person", "zh-hans": "由工作人员决定"}

UNCHANGED: Texts = {
    "en": "What you owe and when you pay it stay the same.",
    "zh-hans": "您的欠款金额和还款日期不变。",
}
UNCHANGED_OVER: Texts = {
    "en": (
        "What you owe and when you pay it stay the same. You have used {amount} more than the "
        "new limit; you do not have to pay that back sooner."
    ),
    "zh-hans": (
        "您的欠款金额和还款日期不变。您已使用的金额比新额度多{amount}，这部分无需提前归还。"
    ),
}
_LIMIT_SINCE: Texts = {
    "en": "The new limit has applied since {day}.",
    "zh-hans": "新额度自{day}起生效。",
}
_LIMIT_FROM: Texts = {
    "en": "The new limit applies from {day}. Your old limit holds until then.",
    "zh-hans": "新额度将自{day}起生效，在此之前原额度不变。",
}
EFFECTIVE: ByAction = {
    "reduce": _LIMIT_SINCE,
    "suspend": {
        "en": "The line has been paused since {day}. You cannot use it for new spending.",
        "zh-hans": "该额度自{day}起暂停使用，暂时不能新增使用。",
    },
    "close": {
        "en": "The line has been closed since {day}. You cannot use it for new spending.",
        "zh-hans": "该账户自{day}起关闭，不能再新增使用。",
    },
    "restore": _LIMIT_SINCE,
    "raise": _LIMIT_SINCE,
}
EFFECTIVE_AHEAD: ByAction = {
    "reduce": _LIMIT_FROM,
    "suspend": {
        "en": "The line will be paused from {day}. You can use it until then.",
        "zh-hans": "该额度将自{day}起暂停使用，在此之前可以正常使用。",
    },
    "close": {
        "en": "The line will be closed from {day}. You can use it until then.",
        "zh-hans": "该账户将自{day}起关闭，在此之前可以正常使用。",
    },
    "restore": _LIMIT_FROM,
    "raise": _LIMIT_FROM,
}

ANNOUNCED: Texts = {
    "en": "We told you on {day} that you had the higher limit for a time. That time is over.",
    "zh-hans": "我们曾于{day}告知您，较高的额度仅在一段时间内有效。该期限现已结束。",
}

COMPUTER: Texts = {
    "en": "A computer made this decision.",
    "zh-hans": "这项决定由系统自动作出。",
}
PERSON: Texts = {"en": "A person made this decision.", "zh-hans": "这项决定由工作人员作出。"}
COMPUTER_ASK: Texts = {
    "en": "A computer made this decision. You can ask for a person to look at it again.",
    "zh-hans": "这项决定由系统自动作出。您可以申请人工复核。",
}
PERSON_ASK: Texts = {
    "en": "A person made this decision. You can ask for another person to look at it again.",
    "zh-hans": "这项决定由工作人员作出。您可以申请由另一位工作人员复核。",
}

POLICY_TITLE: Texts = {"en": "Credit rule {ref}", "zh-hans": "{region}授信政策（{ref}）"}
POLICY: Texts = {
    "en": "This is a rule for a group of accounts, not a judgement about you.",
    "zh-hans": "这是针对一类账户的政策，并非对您个人的评价。",
}
POLICY_REGION: Texts = {
    "en": "This is a rule for {region}, not a judgement about you.",
    "zh-hans": "这是针对{region}的政策，并非对您个人的评价。",
}

DEADLINE: Texts = {
    "en": (
        "You have until {day} to ask us to look again. After that you still can; "
        "we will ask why it is late."
    ),
    "zh-hans": "您可以在{day}前（含当日）提出申诉；逾期仍可提出，我们会询问原因。",
}

ORIGINS: Mapping[str, Texts] = {
    "data": {"en": "about you", "zh-hans": "与您有关"},
    "behaviour": {"en": "about you", "zh-hans": "与您有关"},
    "model": {"en": "our rule", "zh-hans": "我们的规则"},
    "policy": {"en": "our rule", "zh-hans": "我们的规则"},
    "product": {"en": "about the product", "zh-hans": "与产品有关"},
    "region": {"en": "about your region", "zh-hans": "与所在地区有关"},
    "fraud": {"en": "for your safety", "zh-hans": "为保障安全"},
    "legal": {"en": "the law", "zh-hans": "法律要求"},
    "customer": {"en": "at your request", "zh-hans": "应您的申请"},
}
OUR_MISTAKE: Texts = {"en": "our mistake", "zh-hans": "我们的差错"}
OUR_MISTAKES = frozenset({"MOD-RULE-FAULT", "DAT-OUR-ERROR", "DAT-PAYMENT-MISPOSTED"})
# Reasons whose origin in the catalogue would read wrong as a label.
LABELS_OF_CODES: Mapping[str, Texts] = {
    "THR-JOINT": {"en": "about the account", "zh-hans": "与账户有关"},
    "LEG-DECEASED": {"en": "about our records", "zh-hans": "与我们的记录有关"},
    "BUR-INSOLVENCY": {"en": "about you", "zh-hans": "与您有关"},
}


def origin_label(reason: Reason, language: str) -> str:
    """Whom or what the reason is about, in two or three words."""
    if reason.code in OUR_MISTAKES:
        return OUR_MISTAKE[language]
    return LABELS_OF_CODES.get(reason.code, ORIGINS[reason.origin])[language]


# In the order in which they are listed: what is the customer's, what is ours, when.
FACT_LABELS: Mapping[str, Texts] = {
    "field": {"en": "What we looked at", "zh-hans": "核对的信息"},
    "value": {"en": "The value we used", "zh-hans": "我们使用的内容"},
    "util_pct": {"en": "Your use", "zh-hans": "您的使用率"},
    "peak_pct": {"en": "Your highest use", "zh-hans": "您的最高使用率"},
    "dti_pct": {"en": "Your payments as a share of income", "zh-hans": "您的还款占收入比例"},
    "old_score": {"en": "Your score before", "zh-hans": "原评分"},
    "new_score": {"en": "Your score", "zh-hans": "您的评分"},
    "old_band": {"en": "Your band before", "zh-hans": "原评分等级"},
    "new_band": {"en": "Your band", "zh-hans": "您的评分等级"},
    "old_debt": {"en": "Your debt before", "zh-hans": "原负债总额"},
    "new_debt": {"en": "Your debt", "zh-hans": "您的负债总额"},
    "old_income": {"en": "Your income before", "zh-hans": "原月收入"},
    "new_income": {"en": "Your income", "zh-hans": "您的月收入"},
    "total": {"en": "Your credit with us", "zh-hans": "您在本集团的额度合计"},
    "count": {"en": "How often", "zh-hans": "次数"},
    "amount": {"en": "Amount", "zh-hans": "金额"},
    "signs": {"en": "What we saw", "zh-hans": "我们注意到的情况"},
    "fact": {"en": "Our record", "zh-hans": "我们的记录"},
    "group": {"en": "Who the product is for", "zh-hans": "适用用户"},
    "trait": {"en": "What these accounts share", "zh-hans": "账户特征"},
    "region": {"en": "Region", "zh-hans": "地区"},
    "bureau": {"en": "Credit bureau", "zh-hans": "征信机构"},
    "partner": {"en": "Funding partner", "zh-hans": "资金合作方"},
    "authority": {"en": "Authority", "zh-hans": "有权机关"},
    "limit_pct": {"en": "Our rule starts at", "zh-hans": "我们的规则起点"},
    "cap_pct": {"en": "Our rule starts at", "zh-hans": "我们的规则起点"},
    "target_score": {"en": "Our rule asks for", "zh-hans": "我们要求的评分"},
    "debt_cap": {"en": "Our rule allows up to", "zh-hans": "我们的规则上限"},
    "cap": {"en": "The most we may lend", "zh-hans": "授信上限"},
    "n": {"en": "Our rule allows up to", "zh-hans": "我们的规则上限"},
    "cycles": {"en": "On-time bills needed", "zh-hans": "需要连续按时还款的期数"},
    "days": {"en": "Days to wait", "zh-hans": "等待天数"},
    "months": {"en": "Months we looked at", "zh-hans": "统计的月数"},
    "due_date": {"en": "Due on", "zh-hans": "到期日"},
    "month": {"en": "Latest one", "zh-hans": "最近一笔"},
    "start": {"en": "From", "zh-hans": "开始"},
    "end": {"en": "Until", "zh-hans": "结束"},
    "date": {"en": "When", "zh-hans": "日期"},
}
_LABELS_FOR: Mapping[tuple[str, str], Texts] = {
    ("ACC-INACTIVE", "date"): {"en": "Not used since", "zh-hans": "未使用起始日"},
    ("ACC-INACTIVE", "months"): {"en": "Months in our rule", "zh-hans": "规则中的月数"},
    ("ACC-LATE-NOW", "amount"): {"en": "Not yet paid", "zh-hans": "未到账金额"},
    ("ACC-MIN-PAY", "count"): {"en": "Months with the minimum", "zh-hans": "只还最低额的月数"},
    ("ACC-LATE-PAST", "count"): {"en": "Late payments", "zh-hans": "逾期次数"},
    ("BUR-COLLECTION", "month"): {"en": "Since", "zh-hans": "起始月份"},
    ("BUR-DELINQ-ELSEWHERE", "count"): {"en": "Late payments", "zh-hans": "逾期笔数"},
    ("BUR-INQUIRIES", "count"): {"en": "Credit checks", "zh-hans": "查询次数"},
    ("BUR-MULTI-LENDER", "count"): {"en": "Lenders", "zh-hans": "借款机构数"},
    ("BUR-NEW-ACCOUNTS", "count"): {"en": "New accounts", "zh-hans": "新开账户数"},
    ("BUR-TOTAL-DEBT", "date"): {"en": "Since", "zh-hans": "起始日"},
    ("HRD-OVERINDEBTED", "months"): {"en": "Months without it", "zh-hans": "未再出现的月数"},
    ("INC-DROP", "amount"): {"en": "Our rule asks for", "zh-hans": "我们要求的月收入"},
    ("INC-OUTDATED", "date"): {"en": "Last updated", "zh-hans": "上次更新"},
    ("INC-UNVERIFIED", "amount"): {"en": "Income to confirm", "zh-hans": "需核实的收入"},
    ("INC-UNVERIFIED", "date"): {"en": "We asked on", "zh-hans": "要求提供的日期"},
    ("POL-EXPOSURE-CAP", "amount"): {"en": "Lower by", "zh-hans": "需减少"},
    ("POL-PRODUCT", "amount"): {"en": "Limit for everyone", "zh-hans": "统一额度"},
    ("POL-REGION", "date"): {"en": "Since", "zh-hans": "起始日"},
}


def fact_label(code: str, name: str, language: str) -> str:
    return _LABELS_FOR.get((code, name), FACT_LABELS[name])[language]
