"""What the page says beside a frozen reason: what has passed since, what lies ahead, guides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_language

from appeals.catalogue import AHEAD, GUIDES
from appeals.catalogue.guides import Guide
from appeals.models import ClarityAnswer, DecisionReason, LineDecision


@dataclass(frozen=True)
class GuideLink:
    key: str
    title: str


@dataclass(frozen=True)
class ReasonHelp:
    """Beside one reason; none of it is part of the notice."""

    rank: int
    passed_since: datetime | None
    nothing_to_change: bool
    earliest: date | None
    guides: list[GuideLink]
    answer: ClarityAnswer | None


def help_of(decision: LineDecision) -> dict[str, ReasonHelp]:
    """By the reason's code; nothing about a reason of which we may not speak. Two queries."""
    rows = decision.reasons.select_related("passed")
    answers = {
        row.code: row
        for row in ClarityAnswer.objects.filter(
            notice=decision.notice, customer_id=decision.customer_id
        )
    }
    return {row.code: _help(row, decision, answers) for row in rows if not row.reason.is_restricted}


def guide_links(code: str) -> list[GuideLink]:
    language = get_language() or "en"
    return [_link(guide, language) for guide in GUIDES.of_reason(code)]


def _help(
    row: DecisionReason, decision: LineDecision, answers: Mapping[str, ClarityAnswer]
) -> ReasonHelp:
    passed = getattr(row, "passed", None)
    is_told = passed is not None and passed.ended_at is None and row.reason.origin != "fraud"
    return ReasonHelp(
        rank=row.rank,
        passed_since=passed.since if passed is not None and is_told else None,
        nothing_to_change=decision.is_adverse and row.code in AHEAD.nothing_to_change,
        earliest=_earliest(row, decision) if decision.is_adverse and not is_told else None,
        guides=guide_links(row.code),
        answer=answers.get(row.code),
    )


def _earliest(row: DecisionReason, decision: LineDecision) -> date | None:
    """The first day on which it can pass, while that lies ahead of the decision."""
    rule = AHEAD.earliest.get(row.code)
    decided_on = decision.decided_at.astimezone(decision.customer.zone).date()
    day = rule.day(row.facts, decided_on) if rule else None
    return day if day is not None and day > decided_on else None


def _link(guide: Guide, language: str) -> GuideLink:
    return GuideLink(guide.key, guide.title.get(language, guide.title["en"]))
