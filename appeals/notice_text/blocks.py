"""The fixed paragraphs and the outside bodies of a pack, as they stand on one notice."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from appeals.catalogue.packs import Block, Body, Pack
from appeals.notice_text.causes import Cause
from appeals.notice_text.formats import day_text
from appeals.notice_text.gate import Shown
from appeals.notice_text.subject import NoticeHeld, NoticeSubject

OWN_SCORE = "internal"


def paragraphs(
    subject: NoticeSubject, shown: Sequence[Shown], pack: Pack, language: str
) -> list[str]:
    """The paragraphs a customer is owed with this decision; NoticeHeld where one has a gap."""
    told = [block for block in pack.blocks if _belongs(block.when, subject, shown, pack)]
    return [
        _filled(block, _values(block, subject, shown, pack, language), language)
        if block.needs
        else block.text[language]
        for block in told
    ]


def bodies(shown: Sequence[Shown], pack: Pack, language: str) -> list[dict[str, str]]:
    """Who outside can help, in the pack's order; a bureau only where its report was used."""
    bureau = _bureau(shown, pack) if _uses_report(shown) else None
    return [dict(one) for one in _told_bodies(pack, bureau.key if bureau else "", language)]


@lru_cache(maxsize=256)
def _told_bodies(pack: Pack, bureau: str, language: str) -> tuple[Mapping[str, str], ...]:
    told = (*pack.helpers, *([pack.bodies[bureau]] if bureau else []))
    return tuple(
        {
            "key": body.key,
            "name": body.name[language],
            "help": body.help[language],
            "address": body.address[language] if body.address else "",
            "site": body.site,
            "phone": body.phone,
        }
        for body in told
    )


def _belongs(when: str, subject: NoticeSubject, shown: Sequence[Shown], pack: Pack) -> bool:
    match when:
        case "automated":
            return subject.automated
        case "credit_report":
            return _uses_report(shown)
        case "bureau_score":
            return _uses_report(shown) and _has_bureau_score(subject)
        case "fee_guard":
            return _guard_days(subject, pack) is not None
    return True


def _uses_report(shown: Sequence[Shown]) -> bool:
    return any(reason.from_credit_report for reason, _ in shown)


def _has_bureau_score(subject: NoticeSubject) -> bool:
    return bool(subject.score and subject.score["source"] != OWN_SCORE)


def _guard_days(subject: NoticeSubject, pack: Pack) -> int | None:
    """For how many days after the notice nothing may be charged for the cut."""
    guards = [
        clock.number
        for clock in pack.notice_clocks.values()
        if clock.is_guard and clock.is_for(subject.action, subject.product)
    ]
    return max(guards, default=None)


def _bureau(shown: Sequence[Shown], pack: Pack) -> Body | None:
    """The bureau a reason names, else the lender's usual one; None when we know no such bureau."""
    for reason, given in shown:
        if reason.from_credit_report and (named := given.facts.get("bureau")):
            return pack.bureau(named if isinstance(named, str) else named["en"])
    return pack.bureau()


def _values(
    block: Block, subject: NoticeSubject, shown: Sequence[Shown], pack: Pack, language: str
) -> dict[str, Any]:
    """What the paragraph's placeholders stand for."""
    lender = subject.lender
    values: dict[str, Any] = {
        "lender": lender.name,
        "lender_address": lender.address,
        "lender_phone": lender.phone,
    }
    if block.when in {"credit_report", "bureau_score"} and (bureau := _bureau(shown, pack)):
        values["bureau"] = bureau.name[language]
        values["bureau_address"] = bureau.address[language] if bureau.address else ""
        values["bureau_phone"] = bureau.phone
    if block.when == "bureau_score" and (score := subject.score):
        values |= {**score, "day": day_text(date.fromisoformat(str(score["as_of"])), language)}
    if block.when == "fee_guard" and (days := _guard_days(subject, pack)):
        values["day"] = day_text(subject.told_on + timedelta(days=days), language)
    return values


def _filled(block: Block, values: Mapping[str, Any], language: str) -> str:
    missing = sorted(name for name in block.needs if values.get(name) in {None, ""})
    if missing:
        raise NoticeHeld(Cause.BLOCK_UNFILLED, block=block.key, facts=", ".join(missing))
    return block.text[language].format(**values)
