"""Facts for any reason of the catalogue, believable enough to look at."""

from datetime import date, timedelta
from random import Random
from typing import Any

from appeals.catalogue import CATALOGUE
from appeals.catalogue.facts import FACT_KINDS, FactKind

WORDS: dict[str, dict[str, str]] = {
    "authority": {"en": "the county court", "zh-hans": "区人民法院"},
    "bureau": {"en": "Northern Credit Bureau", "zh-hans": "北方征信"},
    "fact": {"en": "that you finished your studies", "zh-hans": "您已完成学业"},
    "field": {"en": "monthly income", "zh-hans": "月收入"},
    "group": {"en": "students", "zh-hans": "在校学生"},
    "new_band": {"en": "D", "zh-hans": "D"},
    "old_band": {"en": "A", "zh-hans": "A"},
    "POL-PRODUCT.group": {"en": "the student plan", "zh-hans": "学生计划"},
    "partner": {"en": "Harbour Bank", "zh-hans": "海港银行"},
    "signs": {
        "en": "several cash advances in one month",
        "zh-hans": "一个月内多次预借现金",
    },
    "trait": {"en": "a store card opened in 2024", "zh-hans": "2024年开立的联名卡"},
    "value": {"en": "1,850 a month", "zh-hans": "每月1,850"},
}
# Numbers that stand in one sentence fit each other, so that no text contradicts itself.
NUMBERS: dict[str, tuple[int, int]] = {
    "count": (2, 5),
    "months": (6, 12),
    "cycles": (3, 6),
    "n": (3, 3),
    "days": (30, 90),
    "old_score": (690, 740),
    "new_score": (560, 630),
    "target_score": (660, 680),
    "util_pct": (85, 98),
    "limit_pct": (70, 80),
    "peak_pct": (4, 22),
    "dti_pct": (48, 66),
    "cap_pct": (40, 40),
    "amount": (120, 900),
    "old_debt": (6_000, 9_000),
    "new_debt": (14_000, 19_000),
    "debt_cap": (12_000, 12_000),
    "old_income": (3_000, 4_200),
    "new_income": (1_600, 2_400),
    "cap": (20_000, 20_000),
    "total": (20_500, 20_900),
    "BUR-INQUIRIES.count": (5, 8),
    "BUR-MULTI-LENDER.count": (5, 8),
    "BUR-NEW-ACCOUNTS.count": (5, 8),
    "INC-DROP.amount": (2_500, 2_900),
    "INC-UNVERIFIED.amount": (1_800, 2_600),
    "POL-EXPOSURE-CAP.amount": (900, 1_000),
    "POL-PRODUCT.amount": (1_400, 1_400),
}
DAYS_BEFORE: dict[str, tuple[int, int]] = {
    "date": (5, 60),
    "due_date": (12, 30),
    "start": (20, 25),
    "end": (2, 6),
    "ACC-INACTIVE.date": (370, 430),
    "INC-OUTDATED.date": (400, 500),
}


def make_facts(random: Random, code: str, *, day: date, region: str = "") -> dict[str, Any]:
    """Every fact the reason's texts name, for a decision made on this day."""
    # The engine sends what the file's texts name; an edition may tell less of it.
    reason = CATALOGUE.shipped.reasons[code]
    names = sorted(reason.needed_facts | reason.counterfactual_facts)
    return {
        name: _fact(random, code, name, day=day) if name != "region" else region for name in names
    }


def _fact(random: Random, code: str, name: str, *, day: date) -> Any:
    key = f"{code}.{name}"
    match FACT_KINDS[name]:
        case FactKind.WORDS:
            return WORDS.get(key, WORDS[name])
        case FactKind.DAY:
            span = DAYS_BEFORE.get(key, DAYS_BEFORE[name])
            return (day - timedelta(days=random.randint(*span))).isoformat()
        case FactKind.MONTH:
            return (day - timedelta(days=random.randint(30, 90))).isoformat()[:7]
    number = random.randint(*NUMBERS.get(key, NUMBERS[name]))
    return f"{number}.00" if FACT_KINDS[name] is FactKind.MONEY else number
