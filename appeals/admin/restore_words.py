"""`restore_when` of the catalogue in words, for who reads a case or a reason and no formulas."""

from collections.abc import Mapping

from appeals.catalogue.facts import WATCHED_FACTS, FactKind
from appeals.catalogue.restore_when import Term, read_rule
from appeals.notice_text.words import Texts, fact_label

# What the lender tells of a line, as a name; what is true or false, as a sentence.
WATCHED_LABELS: Mapping[str, Texts] = {
    "bureau.score": {"en": "Credit score", "zh-hans": "信用评分"},
    "bureau.open_delinquencies": {
        "en": "Late payments with other lenders",
        "zh-hans": "在其他机构的逾期笔数",
    },
    "bureau.accounts_opened_6m": {
        "en": "Accounts opened in 6 months",
        "zh-hans": "近6个月新开账户数",
    },
    "bureau.hard_inquiries_6m": {
        "en": "Credit checks in 6 months",
        "zh-hans": "近6个月查询次数",
    },
    "bureau.open_lenders": {"en": "Lenders", "zh-hans": "借款机构数"},
    "bureau.open_collections": {"en": "Debts in collection", "zh-hans": "催收中的债务笔数"},
    "account.days_past_due": {"en": "Days past due with us", "zh-hans": "在我们这里的逾期天数"},
    "account.on_time_cycles": {"en": "Bills paid on time", "zh-hans": "按时还款的期数"},
    "account.min_pay_months_12": {
        "en": "Months with the minimum, of 12",
        "zh-hans": "近12个月中只还最低额的月数",
    },
    "account.returned_payments_3m": {
        "en": "Returned payments in 3 months",
        "zh-hans": "近3个月被退回的还款次数",
    },
    "account.over_limit_6m": {
        "en": "Times over the limit in 6 months",
        "zh-hans": "近6个月超额次数",
    },
    "bureau.utilisation": {
        "en": "Use of the credit limits at all lenders",
        "zh-hans": "在各机构的额度使用率",
    },
    "affordability.dti": {"en": "Payments as a share of income", "zh-hans": "还款占收入比例"},
    "bureau.total_debt": {"en": "Debt in all", "zh-hans": "负债总额"},
    "income.monthly": {"en": "Income a month", "zh-hans": "月收入"},
    "exposure.total": {"en": "Credit with us in all", "zh-hans": "在本集团的额度合计"},
    "bureau.file_status": {"en": "State of the credit file", "zh-hans": "信用报告状态"},
    "bureau.insolvency_discharged": {
        "en": "The insolvency has ended",
        "zh-hans": "破产程序已终结",
    },
    "bureau.file_reissued": {
        "en": "The credit bureau has issued the file anew",
        "zh-hans": "征信机构已重新出具信用报告",
    },
    "customer.confirmed_need": {
        "en": "The customer has confirmed that they need the line",
        "zh-hans": "客户已确认需要该额度",
    },
    "customer.need_shown": {
        "en": "The customer has shown that they need the limit",
        "zh-hans": "客户已证明需要该额度",
    },
    "customer.request_after_cooling_off": {
        "en": "The customer has asked again after the days to wait",
        "zh-hans": "客户在等待期后再次提出申请",
    },
    "fraud.case_closed_ok": {
        "en": "The fraud case is closed and found nothing against the customer",
        "zh-hans": "欺诈调查已结束，未发现客户有问题",
    },
    "account.payment_method_valid": {
        "en": "The way to pay works again",
        "zh-hans": "还款方式已恢复有效",
    },
    "income.verified": {"en": "The income has been confirmed", "zh-hans": "收入已核实"},
    "income.updated_within_12m": {
        "en": "The income was updated in the last 12 months",
        "zh-hans": "近12个月内已更新收入信息",
    },
    "employment.verified": {"en": "The job has been confirmed", "zh-hans": "工作情况已核实"},
    "identity.document_valid": {
        "en": "The identity document is valid",
        "zh-hans": "身份证件有效",
    },
    "identity.match": {"en": "The identity matches our records", "zh-hans": "身份信息一致"},
    "identity.reverified": {
        "en": "The identity has been confirmed again",
        "zh-hans": "身份已重新核实",
    },
    "address.verified": {"en": "The address has been confirmed", "zh-hans": "地址已核实"},
    "address.outside_region": {
        "en": "The customer lives outside the region now",
        "zh-hans": "客户现居住在该地区以外",
    },
    "address.in_service_area": {
        "en": "The customer lives where we offer the line",
        "zh-hans": "客户居住在服务地区内",
    },
    "contact.verified": {
        "en": "The ways to reach the customer have been confirmed",
        "zh-hans": "联系方式已核实",
    },
    "policy.region_rule_ended": {
        "en": "The rule for the region has ended",
        "zh-hans": "针对该地区的政策已结束",
    },
    "policy.product_rule_ended": {
        "en": "The rule for the product has ended",
        "zh-hans": "针对该产品的政策已结束",
    },
    "policy.portfolio_rule_ended": {
        "en": "The rule for such accounts has ended",
        "zh-hans": "针对此类账户的政策已结束",
    },
    "eligibility.ok": {
        "en": "The customer is one of those the product is for",
        "zh-hans": "客户符合产品的适用条件",
    },
    "partner.share_restored": {
        "en": "The funding partner pays its share again",
        "zh-hans": "资金合作方已恢复出资",
    },
    "record.corrected": {"en": "The record has been corrected", "zh-hans": "记录已更正"},
    "incident.remediated": {
        "en": "What the faulty rule did has been put right",
        "zh-hans": "规则差错造成的影响已纠正",
    },
    "score.band_recovered": {
        "en": "The account score is in its earlier band again",
        "zh-hans": "账户评分已回到原等级",
    },
    "legal.hold_released": {
        "en": "The legal restriction has been lifted",
        "zh-hans": "法律限制已解除",
    },
    "plan.completed": {"en": "The payment plan is completed", "zh-hans": "还款计划已完成"},
    "affordability.ok": {
        "en": "The customer can afford the payments again",
        "zh-hans": "客户已具备还款能力",
    },
}
# What a text of the lender may say, in words.
VALUES: Mapping[str, Texts] = {"ok": {"en": "in order", "zh-hans": "正常"}}
COMPARED: Mapping[str, Texts] = {
    "==": {"en": "{fact}: {value}", "zh-hans": "{fact}：{value}"},
    "<=": {"en": "{fact}: at most {value}", "zh-hans": "{fact}：不高于{value}"},
    ">=": {"en": "{fact}: at least {value}", "zh-hans": "{fact}：不低于{value}"},
    "<": {"en": "{fact}: below {value}", "zh-hans": "{fact}：低于{value}"},
    ">": {"en": "{fact}: above {value}", "zh-hans": "{fact}：高于{value}"},
}
FOR: Texts = {"en": "{term}, for {months} months on end", "zh-hans": "{term}，持续{months}个月"}
FOR_ONE: Texts = {"en": "{term}, for a month", "zh-hans": "{term}，持续1个月"}
OR: Texts = {"en": "; or: ", "zh-hans": "；或："}
NEVER: Texts = {
    "en": "Never by itself: a person decides",
    "zh-hans": "不会自行解除：由工作人员决定",
}
QUOTED: Texts = {"en": "“{label}” of the decision", "zh-hans": "决定中的“{label}”"}


def restore_words(rule: str, code: str, language: str, values: Mapping[str, str]) -> str:
    """The condition in words; `values` are the facts of a decision, as they are shown.

    A fact that is not among them is called by its name, as where a reason is looked at without
    a decision.
    """
    terms = [_term(term, code, language, values) for term in read_rule(rule)]
    return OR[language].join(terms) or NEVER[language]


def _term(term: Term, code: str, language: str, values: Mapping[str, str]) -> str:
    text = WATCHED_LABELS[term.fact][language]
    if term.compare:
        value = _value(term, code, language, values)
        text = COMPARED[term.compare][language].format(fact=text, value=value)
    if not term.months:
        return text
    return (FOR_ONE if term.months == 1 else FOR)[language].format(term=text, months=term.months)


def _value(term: Term, code: str, language: str, values: Mapping[str, str]) -> str:
    if term.value.startswith("{"):
        name = term.value[1:-1]
        label = QUOTED[language].format(label=fact_label(code, name, language))
        return values.get(name, label)
    if term.value.startswith('"'):
        text = term.value[1:-1]
        return VALUES[text][language] if text in VALUES else text
    is_share = WATCHED_FACTS[term.fact] is FactKind.PERCENT
    return f"{term.value}%" if is_share else term.value
