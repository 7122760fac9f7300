"""Stores a batch of checked decisions, whole or not at all, whoever else is storing some of them.

New rows go in with COPY. Two intakes of the same decision meet at a unique key: the later one
waits, fails, looks again and finds it stored. Locks are taken in one order, so nobody stands still.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import DataError, IntegrityError
from django.utils import timezone

from appeals.actions.copying import copy_in, draw_references, take_keys
from appeals.actions.customers import KnownCustomers
from appeals.actions.lines import KnownLines
from appeals.actions.notice_clocks import begin_clocks, first_due
from appeals.actions.notices import hold_for, line_changed, write_notice
from appeals.actions.reason_sums import add_reasons
from appeals.actions.rule_sums import add_decisions
from appeals.actions.trying import despite_others
from appeals.feed import FeedDecision
from appeals.incident_scope import incident_of, open_incidents
from appeals.models import DecisionReason, Incident, LineDecision, Notice, NoticeClock, NoticeHold
from notifications.api import Lane, NotificationRequest, notify_many


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What became of a line: `created`, `unchanged`, `conflict` or `rejected`."""

    line_number: int
    decision_id: str
    status: str
    reference: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    reference: str
    content_sha256: str


def store_decisions(decisions: Sequence[FeedDecision], *, lane: Lane) -> list[LineAnswer]:
    """Store what is new; a line the database refuses is found and answered by itself."""
    if not decisions:
        return []
    try:
        return despite_others(lambda: _store_once(decisions, lane))
    except (DataError, IntegrityError) as error:
        if len(decisions) == 1:
            cause = str(error).splitlines()[0]
            return [_rejected(decisions[0], f"The database could not take the line: {cause}")]
    half = len(decisions) // 2
    return [
        *store_decisions(decisions[:half], lane=lane),
        *store_decisions(decisions[half:], lane=lane),
    ]


def _store_once(decisions: Sequence[FeedDecision], lane: Lane) -> list[LineAnswer]:
    known = _stored([decision.decision_id for decision in decisions])
    fresh = [decision for decision in decisions if decision.decision_id not in known]
    customers = KnownCustomers({decision.customer.reference for decision in fresh})
    lines = KnownLines({decision.line.reference for decision in fresh})
    references = draw_references(LineDecision, "LD", len(fresh))
    answers: list[LineAnswer] = []
    new: list[FeedDecision] = []
    for decision in decisions:
        sha256 = decision.content_sha256()
        earlier = known.get(decision.decision_id)
        complaint = "" if earlier else customers.complaint(decision) or lines.complaint(decision)
        if earlier:
            answers.append(_known_already(decision, earlier, sha256))
        elif complaint:
            answers.append(_rejected(decision, complaint))
        else:
            customers.admit(decision)
            lines.admit(decision)
            known[decision.decision_id] = Stored(references.pop(), sha256)
            new.append(decision)
            answers.append(_created(decision, known[decision.decision_id]))
    if new:
        customers.save()
        lines.save(customers)
        new.sort(key=lambda decision: decision.decision_id)
        _write(new, known, customers, lines, lane)
    return answers


def _stored(source_ids: Sequence[str]) -> dict[str, Stored]:
    rows = LineDecision.objects.filter(source_id__any_of=source_ids)
    return {
        source_id: Stored(reference, sha256)
        for source_id, reference, sha256 in rows.values_list(
            "source_id", "reference", "content_sha256"
        )
    }


def _write(
    new: Sequence[FeedDecision],
    known: dict[str, Stored],
    customers: KnownCustomers,
    lines: KnownLines,
    lane: Lane,
) -> None:
    now, incidents = timezone.now(), open_incidents()
    keys = take_keys(LineDecision, len(new))
    references = draw_references(Notice, "RN", len(new))
    decisions: list[LineDecision] = []
    reasons: list[DecisionReason] = []
    papers: list[Notice | NoticeHold] = []
    clocks: dict[int, list[NoticeClock]] = {}
    for key, told in zip(keys, new, strict=True):
        decision = _decision(key, told, known[told.decision_id], now)
        decision.customer = customers.get(told.customer.reference)
        decision.line = lines.get(told.line.reference)
        own = _reasons(decision, told)
        decisions.append(decision)
        reasons.extend(own)
        paper = _paper(decision, own, incidents, now, references.pop())
        clocks[key] = begin_clocks(decision, own, now, is_told=isinstance(paper, Notice))
        if isinstance(paper, NoticeHold):
            paper.due_at = first_due(clocks[key])
        papers.append(paper)
    notices = [paper for paper in papers if isinstance(paper, Notice)]
    copy_in(decisions)
    copy_in(reasons)
    copy_in(notices)
    copy_in([paper for paper in papers if isinstance(paper, NoticeHold)])
    copy_in([clock for begun in clocks.values() for clock in begun])
    notify_many([_telling(one, lane, clocks[one.decision_id]) for one in notices])
    add_decisions(new)
    add_reasons(new)


def _telling(notice: Notice, lane: Lane, clocks: Sequence[NoticeClock]) -> NotificationRequest:
    """The word that a notice is there, by when its clocks say."""
    return line_changed(notice.decision, notice, lane, due_at=first_due(clocks))


def _paper(
    decision: LineDecision,
    own: Sequence[DecisionReason],
    incidents: Sequence[Incident],
    now: datetime,
    reference: str,
) -> Notice | NoticeHold:
    """A hold where an open incident keeps it from being told; else a notice, or its gate's hold."""
    if incident := incident_of(decision, incidents):
        return hold_for(decision, incident, now)
    return write_notice(decision, own, now, reference=reference)


def _decision(key: int, told: FeedDecision, stored: Stored, now: datetime) -> LineDecision:
    return LineDecision(
        pk=key,
        reference=stored.reference,
        source_id=told.decision_id,
        content_sha256=stored.content_sha256,
        action=told.action,
        old_limit=told.old_limit,
        new_limit=told.new_limit,
        balance=told.balance,
        currency=told.line.currency,
        decided_at=told.decided_at,
        effective_at=told.effective_at,
        region=told.customer.region,
        automated=told.automated,
        rule_id=told.rule.id,
        rule_module=told.rule.module,
        rule_version=told.rule.version,
        policy=told.policy,
        score=told.score,
        received_at=now,
    )


def _reasons(decision: LineDecision, told: FeedDecision) -> list[DecisionReason]:
    return [
        DecisionReason(
            decision=decision, rank=rank, code=one.code, weight=one.weight, facts=dict(one.facts)
        )
        for rank, one in enumerate(told.reasons, start=1)
    ]


def _created(decision: FeedDecision, stored: Stored) -> LineAnswer:
    return LineAnswer(
        decision.line_number, decision.decision_id, "created", reference=stored.reference
    )


def _known_already(decision: FeedDecision, earlier: Stored, sha256: str) -> LineAnswer:
    if sha256 == earlier.content_sha256:
        return LineAnswer(
            decision.line_number, decision.decision_id, "unchanged", reference=earlier.reference
        )
    return LineAnswer(
        decision.line_number,
        decision.decision_id,
        "conflict",
        reference=earlier.reference,
        error=(
            "A decision with this id but other content is stored already; the stored one stays. "
            "A correction is a new decision with an id of its own."
        ),
    )


def _rejected(decision: FeedDecision, error: str) -> LineAnswer:
    return LineAnswer(decision.line_number, decision.decision_id, "rejected", error=error)
