"""Everything the case page shows, in a number of queries that does not grow with the case."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.utils.translation import get_language

from appeals.access import is_approver, is_reviewer, reach_of
from appeals.actions.outcomes import draft_of
from appeals.actions.restoring import newer_decision
from appeals.admin.case_alike import AlikePart, load_alike
from appeals.admin.case_clocks import ClockPanel, list_clocks
from appeals.admin.case_history import HistoryLine, list_history
from appeals.admin.case_parts import (
    MarkLine,
    Paper,
    ReasonCard,
    list_asked,
    list_mark_lines,
    list_papers,
    list_reason_cards,
)
from appeals.admin.case_queries import outcomes_of, papers_of
from appeals.admin.case_related import OtherAppeal, list_others, rule_record
from appeals.admin.case_talk import Said, Talk, load_talk
from appeals.admin.hold import Hold, load_hold
from appeals.clock import Clock, clock_of
from appeals.models import Appeal, Claim, LineDecision, Outcome, SuggestedFinding
from appeals.notice_text.regions import region_name
from appeals.overview import RuleRecord
from appeals.states import AppealState, EvidenceState
from portal.models import Customer


@dataclass(frozen=True)
class CasePage:
    """One case as one person at the desk sees it."""

    appeal: Appeal
    decision: LineDecision
    claim: Claim | None
    clock: Clock
    clocks: ClockPanel
    talk: Talk
    reasons: list[ReasonCard]
    papers: list[Paper]
    outcomes: list[Outcome]
    history: list[HistoryLine]
    has_more_history: bool
    others: list[OtherAppeal]
    has_more_others: bool
    rule_record: RuleRecord | None
    marks: list[MarkLine]
    newer: LineDecision | None
    alike: AlikePart
    viewer: Customer
    hold: Hold

    @property
    def language(self) -> str:
        return self.appeal.customer.locale

    @property
    def language_name(self) -> str:
        return dict(settings.LANGUAGES).get(self.language, self.language)

    @property
    def place(self) -> str:
        """Where the customer lives, as far as it decides which law and calendar hold."""
        customer = self.appeal.customer
        if customer.region:
            return region_name(customer.region, get_language() or "en")
        return str(customer.get_jurisdiction_display())

    @property
    def disputed(self) -> list[ReasonCard]:
        return [card for card in self.reasons if card.ground]

    def with_suggestions(self, kept: Mapping[int, SuggestedFinding]) -> "CasePage":
        """The page with what is suggested about its grounds, by ground."""
        cards = [
            replace(card, suggestion=kept.get(card.ground.pk)) if card.ground else card
            for card in self.reasons
        ]
        return replace(self, reasons=cards)

    @property
    def loose_marks(self) -> list[MarkLine]:
        """Marks that answer no ground."""
        return [line for line in self.marks if line.mark.ground_id is None]

    @property
    def is_mine(self) -> bool:
        return _is_held_by(self.appeal, self.claim, self.viewer)

    @property
    def can_claim(self) -> bool:
        return self.hold.can_claim

    @property
    def outcome(self) -> Outcome | None:
        """The proposal or the answer; one that was sent back is history."""
        return next((one for one in self.outcomes if one.sent_back_at is None), None)

    @property
    def sent_back(self) -> Outcome | None:
        """The last proposal that was sent back, while it is being looked at again."""
        return next((one for one in reversed(self.outcomes) if one.sent_back_at), None)

    @property
    def can_approve(self) -> bool:
        return (
            self.appeal.state == AppealState.APPROVAL
            and self.outcome is not None
            and self.outcome.decided_by_id != self.viewer.pk
            and is_approver(self.viewer)
            and self.hold.bar is None
        )

    @property
    def unchecked(self) -> int:
        """Documents that nobody can open yet: a reason to wait before deciding."""
        return sum(paper.document.state == EvidenceState.WAITING for paper in self.papers)

    @property
    def needs_second_person(self) -> bool:
        return bool(self.appeal.queue and self.appeal.queue.needs_second_approval) or any(
            card.entry.review_by == "two" for card in self.disputed
        )

    @property
    def draft(self) -> dict[str, Any]:
        """What the answer's form begins with."""
        if self.appeal.review_draft:
            return dict(self.appeal.review_draft)
        return draft_of(self.outcome) if self.outcome else {}


def load_case(appeal: Appeal, viewer: Customer, now: datetime) -> CasePage:
    claim = getattr(appeal, "claim", None)
    papers = papers_of(appeal.pk, viewer.pk, reach=reach_of(viewer))
    marks = list_mark_lines(appeal, viewer, is_mine=_is_held_by(appeal, claim, viewer))
    reasons = list_reason_cards(appeal, papers, marks)
    history, has_more_history = list_history(appeal)
    others, has_more_others = list_others(appeal, viewer)
    said = Said(
        asked=list_asked(appeal),
        papers=list_papers(papers, reasons),
        is_mine=_is_held_by(appeal, claim, viewer),
    )
    disputed = [card.row.code for card in reasons if card.ground]
    return CasePage(
        appeal=appeal,
        decision=appeal.decision,
        claim=claim,
        clock=clock_of(appeal, now),
        clocks=list_clocks(appeal, viewer, now),
        talk=load_talk(appeal, viewer, said, disputed=disputed, now=now),
        reasons=reasons,
        papers=list(said.papers),
        outcomes=_outcomes(appeal),
        history=history,
        has_more_history=has_more_history,
        others=others,
        has_more_others=has_more_others,
        rule_record=rule_record(appeal, viewer),
        marks=marks,
        newer=newer_decision(appeal.decision),
        alike=load_alike(appeal, reasons, list(said.papers), viewer),
        viewer=viewer,
        hold=load_hold(appeal, claim, viewer),
    )


def _is_held_by(appeal: Appeal, claim: Claim | None, person: Customer) -> bool:
    in_review = appeal.state == AppealState.IN_REVIEW
    is_theirs = in_review and claim is not None and claim.reviewer_id == person.pk
    return is_theirs and is_reviewer(person)


def _outcomes(appeal: Appeal) -> list[Outcome]:
    rows = outcomes_of(appeal.pk)
    prefetch_related_objects(rows, "instructions")
    return rows
