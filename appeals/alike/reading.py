"""The appeals like one, as far as a member of staff may see them: one query of bounded size.

Candidates are the newest sent appeals against the same rule version whose heaviest reason is the
same: so many answered and so many open ones, from an index of just this order. How many appeals
there are beside them does not matter. What is not for everybody at the desk is never among them,
whoever looks: what follows from it would tell of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

from appeals.access import Reach, cases_within, reach_of
from appeals.alike.measures import NEAR, Measures, distance, measures_of
from appeals.models import (
    AffectedDecision,
    AffectedState,
    Appeal,
    DecisionReason,
    Finding,
    Likeness,
    Outcome,
    SuggestedFinding,
)
from appeals.models.counted import OVERTURNED
from appeals.prepared import prepared
from appeals.states import AppealState
from portal.models import Customer

MOST_ANSWERED, MOST_OPEN = 150, 50
GONE = sorted({AppealState.DRAFT, AppealState.WITHDRAWN, AppealState.DUPLICATE})
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """A finding a reviewer wrote with nothing suggested to them."""

    code: str
    ruling: str
    by: int


@dataclass(frozen=True)
class Like:
    """An appeal whose decision is near."""

    reference: str
    state: str
    # The kind of its final outcome, or blank; whether a reviewer judged it by itself.
    answer: str
    is_judged: bool
    away: float
    facts: Mapping[str, Facts]
    findings: tuple[Found, ...]

    @property
    def gave_back(self) -> bool:
        return self.answer in OVERTURNED


def facts_by_reason(reasons: list[DecisionReason]) -> dict[str, Facts]:
    return {row.code: row.facts for row in reasons}


def find_like(appeal: Appeal, reasons: list[DecisionReason], viewer: Customer) -> list[Like]:
    """The appeals near this one, the nearest first; of equals the newest. One query, or none."""
    decision = appeal.decision
    if not decision.rule_id or not reasons or is_guarded_case(appeal):
        return []
    own = measures_of((decision.old_limit, decision.new_limit), facts_by_reason(reasons).items())
    heaviest = min(reasons, key=lambda row: row.rank)
    rows = _candidates(
        *(decision.rule_id, decision.rule_version, heaviest.code),
        *(appeal.pk, appeal.customer_id, viewer.pk),
        reach=reach_of(viewer),
    )
    near = [like for row in rows if (like := _like(own, row)).away <= NEAR]
    return sorted(near, key=lambda like: like.away)


def is_guarded_case(appeal: Appeal) -> bool:
    return appeal.is_restricted or bool(appeal.queue and appeal.queue.is_restricted)


def _like(own: Measures, row: tuple[Any, ...]) -> Like:
    reference, state, answer, is_put_right, old, new, reasons, findings = row
    facts = {one["code"]: one["facts"] for one in reasons}
    is_answered = state == AppealState.DECIDED and bool(answer)
    return Like(
        reference=reference,
        state=state,
        answer=answer,
        is_judged=is_answered and not is_put_right,
        away=distance(own, measures_of((Decimal(old), Decimal(new)), facts.items())),
        facts=facts,
        findings=tuple(Found(**one) for one in findings),
    )


@prepared
def _candidates(  # noqa: PLR0913 - a query put together once takes its values one by one
    rule: str, version: str, code: str, appeal: int, customer: int, viewer: int, *, reach: Reach
) -> QuerySet[Appeal, tuple[Any, ...]]:
    kin = Likeness.objects.filter(rule_id=rule, rule_version=version, code=code)
    newest = kin.order_by("-appeal_id").values("appeal_id")
    answered, waiting = newest.filter(is_answered=True), newest.filter(is_answered=False)
    keys = answered[:MOST_ANSWERED].union(waiting[:MOST_OPEN], all=True)
    rows = cases_within(viewer, reach).filter(
        pk__in=keys, is_restricted=False, queue__is_restricted=False
    )
    final = Outcome.objects.filter(appeal=OuterRef("pk"), is_final=True).values("kind")[:1]
    # Put right with all whom a faulty rule touched: nobody judged this one.
    put_right = AffectedDecision.objects.filter(
        decision=OuterRef("decision"), state__in=[AffectedState.RESTORED, AffectedState.ALREADY]
    )
    others = rows.exclude(pk=appeal).exclude(customer=customer).exclude(state__in=GONE)
    return others.order_by("-pk").values_list(
        "reference",
        "state",
        Coalesce(Subquery(final), Value(""), output_field=CharField()),
        Exists(put_right),
        "decision__old_limit",
        "decision__new_limit",
        ArraySubquery(_reasons()),
        ArraySubquery(_findings()),
    )


def _reasons() -> QuerySet[DecisionReason, Any]:
    rows = DecisionReason.objects.filter(decision=OuterRef("decision")).order_by("rank")
    return rows.values(one=JSONObject(code=F("code"), facts=F("facts")))


def _findings() -> QuerySet[Finding, Any]:
    """Without those beside which something was suggested: a suggestion must not prove itself."""
    rows = Finding.objects.filter(ground__appeal=OuterRef("pk"))
    unaided = rows.exclude(Exists(SuggestedFinding.objects.filter(ground=OuterRef("ground"))))
    return unaided.order_by("pk").values(
        one=JSONObject(code=F("ground__decision_reason__code"), ruling=F("ruling"), by=F("by_id"))
    )
