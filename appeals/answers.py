"""The answer to an appeal as the customer reads it, in either language: page and preview alike.

What a reviewer wrote by hand appears as it was written. A sentence that was taken as it was
prepared is said in the reader's language.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from appeals.models import (
    Action,
    ConditionState,
    DecisionReason,
    LineDecision,
    Outcome,
    OutcomeCondition,
)
from appeals.notice_text.formats import day_text, fact_value
from appeals.notice_text.words import fact_label
from appeals.readability import is_chinese
from appeals.sentences import Terms, finding_sentences, outcome_sentence
from appeals.states import OutcomeKind, Ruling
from appeals.timeline import OUTCOME_HEADLINES, RULING_HEADLINES, Words
from portal.lib.money import format_amount

LANGUAGES = ("en", "zh-hans")


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
    for texts in prepared:
        if written.strip() in {text.strip() for text in texts.values()}:
            return Said(texts[language], language)
    return Said(written, "zh-hans" if is_chinese(written) else "en")


def ground_answer(
    row: DecisionReason, words: tuple[str, str], finding: tuple[str, str] | None, language: str
) -> GroundAnswer:
    """A ground with its title and statement (`words`), and its ruling and sentence if there is."""
    title, statement = words
    if finding is None:
        return GroundAnswer(title, statement, "", None)
    ruling, sentence = finding
    currency = row.decision.currency
    by_language = {one: finding_sentences(row, currency, one) for one in LANGUAGES}
    prepared = [{one: by_language[one][ruling] for one in LANGUAGES} for ruling in Ruling]
    headline = RULING_HEADLINES[Ruling(ruling)]
    return GroundAnswer(title, statement, headline, said_in(language, sentence, prepared))


def outcome_answer(
    outcome: Outcome, language: str, *, is_applied: bool = False, new_decision: str = ""
) -> OutcomeAnswer:
    """The whole answer but the grounds; `outcome` need not be stored yet."""
    kind, decision = OutcomeKind(outcome.kind), outcome.appeal.decision
    terms = Terms(outcome.new_limit, outcome.until, outcome.bureau)
    prepared = {one: outcome_sentence(kind, decision, one, terms) for one in LANGUAGES}
    with override(language):
        points = POINTS.get(kind, _no_points)(_Telling(outcome, language))
    return OutcomeAnswer(
        headline=OUTCOME_HEADLINES[kind],
        sentence=said_in(language, outcome.sentence, [prepared]),
        condition=said_in(language, outcome.condition, ()) if outcome.condition else None,
        points=tuple(points),
        limit=_limit_now(outcome),
        is_applied=is_applied,
        new_decision=new_decision,
    )


def condition_of(outcome: Outcome) -> OutcomeCondition | None:
    """The payments this outcome asks for, if it asks for any."""
    condition: OutcomeCondition | None = getattr(outcome, "payment_condition", None)
    return condition


def _limit_now(outcome: Outcome) -> Decimal | None:
    condition = condition_of(outcome)
    if condition is not None and condition.state == ConditionState.MET:
        return condition.then_limit
    if outcome.end_decision is not None:
        return outcome.end_decision.new_limit
    return outcome.new_limit


# --- What follows, in plain sentences -------------------------------------------------------------


class _Telling:
    """An outcome with its amounts and days as one language writes them."""

    def __init__(self, outcome: Outcome, language: str) -> None:
        self.outcome = outcome
        self.decision: LineDecision = outcome.appeal.decision
        self.language = language

    def money(self, amount: Decimal) -> str:
        return format_amount(amount, self.decision.currency, self.language)

    def day(self, day: date) -> str:
        return day_text(day, self.language)

    def local_day(self, moment: Any) -> str:
        return self.day(moment.astimezone(self.outcome.appeal.customer.zone).date())


def _no_points(told: _Telling) -> list[str]:
    return []


def _conditional(told: _Telling) -> list[str]:
    condition = condition_of(told.outcome)
    if condition is None:
        return []
    return CONDITION_POINTS[ConditionState(condition.state)](told, condition)


def _still_open(told: _Telling, condition: OutcomeCondition) -> list[str]:
    count = condition.payments_needed
    ask = ngettext(
        "Make %(count)d payment on time by %(day)s. Then your limit becomes %(limit)s.",
        "Make %(count)d payments on time by %(day)s. Then your limit becomes %(limit)s.",
        count,
    ) % {
        "count": count,
        "day": told.day(condition.by_date),
        "limit": told.money(condition.then_limit),
    }
    if condition.since is None:
        return [ask]
    made = _("So far we have counted %(made)d of %(count)d. You do not have to tell us.")
    return [ask, made % {"made": condition.payments_made, "count": count}]


def _was_met(told: _Telling, condition: OutcomeCondition) -> list[str]:
    text = _("You made your payments on time. On %(day)s your limit became %(limit)s.")
    day, limit = told.local_day(condition.closed_at), told.money(condition.then_limit)
    return [text % {"day": day, "limit": limit}]


def _was_missed(told: _Telling, condition: OutcomeCondition) -> list[str]:
    counted = _("By %(day)s we counted %(made)d of %(count)d payments on time.") % {
        "day": told.day(condition.by_date),
        "made": condition.payments_made,
        "count": condition.payments_needed,
    }
    assert told.outcome.new_limit is not None
    stays = _("Your limit stays at %(limit)s. If we counted wrong, or if times are hard, call us.")
    return [counted, stays % {"limit": told.money(told.outcome.new_limit)}]


def _was_overtaken(told: _Telling, condition: OutcomeCondition) -> list[str]:
    made = _("You made your payments on time.")
    newer = _("A newer decision about your line was made meanwhile.")
    if told.outcome.looked_again_at is None:
        return [made, newer, _("A person is looking at what that means for you.")]
    return [made, newer, *_looked(told)]


CONDITION_POINTS: Mapping[ConditionState, Callable[[_Telling, OutcomeCondition], list[str]]] = {
    ConditionState.OPEN: _still_open,
    ConditionState.MET: _was_met,
    ConditionState.MISSED: _was_missed,
    ConditionState.OVERTAKEN: _was_overtaken,
}


def _temporary(told: _Telling) -> list[str]:
    outcome, cut = told.outcome, told.decision
    if outcome.until is None:
        return []
    if outcome.ended_at is None:
        return [
            _after_the_time(Action(cut.action))
            % {"day": told.day(outcome.until), "limit": told.money(cut.new_limit)}
        ]
    over = _("That time ended on %(day)s.") % {"day": told.day(outcome.until)}
    if outcome.end_decision is None:
        return [over, _("A newer decision about your line counts now.")]
    return [over]


def _after_the_time(action: Action) -> str:
    if action == Action.SUSPEND:
        return _("After %(day)s the line is paused again. We tell you when it happens.")
    if action == Action.CLOSE:
        return _("After %(day)s the line is closed again. We tell you when it happens.")
    return _("After %(day)s your limit goes back to %(limit)s. We tell you when it happens.")


def _kept(told: _Telling) -> list[str]:
    outcome = told.outcome
    if outcome.looked_again_at is not None:
        return _looked(told)
    if outcome.look_again_on is None:
        return []
    text = _(
        "We look at this again on %(day)s. You do not have to ask, and we tell you the result."
    )
    return [text % {"day": told.day(outcome.look_again_on)}]


def _looked(told: _Telling) -> list[str]:
    day = told.local_day(told.outcome.looked_again_at)
    if getattr(told.outcome, "is_decided_again", False):
        text = _("We looked again on %(day)s and asked for a new decision. You hear from us.")
    else:
        text = _("We looked again on %(day)s. Our answer stays as it is.")
    return [text % {"day": day}]


def _corrected(told: _Telling) -> list[str]:
    outcome = told.outcome
    points = [point for one in outcome.corrections if (point := _correction(told, one))]
    if outcome.looked_again_at is not None:
        return [*points, *_looked(told)]
    if outcome.look_again_on is not None:
        text = _("The decision is made again with this. You hear from us by %(day)s.")
        points.append(text % {"day": told.day(outcome.look_again_on)})
    return points


def _correction(told: _Telling, one: Mapping[str, Any]) -> str:
    """One corrected fact; nothing about a reason whose facts are not shown."""
    rows = [row for row in told.decision.reasons.all() if row.code == one["reason"]]
    if not rows or rows[0].reason.disclosure != "full":
        return ""
    name, currency = one["fact"], told.decision.currency
    return _("%(fact)s: it was %(was)s, it is now %(now)s.") % {
        "fact": fact_label(one["reason"], name, told.language),
        "was": fact_value(name, one["was"], currency, told.language),
        "now": fact_value(name, one["is"], currency, told.language),
    }


def _to_bureau(told: _Telling) -> list[str]:
    outcome = told.outcome
    if outcome.looked_again_at is not None:
        return _looked(told)
    if outcome.look_again_on is None:
        return []
    text = _("They have until %(day)s to answer. Then we look again and tell you the result.")
    return [text % {"day": told.day(outcome.look_again_on)}]


POINTS: Mapping[OutcomeKind, Callable[[_Telling], list[str]]] = {
    OutcomeKind.CONDITIONAL: _conditional,
    OutcomeKind.TEMPORARY: _temporary,
    OutcomeKind.KEPT: _kept,
    OutcomeKind.CORRECTED: _corrected,
    OutcomeKind.TO_BUREAU: _to_bureau,
}
