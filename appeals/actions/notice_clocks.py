"""The clocks of a notice: begun with the decision, whether its notice goes out or waits."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from appeals.catalogue.packs import NoticeClock as ClockRule
from appeals.catalogue.packs import Pack, pack_of
from appeals.deadlines import Period, due_after, morning_before
from appeals.models import DecisionReason, LineDecision, NoticeClock
from appeals.policy_answers import is_class_wide

# The first look comes when a message sent at once may have arrived.
FIRST_LOOK = timedelta(minutes=10)


def begin_clocks(
    decision: LineDecision,
    reasons: Iterable[DecisionReason],
    now: datetime,
    *,
    is_told: bool,
) -> list[NoticeClock]:
    """The clocks the customer's pack sets for this decision, not stored yet.

    None where the law asks for no notice. What counts from the notice begins only with it.
    """
    pack = pack_of(decision.customer, now)
    if not is_owed(decision, reasons, pack):
        return []
    return [
        _begun(rule, decision, now)
        for rule in pack.notice_clocks.values()
        if rule.is_for(decision.action, decision.line.product)
        and (is_told or rule.begins != "told")
    ]


def is_owed(decision: LineDecision, reasons: Iterable[DecisionReason], pack: Pack) -> bool:
    """Whether the law asks for this notice; the customer is told all the same."""
    if decision.action not in pack.notice.actions:
        return False
    codes = {reason.code for reason in reasons}
    return not any(
        codes and codes <= one.reasons and (not one.needs_policy or is_class_wide(decision.policy))
        for one in pack.notice.exempt
    )


def first_due(clocks: Iterable[NoticeClock]) -> datetime | None:
    """By when the customer must have been told; None where the law names no day."""
    return min((clock.due_at for clock in clocks if not clock.is_guard), default=None)


def _begun(rule: ClockRule, decision: LineDecision, now: datetime) -> NoticeClock:
    customer = decision.customer
    period = Period(rule.number, rule.unit, customer.jurisdiction, customer.zone)
    began = {"decided": decision.decided_at, "effective": decision.effective_at}.get(
        rule.begins, now
    )
    due = due_after(began, period)
    if rule.begins == "before_effect" and decision.effective_at > now:
        due = decision.effective_at
    return NoticeClock(
        decision=decision,
        rule=rule.key,
        is_guard=rule.is_guard,
        started_at=began,
        due_at=due,
        warn_at=min(morning_before(due, rule.warn, began, period), due),
        look_at=due if rule.is_guard else now + FIRST_LOOK,
    )
