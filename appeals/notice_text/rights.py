"""The fixed paragraphs of each jurisdiction; docs/notices.md says who must sign them off."""

from collections.abc import Mapping, Sequence
from datetime import date

from appeals.catalogue import Reason
from appeals.notice_text.formats import day_text, words_text
from appeals.notice_text.subject import NoticeReason, NoticeSubject
from appeals.notice_text.words import Texts

RIGHTS: Mapping[str, Sequence[Texts]] = {
    "US": (
        {
            "en": (
                "The federal Equal Credit Opportunity Act prohibits creditors from discriminating "
                "against credit applicants on the basis of race, color, religion, national "
                "origin, sex, marital status, age (provided the applicant has the capacity to "
                "enter into a binding contract); because all or part of the applicant's income "
                "derives from any public assistance program; or because the applicant has in "
                "good faith exercised any right under the Consumer Credit Protection Act. The "
                "federal agency that administers compliance with this law concerning this "
                "creditor is the Consumer Financial Protection Bureau, 1700 G Street NW, "
                "Washington, DC 20552."
            ),
            "zh-hans": (
                "美国联邦《平等信贷机会法》禁止授信机构因种族、肤色、宗教、原籍国、性别、婚姻状况、"
                "年龄（申请人须具备订立有约束力合同的能力），或因申请人的全部或部分收入来自公共援助"
                "项目，或因申请人善意行使《消费者信贷保护法》规定的权利而歧视信贷申请人。负责监督本"
                "机构遵守该法的联邦机构是消费者金融保护局（Consumer Financial Protection Bureau, "
                "1700 G Street NW, Washington, DC 20552）。"
            ),
        },
    ),
    "GB": (
        {
            "en": (
                "You can tell us your view, ask for a person to decide, and challenge a decision "
                "made only by a computer (UK GDPR, Articles 22A to 22D)."
            ),
            "zh-hans": (
                "对于仅由系统自动作出的决定，您可以表达意见、要求人工处理并提出异议"
                "（英国GDPR第22A至22D条）。"
            ),
        },
        {
            "en": (
                "You can complain to us. If we have not answered after eight weeks, or you do not "
                "accept our answer, the Financial Ombudsman Service can look at it free of "
                "charge, within six months of our final answer: www.financial-ombudsman.org.uk."
            ),
            "zh-hans": (
                "您可以向我们投诉。如果我们在八周内未答复，或您不接受答复，可在我们最终答复后六个月内"
                "免费请求金融申诉专员（Financial Ombudsman Service）处理："
                "www.financial-ombudsman.org.uk。"
            ),
        },
        {
            "en": "Free help with money and debt: MoneyHelper, www.moneyhelper.org.uk.",
            "zh-hans": "免费的理财与债务帮助：MoneyHelper，www.moneyhelper.org.uk。",
        },
    ),
    "EU": (
        {
            "en": (
                "You can ask for a clear explanation of this decision, give your view, and have "
                "a person look at it again (GDPR, Article 22)."
            ),
            "zh-hans": (
                "您可以要求我们清楚说明这项决定、表达您的意见，并要求人工复核（GDPR第22条）。"
            ),
        },
        {
            "en": (
                "You can ask which data about you we used and have wrong data corrected "
                "(GDPR, Articles 15 and 16)."
            ),
            "zh-hans": "您可以查询我们使用了您的哪些数据，并要求更正错误数据（GDPR第15、16条）。",
        },
        {
            "en": (
                "You can complain to us, to the body for disputes out of court in your country, "
                "or to your data protection authority."
            ),
            "zh-hans": "您可以向我们、所在国的庭外争议解决机构或数据保护机构投诉。",
        },
    ),
    "CN": (
        {
            "en": (
                "You can ask us to explain this decision, and refuse one made only by automated "
                "means (Personal Information Protection Law, Article 24)."
            ),
            "zh-hans": (
                "您有权要求我们对这项决定予以说明，并有权拒绝仅通过自动化决策的方式作出的决定"
                "（《个人信息保护法》第二十四条）。"
            ),
        },
        {
            "en": "You can see the personal information we used and have mistakes corrected.",
            "zh-hans": "您可以查阅我们使用的个人信息，并要求更正错误。",
        },
        {
            "en": (
                "You can complain to us: we answer within 15 days, or 30 when it is complex. "
                "You can also call the hotline for consumers of financial services, 12378."
            ),
            "zh-hans": (
                "您可以向我们投诉，我们会在15日内答复，情况复杂的在30日内答复。"
                "您也可以拨打金融消费者投诉热线12378。"
            ),
        },
    ),
}

CREDIT_REPORT: Texts = {
    "en": (
        "We used a credit report from {bureau}. The bureau did not make this decision and cannot "
        "say why we made it. You can get a free copy of the report from it within 60 days, and "
        "dispute what is wrong or incomplete."
    ),
    "zh-hans": (
        "我们使用了{bureau}提供的信用报告。该机构没有作出这项决定，也无法说明原因。您可以在60天内"
        "向其免费索取一份报告，并就错误或不完整的内容提出异议。"
    ),
}
ANY_BUREAU: Texts = {"en": "a credit bureau", "zh-hans": "征信机构"}
SCORE: Texts = {
    "en": "The score we used was {value}, on a scale from {min} to {max}, dated {day} ({source}).",
    "zh-hans": "我们使用的评分为{value}分（范围{min}至{max}），日期为{day}（{source}）。",
}
OWN_SCORE = "internal"


def rights(
    subject: NoticeSubject, shown: Sequence[tuple[Reason, NoticeReason]], language: str
) -> list[str]:
    """The paragraphs a customer of this jurisdiction is owed with this decision."""
    paragraphs = [texts[language] for texts in RIGHTS[subject.jurisdiction]]
    from_report = [given for reason, given in shown if reason.from_credit_report]
    if subject.jurisdiction == "US" and from_report:
        paragraphs.append(CREDIT_REPORT[language].format(bureau=_bureau(from_report, language)))
        if subject.score and subject.score["source"] != OWN_SCORE:
            paragraphs.append(_score(subject.score, language))
    return paragraphs


def _bureau(given: Sequence[NoticeReason], language: str) -> str:
    names = [reason.facts["bureau"] for reason in given if "bureau" in reason.facts]
    return words_text(names[0], language) if names else ANY_BUREAU[language]


def _score(score: Mapping[str, object], language: str) -> str:
    day = day_text(date.fromisoformat(str(score["as_of"])), language)
    return SCORE[language].format(**score, day=day)
