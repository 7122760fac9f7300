"""What stands beside a case: the customer's other appeals, and how its rule fared elsewhere."""

from dataclasses import dataclass

from appeals.access import reach_of
from appeals.admin.case_queries import others_of
from appeals.models import Appeal
from appeals.models.review import OUTCOME_NAMES
from appeals.overview import RuleRecord, rule_version_record
from appeals.states import OutcomeKind
from portal.models import Customer

SHOWN = 8


@dataclass(frozen=True)
class OtherAppeal:
    """Another appeal of the same customer, as far as the viewer may see it."""

    appeal: Appeal
    outcome: str


def list_others(appeal: Appeal, viewer: Customer) -> tuple[list[OtherAppeal], bool]:
    """The newest of the customer's other appeals, and whether there are more; one query."""
    found = others_of(
        appeal.customer_id, appeal.pk, viewer.pk, reach=reach_of(viewer), most=SHOWN + 1
    )
    others = [OtherAppeal(row, _answer(row.answer)) for row in found[:SHOWN]]  # type: ignore[attr-defined]
    return others, len(found) > SHOWN


def rule_record(appeal: Appeal, viewer: Customer) -> RuleRecord | None:
    """How appeals against this version of the rule went, where there are others; one query."""
    decision = appeal.decision
    if not decision.rule_id:
        return None
    record = rule_version_record(decision.rule_id, decision.rule_version, viewer)
    return record if record.appeals > 1 else None


def _answer(kind: str | None) -> str:
    return str(OUTCOME_NAMES[OutcomeKind(kind)]) if kind else ""
