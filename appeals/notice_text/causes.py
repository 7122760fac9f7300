"""Why a notice waits, in words for staff; nothing of the customer is in them."""

from collections.abc import Mapping
from enum import StrEnum

from appeals.notice_text.words import Texts


class Cause(StrEnum):
    UNKNOWN_REASON = "unknown_reason"
    INCOMPLETE = "incomplete"
    OUT_OF_ORDER = "out_of_order"
    NOT_DISCLOSABLE = "not_disclosable"
    NOT_SPECIFIC = "not_specific"
    BLOCK_UNFILLED = "block_unfilled"
    INCIDENT = "incident"
    RESIDENCE = "residence"


NAMES: Mapping[Cause, Texts] = {
    Cause.UNKNOWN_REASON: {"en": "Reason not in the catalogue", "zh-hans": "原因不在目录中"},
    Cause.INCOMPLETE: {"en": "A fact is missing", "zh-hans": "缺少事实"},
    Cause.OUT_OF_ORDER: {"en": "Reasons out of order", "zh-hans": "原因顺序有误"},
    Cause.NOT_DISCLOSABLE: {"en": "May not be disclosed", "zh-hans": "不得披露"},
    Cause.NOT_SPECIFIC: {"en": "Not specific enough", "zh-hans": "原因不够具体"},
    Cause.BLOCK_UNFILLED: {"en": "A required paragraph has a gap", "zh-hans": "必备段落不完整"},
    Cause.INCIDENT: {"en": "Held by an incident", "zh-hans": "因规则事件暂缓"},
    Cause.RESIDENCE: {
        "en": "No objective reasons for residence",
        "zh-hans": "缺少居住地的客观理由",
    },
}
SAID: Mapping[Cause, Texts] = {
    Cause.UNKNOWN_REASON: {
        "en": "The reason catalogue has no {reason}.",
        "zh-hans": "原因目录中没有{reason}。",
    },
    Cause.INCOMPLETE: {
        "en": "{reason} lacks the fact {facts}: the customer would read a text with a hole.",
        "zh-hans": "{reason}缺少事实{facts}，客户会读到不完整的文字。",
    },
    Cause.OUT_OF_ORDER: {
        "en": (
            "{reason} weighs more than the reason before it. The heaviest reason must come first."
        ),
        "zh-hans": "{reason}的权重高于排在它前面的原因。权重最高的原因应排在最前。",
    },
    Cause.NOT_DISCLOSABLE: {
        "en": "{reason} may not be disclosed to the customer by the pack {pack}.",
        "zh-hans": "按照规则包{pack}，不得向客户披露{reason}。",
    },
    Cause.NOT_SPECIFIC: {
        "en": (
            "The decision gives {reason}, which may not stand alone. "
            "Ask for a new decision with a concrete reason beside it."
        ),
        "zh-hans": "该决定只给出了{reason}，不能单独作为原因。请要求重新作出决定，并附上具体原因。",
    },
    Cause.BLOCK_UNFILLED: {
        "en": "The paragraph {block} has a gap: {facts}. Complete the pack or the settings.",
        "zh-hans": "段落{block}缺少{facts}的内容：请补全规则包或设置。",
    },
    Cause.INCIDENT: {
        "en": "Its rule is looked into under {incident}. It waits until that is closed.",
        "zh-hans": "其规则正在事件{incident}中调查，在该事件关闭前暂缓发送。",
    },
    Cause.RESIDENCE: {
        "en": (
            "{reason} rests on where the customer lives. The pack {pack} lets that count only for "
            "objective reasons: write them on the page of the policy {policy}."
        ),
        "zh-hans": (
            "{reason}以客户的居住地为依据。规则包{pack}只允许在有客观理由时这样做："
            "请在政策{policy}的页面上写明。"
        ),
    },
}
NO_REASON: Texts = {"en": "no reason at all", "zh-hans": "（没有任何原因）"}


def cause_name(code: str, language: str) -> str:
    """What a cause is called in a list; one of an earlier version has no name."""
    return NAMES[Cause(code)][language] if code in SAID else ""


def cause_text(code: str, named: Mapping[str, str], language: str) -> str:
    """The cause in a sentence."""
    told = {**named, "reason": named.get("reason") or NO_REASON[language]}
    return SAID[Cause(code)][language].format(**told)
