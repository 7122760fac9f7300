"""One portion of a remedy: judged line by line, and written in bulk as an intake is."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import F

from appeals.actions.copying import copy_in, draw_references, take_keys, update_rows
from appeals.actions.notice_clocks import begin_clocks, first_due
from appeals.actions.notices import write_notice
from appeals.actions.remedy_appeals import OpenAppeals
from appeals.actions.remedy_instructions import instructions_for
from appeals.actions.remedy_obstacles import obstacles_of
from appeals.incident_rules import Past, Standing, Verdict, judge
from appeals.models import (
    AffectedDecision,
    AffectedState,
    CreditLine,
    DecisionReason,
    LineDecision,
    LineInstruction,
    LineStatus,
    Notice,
    NoticeClock,
    NoticeHold,
    Remedy,
)
from appeals.states import OutcomeKind
from appeals.truth import about_decision
from notifications.api import Lane, NotificationRequest, notify_many

REASON = "MOD-RULE-FAULT"
READ = ("line_id", "action", "old_limit", "new_limit", "decided_at", "overrides_id")
FOR_NOW = (OutcomeKind.CONDITIONAL, OutcomeKind.TEMPORARY)


@dataclass(frozen=True)
class Portion:
    """What one step works on; the rows are locked."""

    remedy: Remedy
    affected: Sequence[AffectedDecision]
    now: datetime


class Names(NamedTuple):
    """What a new decision and its notice will be called, taken ahead."""

    key: int
    decision: str
    notice: str


@dataclass
class Written:
    """New rows of one portion, to be copied in together."""

    decisions: list[LineDecision] = field(default_factory=list)
    reasons: list[DecisionReason] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    holds: list[NoticeHold] = field(default_factory=list)
    clocks: list[NoticeClock] = field(default_factory=list)
    instructions: list[LineInstruction] = field(default_factory=list)
    lines: dict[int, CreditLine] = field(default_factory=dict)

    def save(self) -> None:
        for rows in (self.decisions, self.reasons, self.notices, self.holds, self.clocks):
            copy_in(rows)
        update_rows(list(self.lines.values()), ["limit", "status", "as_of"])


def put_right(portion: Portion) -> Counter[AffectedState]:
    """Do all that the remedy says for these decisions; what became of them, counted."""
    remedy, affected, now = portion.remedy, portion.affected, portion.now
    appeals = OpenAppeals.lock(remedy, [row.decision_id for row in affected])
    lines = _lock_lines(affected)
    verdicts = _verdicts(remedy, affected, lines)
    obstacles = obstacles_of(remedy, [row.decision for row in affected], appeals)
    names = _take_names(len(affected))
    written = Written()
    for row in affected:
        verdict = verdicts[row.decision_id]
        row.decision.line = lines[row.decision.line_id]  # as it is now that it is locked
        obstacle = obstacles.get(row.decision_id) or verdict.obstacle
        row.obstacle = obstacle.value if obstacle else ""
        row.done_at = now
        if row.obstacle:
            row.state = AffectedState.CANNOT.value
        elif verdict.is_restored_already:
            row.state = AffectedState.ALREADY.value
        else:
            row.state = AffectedState.RESTORED.value
            row.line_decision = _restore(portion, row, verdict, next(names), written)
    written.save()
    update_rows(affected, ["state", "obstacle", "line_decision", "done_at"])
    copy_in(written.instructions)
    _end_holds(affected)
    appeals.grant(affected, now)
    notify_many([_apology(notice) for notice in written.notices])
    return Counter(AffectedState(row.state) for row in affected)


def _take_names(count: int) -> Iterator[Names]:
    keys = take_keys(LineDecision, count)
    decisions = draw_references(LineDecision, "LD", count)
    notices = draw_references(Notice, "RN", count)
    return map(Names, keys, decisions, notices)


def _lock_lines(affected: Sequence[AffectedDecision]) -> dict[int, CreditLine]:
    """The lines, in the order in which an intake locks them."""
    rows = CreditLine.objects.filter(pk__any_of={row.decision.line_id for row in affected})
    locked = rows.order_by("reference").select_for_update(no_key=True, of=("self",))
    return {line.pk: line for line in locked}


def _verdicts(
    remedy: Remedy, affected: Sequence[AffectedDecision], lines: dict[int, CreditLine]
) -> dict[int, Verdict]:
    """By decision. All of the scope count as faulty, not only those of this portion."""
    past: dict[int, list[Past]] = defaultdict(list)
    rows = LineDecision.objects.filter(line_id__any_of=lines).annotate(kind=F("outcome__kind"))
    for one in rows.only(*READ):
        past[one.line_id].append(_as_past(one))
    faulty: dict[int, list[int]] = defaultdict(list)
    scope = AffectedDecision.objects.filter(
        incident=remedy.incident_id,
        decision_id__any_of=[one.key for own in past.values() for one in own],
    )
    for key, line_id in scope.values_list("decision_id", "decision__line_id"):
        faulty[line_id].append(key)
    found: dict[int, Verdict] = {}
    for pk, line in lines.items():
        now = Standing(line.limit, LineStatus(line.status))
        found |= judge(faulty[pk], past[pk], now)
    return found


def _as_past(one: Any) -> Past:
    return Past(
        one.pk,
        one.action,
        one.old_limit,
        one.new_limit,
        one.decided_at,
        one.overrides_id,
        is_for_now=one.kind in FOR_NOW,
    )


def _restore(
    portion: Portion,
    row: AffectedDecision,
    verdict: Verdict,
    names: Names,
    written: Written,
) -> LineDecision:
    assert verdict.standing is not None
    line = row.decision.line
    decision = _decision(portion, row, verdict, names)
    reason = _reason(portion, decision)
    paper = write_notice(decision, [reason], portion.now, reference=names.notice)
    clocks = begin_clocks(decision, [reason], portion.now, is_told=isinstance(paper, Notice))
    if isinstance(paper, NoticeHold):
        paper.due_at = first_due(clocks)
        written.holds.append(paper)
    else:
        written.notices.append(paper)
    line.limit, line.status = verdict.standing.limit, verdict.standing.status.value
    line.as_of = portion.now
    written.lines[line.pk] = line
    written.decisions.append(decision)
    written.reasons.append(reason)
    written.clocks.extend(clocks)
    written.instructions.extend(
        instructions_for(portion.remedy, row, decision, verdict.standing, verdict.newer)
    )
    return decision


def _decision(
    portion: Portion, row: AffectedDecision, verdict: Verdict, names: Names
) -> LineDecision:
    """The new decision, by the second person: the one whose word made it happen."""
    assert verdict.standing is not None
    limit, line = verdict.standing.limit, row.decision.line
    content = {"overrides": verdict.overrides, "new_limit": str(limit), "ref": names.decision}
    decision = LineDecision(
        pk=names.key,
        reference=names.decision,
        source_id=names.decision,
        content_sha256=hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
        action=verdict.action.value,
        old_limit=line.limit,
        new_limit=limit,
        balance=line.balance,
        currency=row.decision.currency,
        decided_at=portion.now,
        effective_at=portion.now,
        automated=False,
        decided_by_id=portion.remedy.approved_by_id,
        overrides_id=verdict.overrides,
        received_at=portion.now,
    )
    decision.customer, decision.line = row.decision.customer, line
    return decision


def _reason(portion: Portion, decision: LineDecision) -> DecisionReason:
    """From when to when the rule was faulty, in the customer's own days."""
    incident, zone = portion.remedy.incident, decision.customer.zone
    end = incident.until or incident.frozen_at or portion.now
    return DecisionReason(
        decision=decision,
        rank=1,
        code=REASON,
        weight=Decimal(1),
        facts={
            "start": incident.since.astimezone(zone).date().isoformat(),
            "end": end.astimezone(zone).date().isoformat(),
        },
    )


def _end_holds(affected: Sequence[AffectedDecision]) -> None:
    """What was undone before it was told is not told any more."""
    undone = [row.decision_id for row in affected if row.state == AffectedState.RESTORED]
    NoticeHold.objects.filter(decision_id__any_of=undone).delete()


def _apology(notice: Notice) -> NotificationRequest:
    decision = notice.decision
    return NotificationRequest(
        recipient_id=decision.customer_id,
        type="fault_put_right",
        dedupe_key=f"decision:{decision.reference}",
        lane=Lane.BULK,
        context={"last4": decision.line.last4},
        path=f"/decisions/{decision.reference}/",
        about=about_decision(decision),
    )
