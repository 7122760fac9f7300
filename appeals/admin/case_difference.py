"""What an approver compares: limits before and after, and what changed since it was sent back."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appeals.admin.case_answer import FIELD_NAMES, HardText, hard_texts
from appeals.admin.case_data import CasePage
from appeals.answer_points import condition_of
from appeals.models import Outcome
from appeals.models.review import RULING_NAMES
from appeals.notice_text.formats import fact_value
from appeals.notice_text.words import fact_label
from appeals.outcome_rules import CENTS
from appeals.states import Ruling
from portal.lib.dates import format_day
from portal.lib.money import format_amount

# By ground: the ruling and the sentence.
Findings = dict[int, tuple[str, str]]


@dataclass(frozen=True)
class Piece:
    """A run of words: kept, taken out or put in."""

    how: str
    text: str


@dataclass(frozen=True)
class Change:
    """A part of the answer that is not as it was when it was sent back."""

    title: str
    pieces: list[Piece]


@dataclass(frozen=True)
class CorrectedFact:
    """A fact as it was used and as it is."""

    title: str
    was: str
    now: str


@dataclass(frozen=True)
class Difference:
    """What the outcome does to the limit, and what changed since it was sent back."""

    limits: list[tuple[str, Decimal]]
    given_back: Decimal
    share: int | None
    sent_back: Outcome | None
    changes: list[Change]
    corrections: list[CorrectedFact]
    hard_texts: list[HardText]


def difference_of(page: CasePage) -> Difference | None:
    """The comparison for whoever reads the proposal; None while there is none."""
    outcome = page.outcome
    if outcome is None:
        return None
    limits, most = _limits(page, outcome)
    cut = page.decision.old_limit - page.decision.new_limit
    given_back = max(most - page.decision.new_limit, Decimal(0))
    earlier = page.sent_back
    titles = {card.ground.pk: card.title for card in page.disputed if card.ground}
    told = [(titles.get(pk, ""), sentence) for pk, (_r, sentence) in snapshot(outcome).items()]
    return Difference(
        limits=limits,
        given_back=given_back.quantize(CENTS),
        share=round(given_back * 100 / cut) if cut else None,
        sent_back=earlier,
        changes=_changes(earlier, outcome, titles) if earlier else [],
        corrections=[_corrected_fact(one, page) for one in outcome.corrections],
        hard_texts=hard_texts(told, {"sentence": outcome.sentence, "condition": outcome.condition}),
    )


def _corrected_fact(one: Mapping[str, Any], page: CasePage) -> CorrectedFact:
    language, currency = get_language() or "en", page.decision.currency
    return CorrectedFact(
        fact_label(one["reason"], one["fact"], language),
        fact_value(one["fact"], one["was"], currency, language),
        fact_value(one["fact"], one["is"], currency, language),
    )


def snapshot(outcome: Outcome) -> Findings:
    """The findings this outcome was proposed with, by ground."""
    return {one["ground"]: (one["ruling"], one["sentence"]) for one in outcome.findings}


def _limits(page: CasePage, outcome: Outcome) -> tuple[list[tuple[str, Decimal]], Decimal]:
    decision = page.decision
    now = decision.new_limit if outcome.new_limit is None else outcome.new_limit
    rows = [
        (_("before the cut"), decision.old_limit),
        (_("after the cut"), decision.new_limit),
        (_("after this outcome"), now),
    ]
    condition = condition_of(outcome)
    if condition is not None:
        rows.append((_("once the condition is met"), condition.then_limit))
        return rows, condition.then_limit
    if outcome.until is not None:
        rows.append((_("when the time is over"), decision.new_limit))
    return rows, now


def _changes(earlier: Outcome, now: Outcome, titles: dict[int, str]) -> list[Change]:
    parts = [*_own_parts(earlier, now), *_finding_parts(earlier, now, titles)]
    return [
        Change(str(title), changed_words(was, becomes))
        for title, was, becomes in parts
        if was != becomes
    ]


def _own_parts(earlier: Outcome, now: Outcome) -> Iterable[tuple[Any, str, str]]:
    currency = now.appeal.decision.currency
    before, after = own_values(earlier, currency), own_values(now, currency)
    for name, title in FIELD_NAMES.items():
        yield title, before[name], after[name]
    yield _("Corrected facts"), _corrected(earlier), _corrected(now)


def own_values(outcome: Outcome, currency: str) -> dict[str, str]:
    """The fields of an outcome as an approver reads them."""
    condition = condition_of(outcome)
    values = {
        "kind": outcome.get_kind_display(),
        "payments_needed": condition and condition.payments_needed,
        "by_date": condition and condition.by_date,
        "then_limit": condition and condition.then_limit,
    }
    return {
        name: _plain(values[name] if name in values else getattr(outcome, name), currency)
        for name in FIELD_NAMES
    }


def _plain(value: Any, currency: str) -> str:
    language = get_language() or "en"
    if isinstance(value, Decimal):
        return format_amount(value, currency, language)
    if isinstance(value, date):
        return format_day(value, language)
    return "" if value is None else str(value)


def _corrected(outcome: Outcome) -> str:
    return "; ".join(f"{one['reason']} {one['fact']} = {one['is']}" for one in outcome.corrections)


def _finding_parts(
    earlier: Outcome, now: Outcome, titles: dict[int, str]
) -> Iterable[tuple[str, str, str]]:
    before, after = snapshot(earlier), snapshot(now)
    for ground, title in titles.items():
        yield title, _finding_text(before.get(ground)), _finding_text(after.get(ground))


def _finding_text(finding: tuple[str, str] | None) -> str:
    if finding is None:
        return ""
    ruling, sentence = finding
    return f"{RULING_NAMES[Ruling(ruling)]}. {sentence}"


# An amount, one Chinese character, a word, or what stands between them.
TOKEN = re.compile(r"[$£€¥]?\d[\d.,]*\d|[\u3400-\u9fff]|\w+|\s+|[^\w\s]")


def changed_words(was: str, now: str) -> list[Piece]:
    """Both texts as one, word by word: what was taken out stands before what was put in."""
    before, after = TOKEN.findall(was), TOKEN.findall(now)
    pieces: list[Piece] = []
    for how, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if how == "equal":
            pieces.append(Piece("same", "".join(after[k:m])))
            continue
        if i < j:
            pieces.append(Piece("out", "".join(before[i:j])))
        if k < m:
            pieces.append(Piece("in", "".join(after[k:m])))
    return pieces
