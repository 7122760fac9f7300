"""What follows from an outcome and what came of it, in plain sentences of the reader's language."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appeals.models import Action, ConditionState, LineDecision, Outcome, OutcomeCondition
from appeals.notice_text.formats import day_text, fact_value
from appeals.notice_text.words import fact_label
from appeals.states import OutcomeKind
from portal.lib.money import format_amount


def condition_of(outcome: Outcome) -> OutcomeCondition | None:
    """The payments this outcome asks for, if it asks for any."""
    condition: OutcomeCondition | None = getattr(outcome, "payment_condition", None)
    return condition


class Telling:
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


def points_of(outcome: Outcome, language: str) -> list[str]:
    """What follows from the outcome, and what came of it so far; the language must be active."""
    tell = POINTS.get(OutcomeKind(outcome.kind))
    return tell(Telling(outcome, language)) if tell else []


def _conditional(told: Telling) -> list[str]:
    condition = condition_of(told.outcome)
    if condition is None:
        return []
    return CONDITION_POINTS[ConditionState(condition.state)](told, condition)


def _still_open(told: Telling, condition: OutcomeCondition) -> list[str]:
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


def _was_met(told: Telling, condition: OutcomeCondition) -> list[str]:
    text = _("You made your payments on time. On %(day)s your limit became %(limit)s.")
    day, limit = told.local_day(condition.closed_at), told.money(condition.then_limit)
    return [text % {"day": day, "limit": limit}]


def _was_missed(told: Telling, condition: OutcomeCondition) -> list[str]:
    counted = _("By %(day)s we counted %(made)d of %(count)d payments on time.") % {
        "day": told.day(condition.by_date),
        "made": condition.payments_made,
        "count": condition.payments_needed,
    }
    assert told.outcome.new_limit is not None
    stays = _("Your limit stays at %(limit)s. If we counted wrong, or if times are hard, call us.")
    return [counted, stays % {"limit": told.money(told.outcome.new_limit)}]


def _was_overtaken(told: Telling, condition: OutcomeCondition) -> list[str]:
    made = _("You made your payments on time.")
    newer = _("A newer decision about your line was made meanwhile.")
    if told.outcome.looked_again_at is None:
        return [made, newer, _("A person is looking at what that means for you.")]
    return [made, newer, *_looked(told)]


CONDITION_POINTS: Mapping[ConditionState, Callable[[Telling, OutcomeCondition], list[str]]] = {
    ConditionState.OPEN: _still_open,
    ConditionState.MET: _was_met,
    ConditionState.MISSED: _was_missed,
    ConditionState.OVERTAKEN: _was_overtaken,
}


def _temporary(told: Telling) -> list[str]:
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


def _kept(told: Telling) -> list[str]:
    outcome = told.outcome
    if outcome.looked_again_at is not None:
        return _looked(told)
    if outcome.look_again_on is None:
        return []
    text = _(
        "We look at this again on %(day)s. You do not have to ask, and we tell you the result."
    )
    return [text % {"day": told.day(outcome.look_again_on)}]


def _looked(told: Telling) -> list[str]:
    day = told.local_day(told.outcome.looked_again_at)
    if getattr(told.outcome, "is_decided_again", False):
        text = _("We looked again on %(day)s and asked for a new decision. You hear from us.")
    else:
        text = _("We looked again on %(day)s. Our answer stays as it is.")
    return [text % {"day": day}]


def _corrected(told: Telling) -> list[str]:
    outcome = told.outcome
    points = [point for one in outcome.corrections if (point := _correction(told, one))]
    if outcome.looked_again_at is not None:
        asked_again = getattr(outcome, "is_decided_again", False)
        told_of = _looked(told) if asked_again else [_("The decision has been made again.")]
        return [*points, *told_of]
    if outcome.look_again_on is not None:
        text = _("The decision is made again with this. You hear from us by %(day)s.")
        points.append(text % {"day": told.day(outcome.look_again_on)})
    return points


def _correction(told: Telling, one: Mapping[str, Any]) -> str:
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


def _to_bureau(told: Telling) -> list[str]:
    outcome = told.outcome
    if outcome.looked_again_at is not None:
        return _looked(told)
    if outcome.look_again_on is None:
        return []
    text = _("They have until %(day)s to answer. Then we look again and tell you the result.")
    return [text % {"day": told.day(outcome.look_again_on)}]


POINTS: Mapping[OutcomeKind, Callable[[Telling], list[str]]] = {
    OutcomeKind.CONDITIONAL: _conditional,
    OutcomeKind.TEMPORARY: _temporary,
    OutcomeKind.KEPT: _kept,
    OutcomeKind.CORRECTED: _corrected,
    OutcomeKind.TO_BUREAU: _to_bureau,
}
