"""Writes a notice: what changed, why, what would change it, and what the customer can do."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from appeals.catalogue import CATALOGUE, Catalogue
from appeals.catalogue.packs import Pack, pack_for
from appeals.deadlines import appeal_window_end, last_day
from appeals.notice_text import words
from appeals.notice_text.blocks import bodies, paragraphs
from appeals.notice_text.formats import amount_text, day_text, words_text
from appeals.notice_text.gate import Shown, reasons_to_show
from appeals.notice_text.reasons import facts_key, reason_text
from appeals.notice_text.regions import region_name
from appeals.notice_text.subject import NoticeSubject

LANGUAGES = ("en", "zh-hans")


def compose(
    subject: NoticeSubject, catalogue: Catalogue | None = None, pack: Pack | None = None
) -> dict[str, dict[str, Any]]:
    """The content of the notice by language; NoticeHeld when it would be half a notice.

    All its words are of one catalogue and one pack: those given, or those in force when it is
    begun.
    """
    pack = pack or pack_for(subject.jurisdiction, subject.region, subject.told_on)
    shown = reasons_to_show(subject, catalogue or CATALOGUE.current, pack)
    return {language: _content(subject, shown, pack, language) for language in LANGUAGES}


def _content(
    subject: NoticeSubject, shown: list[Shown], pack: Pack, language: str
) -> dict[str, Any]:
    is_restricted = any(reason.is_restricted for reason, _ in shown)
    return {
        "headline": _dated(words.HEADLINES, words.HEADLINES_AHEAD, subject, language),
        "line": words.LINE[language].format(
            product=words.PRODUCTS.get(subject.product, {}).get(language, subject.product),
            last4=subject.last4,
        ),
        "before": {
            "label": words.BEFORE[language],
            "value": amount_text(subject.old_limit, subject.currency, language),
        },
        "after": {
            "label": (words.AFTER_AHEAD if subject.is_ahead else words.AFTER)[language],
            "value": _new_state(subject, language),
        },
        "share_left": _share_left(subject),
        "figures": _figures(subject, language),
        "unchanged": _unchanged(subject, language),
        "effective": _effective(subject, language),
        "automated": _automated(subject, language),
        "policy": None if is_restricted else _policy(subject, language),
        "reasons": [
            {
                **reason_text(reason, facts_key(reason, given.facts), subject.currency, language),
                "rank": rank,
            }
            for rank, (reason, given) in enumerate(shown, start=1)
        ],
        "deadline": _deadline(subject, language) if subject.is_adverse else "",
        "rights": paragraphs(subject, shown, pack, language) if subject.is_adverse else [],
        "bodies": bodies(shown, pack, language) if subject.is_adverse else [],
    }


def _dated(
    told: words.ByAction, ahead: words.ByAction, subject: NoticeSubject, language: str
) -> str:
    text = (ahead if subject.is_ahead else told)[subject.action][language]
    return text.format(day=day_text(subject.effective_on, language))


def _effective(subject: NoticeSubject, language: str) -> str:
    """From when it holds; what was for a time says first that this was told before."""
    text = _dated(words.EFFECTIVE, words.EFFECTIVE_AHEAD, subject, language)
    if subject.announced_on is None:
        return text
    told = words.ANNOUNCED[language].format(day=day_text(subject.announced_on, language))
    return f"{told} {text}" if language == "en" else told + text


def _new_state(subject: NoticeSubject, language: str) -> str:
    """The new limit, or the word for a line that cannot be used."""
    state = words.NEW_STATES.get(subject.action)
    if state:
        return state[language]
    return amount_text(subject.new_limit, subject.currency, language)


def _share_left(subject: NoticeSubject) -> int | None:
    """How many percent of the old limit are left; never a misleading 0 or 100."""
    if subject.action != "reduce":
        return None
    share = round(subject.new_limit * 100 / subject.old_limit)
    return 0 if subject.new_limit == 0 else min(max(share, 1), 99)


def _figures(subject: NoticeSubject, language: str) -> list[str]:
    used = amount_text(subject.balance, subject.currency, language)
    return [
        words.USED[language].format(amount=used),
        _left_to_spend(subject, language),
        (words.BY_COMPUTER if subject.automated else words.BY_PERSON)[language],
    ]


def _left_to_spend(subject: NoticeSubject, language: str) -> str:
    if subject.action in words.NO_SPENDING:
        return words.NO_SPENDING[subject.action][language]
    left = subject.new_limit - subject.balance
    if left <= 0:
        return words.NOTHING_LEFT[language]
    return words.LEFT[language].format(amount=amount_text(left, subject.currency, language))


def _unchanged(subject: NoticeSubject, language: str) -> str:
    over = subject.balance - subject.new_limit
    if subject.action != "reduce" or over <= Decimal(0):
        return words.UNCHANGED[language]
    amount = amount_text(over, subject.currency, language)
    return words.UNCHANGED_OVER[language].format(amount=amount)


def _automated(subject: NoticeSubject, language: str) -> str:
    if not subject.is_adverse:
        return (words.COMPUTER if subject.automated else words.PERSON)[language]
    return (words.COMPUTER_ASK if subject.automated else words.PERSON_ASK)[language]


def _policy(subject: NoticeSubject, language: str) -> dict[str, str] | None:
    policy = subject.policy
    if policy is None:
        return None
    code = policy.get("region")
    region = region_name(code, language) if code else ""
    text = words.POLICY_REGION if code else words.POLICY
    return {
        "title": _policy_title(policy["title"], policy["ref"], (code, region), language),
        "text": text[language].format(region=region),
    }


def _policy_title(
    title: str | dict[str, str], ref: str, region: tuple[str | None, str], language: str
) -> str:
    """The lender's own title; one in English only is no use to a reader of Chinese."""
    if isinstance(title, str) and language != "en":
        return words.POLICY_TITLE[language].format(region=region[1], ref=ref)
    text = words_text(title, language)
    return text.replace(region[0], region[1]) if region[0] else text


def _deadline(subject: NoticeSubject, language: str) -> str:
    day = _last_day_to_appeal(subject.told_at, subject.zone)
    return words.DEADLINE[language].format(day=day_text(day, language))


@lru_cache(maxsize=1024)
def _last_day_to_appeal(told_at: datetime, zone: ZoneInfo) -> date:
    # The days count from when we tell: a late notice must not cost the customer any.
    return last_day(appeal_window_end(told_at, zone), zone)
