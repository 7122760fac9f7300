"""Which queue an appeal goes to, and why.

For each disputed reason the most specific rule in force that fits decides; where none fits, the
catalogue's queue for the reason. Of two rules that fit, the more specific is, in this order:

1. one that names an incident (what a rule of the engine, a version of it, or a policy did), over
   any that does not: a mistake is cleared up in one place, whatever it hit;
2. one that names the reason, over any that does not;
3. the one with more filled columns (reason, origin, jurisdiction, language, cut, care, rule,
   version, policy);
4. the one with the higher `minimum_cut`;
5. the older one.

Where several disputed reasons lead to different queues, one that is only for cleared members goes
before all others, so that somebody there may read all of it; then the one that is served first
(lowest `priority`) wins; between equals, the reason that weighed most.

An appeal is restricted with its queue, and by any disputed reason that is: one the catalogue may
not explain, or whose own queue is only for cleared members. No rule can send it out of hiding.
Who needs care, or disputes a reason of hardship, is served first wherever the appeal goes. Of those
promised for the same moment, whose limit was cut hardest comes first.

Nothing here asks the database but `Table.load`, so that a table that was only typed can be tried.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from appeals.catalogue import CATALOGUE, Reason
from appeals.models import (
    Action,
    Appeal,
    Assignment,
    Ground,
    Harm,
    LineDecision,
    ReviewQueue,
    RoutingRule,
    Urgency,
)
from portal.models import Customer

ANY: tuple[Any, ...] = ("", None)
HARDSHIP = "hardship_care"
INCIDENT = ("rule_id", "rule_version", "policy_ref")
# Every column a rule may fill.
COLUMNS = (
    "reason_code",
    "origin",
    "jurisdiction",
    "language",
    "minimum_cut",
    "is_vulnerable",
    *INCIDENT,
)
# A rule that was not saved yet is younger than all that were.
NOT_SAVED = 2**63


@dataclass(frozen=True)
class Route:
    """Where to, by which rule (none: the catalogue), for which reason, and its author's words.

    `reviewer` is whom the rule or the queue keeps it for; whether they can take it is asked when
    it is kept.
    """

    queue: ReviewQueue
    rule: RoutingRule | None
    reason: str
    because: str = ""
    urgency: Urgency = Urgency.USUAL
    is_restricted: bool = False
    reviewer: Customer | None = None


@dataclass(frozen=True)
class Case:
    """What a rule looks at, for one disputed reason."""

    reason: Reason
    jurisdiction: str
    language: str
    cut: Decimal
    is_vulnerable: bool
    rule_id: str
    rule_version: str
    policy_ref: str

    @classmethod
    def of(cls, reason: Reason, appeal: Appeal) -> "Case":
        decision, customer = appeal.decision, appeal.customer
        return cls(
            reason=reason,
            jurisdiction=customer.jurisdiction,
            language=customer.locale,
            cut=decision.old_limit - decision.new_limit,
            is_vulnerable=appeal.is_vulnerable,
            rule_id=decision.rule_id,
            rule_version=decision.rule_version,
            policy_ref=str((decision.policy or {}).get("ref", "")),
        )


@dataclass(frozen=True)
class Table:
    """The rules in force and the queues they lead to."""

    rules: Sequence[RoutingRule]
    queues: Mapping[str, ReviewQueue]

    @classmethod
    def load(cls) -> "Table":
        rules = RoutingRule.objects.filter(is_active=True).select_related("queue", "reviewer")
        queues = ReviewQueue.objects.select_related("named_reviewer")
        return cls(list(rules), {queue.key: queue for queue in queues})

    def with_rule(self, rule: RoutingRule) -> "Table":
        """The table as it would be with this rule as typed, changed, new or out of force."""
        others = [one for one in self.rules if one.pk != rule.pk]
        return replace(self, rules=[*others, rule] if rule.is_active else others)

    def is_guarded(self, reason: Reason) -> bool:
        """Whether an appeal against this reason is for cleared members only, wherever it is."""
        return reason.is_guarded({key for key, one in self.queues.items() if one.is_restricted})


def route(appeal: Appeal, grounds: Iterable[Ground], table: Table | None = None) -> Route:
    """The queue for an appeal with these grounds, heaviest reason first; there is at least one."""
    table = table or Table.load()
    reasons = [ground.decision_reason.reason for ground in grounds]
    routes = [_route_of(Case.of(reason, appeal), table) for reason in reasons]
    chosen = min(routes, key=lambda one: (not one.queue.is_restricted, one.queue.priority))
    queue = table.queues[chosen.queue.key]
    is_hardship = any(one.queue.key == HARDSHIP for one in routes)
    return replace(
        chosen,
        urgency=Urgency.FIRST if appeal.is_vulnerable or is_hardship else Urgency.USUAL,
        is_restricted=queue.is_restricted or any(map(table.is_guarded, reasons)),
        reviewer=chosen.rule.reviewer if chosen.rule and chosen.rule.reviewer else _named(queue),
    )


def harm_of(decision: LineDecision) -> Harm:
    """How much the decision took: a suspended or closed line cannot be used at all."""
    if decision.action in {Action.SUSPEND, Action.CLOSE}:
        return Harm.ALL
    taken = 4 * (decision.old_limit - decision.new_limit)
    if taken >= 3 * decision.old_limit:
        return Harm.ALL
    return Harm.HALF if taken >= 2 * decision.old_limit else Harm.LESS


def guarded_codes(queues: Iterable[ReviewQueue]) -> list[str]:
    """The reasons that keep an appeal for cleared members only, whatever queue it is in."""
    table = Table((), {queue.key: queue for queue in queues})
    return [code for code, reason in CATALOGUE.reasons.items() if table.is_guarded(reason)]


def _named(queue: ReviewQueue) -> Customer | None:
    return queue.named_reviewer if queue.assignment == Assignment.NAMED else None


def _route_of(case: Case, table: Table) -> Route:
    fitting = [rule for rule in table.rules if fits(rule, case)]
    if fitting:
        rule = max(fitting, key=specificity)
        return Route(rule.queue, rule, case.reason.code, rule.because)
    queue = table.queues[case.reason.queue]
    return Route(queue, None, case.reason.code)


def fits(rule: RoutingRule, case: Case) -> bool:
    """Whether every filled column of the rule says the same as the case."""
    asked = (
        (rule.reason_code, case.reason.code),
        (rule.origin, case.reason.origin),
        (rule.jurisdiction, case.jurisdiction),
        (rule.language, case.language),
        (rule.is_vulnerable, case.is_vulnerable),
        (rule.rule_id, case.rule_id),
        (rule.rule_version, case.rule_version),
        (rule.policy_ref, case.policy_ref),
    )
    is_cut = rule.minimum_cut is None or case.cut >= rule.minimum_cut
    return is_cut and all(column in ANY or column == said for column, said in asked)


def specificity(rule: RoutingRule) -> tuple[bool, bool, int, Decimal, int]:
    """What the rules that fit are ordered by; the greatest wins."""
    filled = [name for name in COLUMNS if getattr(rule, name) not in ANY]
    return (
        any(name in INCIDENT for name in filled),
        bool(rule.reason_code),
        len(filled),
        rule.minimum_cut or Decimal(0),
        -(rule.pk or NOT_SAVED),
    )
