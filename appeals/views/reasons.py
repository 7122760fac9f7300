"""The disputed reasons in the words of the notice the customer was sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from appeals.models import DecisionReason, Ground, Notice


@dataclass(frozen=True)
class ReasonWords:
    """One reason as the notice told it, in the reader's language."""

    rank: int
    title: str
    explanation: str
    what_you_can_do: str
    is_restricted: bool


@dataclass(frozen=True)
class GroundWords:
    """A disputed reason with what the customer says about it."""

    reason: ReasonWords
    ground: Ground


def in_words(rows: Iterable[DecisionReason], notice: Notice) -> list[ReasonWords]:
    told = {reason["code"]: reason for reason in frozen_text(notice)["reasons"]}
    return [_words(row, told[row.code]) for row in rows if row.code in told]


def grounds_in_words(grounds: Iterable[Ground], notice: Notice) -> list[GroundWords]:
    told = {reason["code"]: reason for reason in frozen_text(notice)["reasons"]}
    return [
        GroundWords(_words(ground.decision_reason, told[ground.decision_reason.code]), ground)
        for ground in grounds
    ]


def frozen_text(notice: Notice) -> dict[str, Any]:
    """The notice in the reader's language, else in the one it was sent in."""
    language = get_language() or ""
    text: dict[str, Any] = notice.content.get(language) or notice.content[notice.language]
    return text


def _words(row: DecisionReason, told: dict[str, Any]) -> ReasonWords:
    return ReasonWords(
        rank=row.rank,
        title=told["title"],
        explanation=told["explanation"],
        what_you_can_do=told.get("what_you_can_do") or "",
        is_restricted=row.reason.is_restricted,
    )
