"""The answer to an appeal as the customer reads it, in either language: page and preview alike.

What a reviewer wrote by hand appears as it was written. A sentence that was taken as it was
prepared is said in the reader's language.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.utils.translation import override

from appeals.answer_points import condition_of, points_of
from appeals.models import ConditionState, Ground, Outcome, ReplyText
from appeals.readability import is_chinese
from appeals.sentences import (
    LANGUAGES,
    Terms,
    finding_sentences,
    list_reply_texts,
    outcome_sentence,
    prepared_findings,
    prepared_outcomes,
)
from appeals.states import OutcomeKind, Ruling
from appeals.timeline import OUTCOME_HEADLINES, RULING_HEADLINES, Words


@dataclass(frozen=True)
class Said:
    """Words to the customer, and the language they are in."""

    text: str
    language: str


@dataclass(frozen=True)
class GroundAnswer:
    """A disputed reason, what the customer said and, once answered, what we found."""

    title: str
    statement: str
    headline: Words
    said: Said | None


@dataclass(frozen=True)
class OutcomeAnswer:
    """The outcome as the customer reads it."""

    headline: Words
    sentence: Said
    # The reviewer's own words about a condition.
    condition: Said | None
    points: tuple[str, ...]
    limit: Decimal | None
    is_applied: bool
    new_decision: str  # the reference, once there is a notice to read


def said_in(language: str, written: str, prepared: Iterable[Mapping[str, str]]) -> Said:
    """The words in this language where they were prepared in both, else as they were written."""
    own = "zh-hans" if is_chinese(written) else "en"
    if own == language:
        return Said(written, own)
    for texts in prepared:
        if texts[own].strip() == written.strip():
            return Said(texts[language], language)
    return Said(written, own)


class Reader:
    """Who reads: their language, and the prepared texts, looked up once if they are needed."""

    def __init__(self, language: str) -> None:
        self.language = language

    @cached_property
    def reply_texts(self) -> list[ReplyText]:
        return list_reply_texts()


def ground_answer(
    ground: Ground, title: str, finding: tuple[str, str] | None, reader: Reader
) -> GroundAnswer:
    """A ground under its title, with the ruling and the sentence once there are."""
    if finding is None:
        return GroundAnswer(title, ground.statement, "", None)
    ruling, sentence = finding
    said = said_in(reader.language, sentence, _prepared_findings(ground, reader))
    return GroundAnswer(title, ground.statement, RULING_HEADLINES[Ruling(ruling)], said)


def outcome_answer(
    outcome: Outcome, reader: Reader, *, is_applied: bool = False, new_decision: str = ""
) -> OutcomeAnswer:
    """The whole answer but the grounds; `outcome` need not be stored yet."""
    kind, language = OutcomeKind(outcome.kind), reader.language
    with override(language):
        points = points_of(outcome, language)
    return OutcomeAnswer(
        headline=OUTCOME_HEADLINES[kind],
        sentence=said_in(language, outcome.sentence, _prepared_outcomes(outcome, reader)),
        condition=said_in(language, outcome.condition, ()) if outcome.condition else None,
        points=tuple(points),
        limit=_limit_now(outcome),
        is_applied=is_applied,
        new_decision=new_decision,
    )


def _prepared_findings(ground: Ground, reader: Reader) -> Iterator[Mapping[str, str]]:
    """What the reviewer may have taken as it was; the admin's texts are looked up last."""
    row, reference = ground.decision_reason, ground.appeal.reference
    by_language = {one: finding_sentences(row, row.decision.currency, one) for one in LANGUAGES}
    yield from ({one: by_language[one][ruling] for one in LANGUAGES} for ruling in Ruling)
    yield from (one.texts for one in prepared_findings(reader.reply_texts, row, reference))


def _prepared_outcomes(outcome: Outcome, reader: Reader) -> Iterator[Mapping[str, str]]:
    kind, appeal = OutcomeKind(outcome.kind), outcome.appeal
    terms = Terms(outcome.new_limit, outcome.until, outcome.bureau)
    yield {one: outcome_sentence(kind, appeal.decision, one, terms) for one in LANGUAGES}
    texts = prepared_outcomes(
        reader.reply_texts, appeal.decision, appeal.reference, outcome.new_limit
    )
    yield from (one.texts for one in texts)


def _limit_now(outcome: Outcome) -> Decimal | None:
    condition = condition_of(outcome)
    if condition is not None and condition.state == ConditionState.MET:
        return condition.then_limit
    if outcome.end_decision is not None:
        return outcome.end_decision.new_limit
    return outcome.new_limit
