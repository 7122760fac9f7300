"""What a case shows of the like: other appeals and why they are alike, and what is suggested."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appeals.admin.case_parts import Paper, ReasonCard
from appeals.alike.measures import numbers_in
from appeals.alike.reading import Like, find_like, is_guarded_case
from appeals.alike.suggesting import (
    Record,
    Suggestion,
    record_of,
    suggest,
)
from appeals.models import Appeal
from appeals.models.appeals import STATE_NAMES
from appeals.models.review import OUTCOME_NAMES
from appeals.notice_text.formats import fact_value
from appeals.notice_text.words import fact_label
from appeals.states import AppealState, OutcomeKind
from portal.models import Customer

# Of the near ones; all of them are counted.
SHOWN = 5


@dataclass(frozen=True)
class Alike:
    """Another appeal: why it is alike, and what came of it."""

    reference: str
    why: str
    came_of_it: str


@dataclass(frozen=True)
class AlikePart:
    """What the page shows of the like; `made` are the suggestions on grounds without a finding."""

    lines: list[Alike]
    record: Record
    outcomes: list[tuple[str, int]]
    made: dict[int, Suggestion]


def load_alike(
    appeal: Appeal, cards: list[ReasonCard], papers: list[Paper], viewer: Customer
) -> AlikePart:
    """One query; none for a case that is not for everybody at the desk."""
    likes = find_like(appeal, [card.row for card in cards], viewer)
    same = _same_files(papers)
    named = {line.reference for line in same}
    near = [_line(like, cards) for like in likes if like.reference not in named]
    return AlikePart(
        lines=[*same, *near[:SHOWN]],
        record=record_of(likes),
        outcomes=_outcomes(likes),
        made={} if is_guarded_case(appeal) else dict(_suggestions(cards, papers, likes)),
    )


def _outcomes(likes: Iterable[Like]) -> list[tuple[str, int]]:
    counts = Counter(like.answer for like in likes if like.is_judged)
    return [(_answer_name(kind), number) for kind, number in counts.most_common()]


def _suggestions(
    cards: list[ReasonCard], papers: list[Paper], likes: list[Like]
) -> Iterable[tuple[int, Suggestion]]:
    doubtful = {paper.document.ground_id for paper in papers if _is_doubtful(paper)}
    for card in cards:
        if card.ground is None or card.finding or card.suggestion:
            continue
        made = suggest(card.row.code, likes, papers_doubtful=card.ground.pk in doubtful)
        if made is not None:
            yield card.ground.pk, made


def _is_doubtful(paper: Paper) -> bool:
    """What the checks of papers tell staff to look at; see the list of documents."""
    return paper.is_anothers_too or paper.is_too_old or not paper.can_open


def _same_files(papers: list[Paper]) -> list[Alike]:
    """The other cases that hold one of these papers, each once."""
    found: dict[str, Alike] = {}
    for paper in papers:
        for same in paper.also_in:
            why = _("the same file of another customer: %(kind)s")
            if not same.is_of_another:
                why = _("the same file: %(kind)s")
            came = _answer_name(same.answer) or _("Not answered yet")
            line = Alike(same.reference, why % {"kind": paper.kind}, came)
            found.setdefault(same.reference, line)
    return list(found.values())


def _line(like: Like, cards: list[ReasonCard]) -> Alike:
    state = STATE_NAMES[AppealState(like.state)]
    return Alike(like.reference, _why(like, cards), _answer_name(like.answer) or str(state))


def _answer_name(kind: str) -> str:
    return str(OUTCOME_NAMES[OutcomeKind(kind)]) if kind else ""


def _why(like: Like, cards: list[ReasonCard]) -> str:
    """The reasons they share, and the first number of the heaviest that has one."""
    shared = [card for card in cards if card.row.code in like.facts]
    if len(shared) == len(cards) == len(like.facts):
        reasons = _("same reasons")
    else:
        words = {"shared": len(shared), "all": len(cards)}
        reasons = _("%(shared)d of %(all)d reasons the same") % words
    numbers = (_number(card, like.facts[card.row.code]) for card in shared)
    return " · ".join([reasons, *filter(None, [next(filter(None, numbers), "")])])


def _number(card: ReasonCard, theirs: Any) -> str:
    """`Share of the limit used: 88% (here 91%)`."""
    for name in numbers_in(card.row.code, card.row.facts):
        if name in theirs:
            language = get_language() or "en"
            words = {
                "fact": fact_label(card.row.code, name, language),
                "there": fact_value(name, theirs[name], card.currency, language),
                "here": fact_value(name, card.row.facts[name], card.currency, language),
            }
            return _("%(fact)s: %(there)s (here %(here)s)") % words
    return ""
