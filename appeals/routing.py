"""Which queue an appeal goes to, and why.

For each disputed reason the most specific rule in force that fits decides; where none fits, the
catalogue's queue for the reason. A rule that names the reason is more specific than any that does
not; then the number of filled columns counts, then the higher `minimum_cut`, then the older rule.
Where several disputed reasons lead to different queues, the one that is served first (lowest
`priority`) wins, so that hardship is never left in a slower queue; between equals, the reason that
weighed most.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from appeals.catalogue import Reason
from appeals.models import Appeal, Ground, LineDecision, ReviewQueue, RoutingRule, Urgency
from portal.models import Customer

ANY = ("", None)
HARDSHIP = "hardship_care"


@dataclass(frozen=True)
class Route:
    """Where to, by which rule (none: the catalogue) and the reason in words, for staff."""

    queue: ReviewQueue
    rule: RoutingRule | None
    because: str
    urgency: Urgency = Urgency.USUAL
    is_restricted: bool = False


@dataclass(frozen=True)
class Case:
    """What a rule looks at, for one disputed reason."""

    reason: Reason
    jurisdiction: str
    language: str
    cut: Decimal

    @classmethod
    def of(cls, reason: Reason, decision: LineDecision, customer: Customer) -> "Case":
        cut = decision.old_limit - decision.new_limit
        return cls(reason, customer.jurisdiction, customer.locale, cut)


def route(appeal: Appeal, grounds: Iterable[Ground]) -> Route:
    """The queue for an appeal with these grounds, heaviest reason first; there is at least one."""
    rules = list(RoutingRule.objects.filter(is_active=True).select_related("queue"))
    queues = {queue.key: queue for queue in ReviewQueue.objects.all()}
    reasons = [ground.decision_reason.reason for ground in grounds]
    routes = [
        _route_of(Case.of(reason, appeal.decision, appeal.customer), rules, queues)
        for reason in reasons
    ]
    chosen = min(routes, key=lambda one: one.queue.priority)
    is_first = appeal.is_vulnerable or chosen.queue.key == HARDSHIP
    return replace(
        chosen,
        urgency=Urgency.FIRST if is_first else Urgency.USUAL,
        is_restricted=chosen.queue.is_restricted or any(one.is_restricted for one in reasons),
    )


def _route_of(case: Case, rules: Sequence[RoutingRule], queues: dict[str, ReviewQueue]) -> Route:
    fitting = [rule for rule in rules if fits(rule, case)]
    if fitting:
        rule = max(fitting, key=specificity)
        return Route(rule.queue, rule, f"{case.reason.code}: {rule.because}")
    key = case.reason.queue
    return Route(queues[key], None, f"{case.reason.code}: the catalogue's queue for this reason")


def fits(rule: RoutingRule, case: Case) -> bool:
    """Whether every filled column of the rule says the same as the case."""
    return (
        rule.reason_code in ("", case.reason.code)
        and rule.origin in ("", case.reason.origin)
        and rule.jurisdiction in ("", case.jurisdiction)
        and rule.language in ("", case.language)
        and (rule.minimum_cut is None or case.cut >= rule.minimum_cut)
    )


def specificity(rule: RoutingRule) -> tuple[bool, int, Decimal, int]:
    """What the rules that fit are ordered by; the greatest wins."""
    columns = (
        rule.reason_code,
        rule.origin,
        rule.jurisdiction,
        rule.language,
        rule.minimum_cut,
    )
    filled = sum(column not in ANY for column in columns)
    return bool(rule.reason_code), filled, rule.minimum_cut or Decimal(0), -rule.pk
