"""What a reviewer wants an outcome to be, checked against the rules of its kind."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appeals.actions.corrections import checked_corrections
from appeals.actions.restoring import check_can_restore
from appeals.errors import BadInput
from appeals.models import Appeal, OutcomeCondition
from appeals.outcome_rules import (
    MISSING,
    MOST_PAYMENTS,
    NOT_ABOVE,
    NOT_BETWEEN,
    PAST,
    RESTORING,
    THEN_NOT_ABOVE,
    TOO_FAR,
    TOO_SOON,
    UNWANTED,
    Correction,
    WrongAmount,
    WrongDay,
    check_day,
    check_payments_by,
    given_back,
    limit_after,
    limit_then,
)
from appeals.states import OutcomeKind

AMOUNT_ERRORS = {
    MISSING: gettext_lazy("Enter the limit the customer gets."),
    NOT_BETWEEN: gettext_lazy("A part lies above the lowered limit and below the old one."),
    NOT_ABOVE: gettext_lazy("The limit lies above the lowered one and is at most the old one."),
    UNWANTED: gettext_lazy("This outcome takes no amount of its own."),
    THEN_NOT_ABOVE: gettext_lazy(
        "The limit once the condition is met lies above the first one and is at most the old one."
    ),
}
DAY_ERRORS = {
    ("until", MISSING): gettext_lazy("Say until when the limit is restored."),
    ("by_date", MISSING): gettext_lazy("Say by when the payments must be made."),
    ("look_again_on", MISSING): gettext_lazy("Say when the reason is looked at again."),
    ("until", PAST): gettext_lazy("The last day of the restored limit must lie ahead."),
    ("by_date", PAST): gettext_lazy("The day of the condition must lie ahead."),
    ("look_again_on", PAST): gettext_lazy("The day to look again must lie ahead."),
    ("until", TOO_FAR): gettext_lazy("A limit for a time ends within a year."),
    ("by_date", TOO_FAR): gettext_lazy("That day is too far away for so few payments."),
    ("look_again_on", TOO_FAR): gettext_lazy("A reason is looked at again within a year."),
    ("by_date", TOO_SOON): gettext_lazy(
        "So many payments do not fall due by that day. Choose a later day, or fewer payments."
    ),
}


@dataclass(frozen=True)
class Answer:
    """What the reviewer wants the outcome to be; of the fields of other kinds nothing is kept."""

    kind: OutcomeKind
    sentence: str
    new_limit: Decimal | None = None
    condition: str = ""
    internal_note: str = ""
    payments_needed: int | None = None
    by_date: date | None = None
    then_limit: Decimal | None = None
    until: date | None = None
    look_again_on: date | None = None
    corrections: tuple[Correction, ...] = ()
    bureau: str = ""


@dataclass(frozen=True)
class Checked:
    """An answer that fits: the outcome's own fields, its condition, what it gives back at most."""

    fields: dict[str, Any]
    condition: OutcomeCondition | None
    given_back: Decimal


def check_answer(appeal: Appeal, answer: Answer, today: date) -> Checked:
    """The answer as it is kept on the customer's `today`; BadInput names the field to mend."""
    if not answer.sentence.strip():
        raise BadInput(_("Write the sentence that the customer will read."), field="sentence")
    if answer.kind in RESTORING:
        check_can_restore(appeal.decision)
    new_limit = _limit(appeal, answer)
    fields: dict[str, Any] = {
        "kind": answer.kind,
        "sentence": answer.sentence,
        "internal_note": answer.internal_note,
        "new_limit": new_limit,
        **OWN_FIELDS.get(answer.kind, _nothing)(appeal, answer, today),
    }
    condition = _condition(appeal, answer, new_limit, today) if new_limit is not None else None
    then = condition.then_limit if condition else None
    return Checked(fields, condition, given_back(appeal.decision.new_limit, new_limit, then))


def _nothing(appeal: Appeal, answer: Answer, today: date) -> dict[str, Any]:
    return {}


def _conditional(appeal: Appeal, answer: Answer, today: date) -> dict[str, Any]:
    return {"condition": answer.condition.strip()}


def _temporary(appeal: Appeal, answer: Answer, today: date) -> dict[str, Any]:
    return {"until": _day("until", answer.until, today)}


def _kept(appeal: Appeal, answer: Answer, today: date) -> dict[str, Any]:
    return {"look_again_on": _day("look_again_on", answer.look_again_on, today)}


def _corrected(appeal: Appeal, answer: Answer, today: date) -> dict[str, Any]:
    return {"corrections": checked_corrections(appeal, answer.corrections)}


def _to_bureau(appeal: Appeal, answer: Answer, today: date) -> dict[str, Any]:
    if not answer.bureau.strip():
        raise BadInput(_("Say which credit bureau keeps the record."), field="bureau")
    return {"bureau": answer.bureau.strip()}


OWN_FIELDS: dict[OutcomeKind, Callable[[Appeal, Answer, date], dict[str, Any]]] = {
    OutcomeKind.CONDITIONAL: _conditional,
    OutcomeKind.TEMPORARY: _temporary,
    OutcomeKind.KEPT: _kept,
    OutcomeKind.CORRECTED: _corrected,
    OutcomeKind.TO_BUREAU: _to_bureau,
}


def _limit(appeal: Appeal, answer: Answer) -> Decimal | None:
    decision = appeal.decision
    try:
        return limit_after(
            answer.kind,
            before=decision.old_limit,
            cut_to=decision.new_limit,
            asked=answer.new_limit,
        )
    except WrongAmount as error:
        raise BadInput(str(AMOUNT_ERRORS[error.args[0]]), field="new_limit") from error


def _condition(
    appeal: Appeal, answer: Answer, new_limit: Decimal, today: date
) -> OutcomeCondition | None:
    if answer.kind != OutcomeKind.CONDITIONAL:
        return None
    payments = answer.payments_needed
    if not payments or not 1 <= payments <= MOST_PAYMENTS:
        raise BadInput(
            _("Say how many payments on time are asked for, from 1 to %(most)d.")
            % {"most": MOST_PAYMENTS},
            field="payments_needed",
        )
    try:
        by_date = check_payments_by(answer.by_date, payments, today)
        then = limit_then(now=new_limit, before=appeal.decision.old_limit, asked=answer.then_limit)
    except WrongDay as error:
        raise BadInput(str(DAY_ERRORS[error.args]), field="by_date") from error
    except WrongAmount as error:
        raise BadInput(str(AMOUNT_ERRORS[error.args[0]]), field="then_limit") from error
    return OutcomeCondition(payments_needed=payments, by_date=by_date, then_limit=then)


def _day(field: str, day: date | None, today: date) -> date:
    try:
        return check_day(field, day, today)
    except WrongDay as error:
        raise BadInput(str(DAY_ERRORS[error.args]), field=field) from error
