"""Everything the case page shows, in a number of queries that does not grow with the case."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from appeals.access import is_reviewer, is_supervisor, list_colleagues
from appeals.actions.outcomes import draft_of
from appeals.actions.restoring import newer_decision
from appeals.admin.case_parts import (
    Asked,
    Paper,
    ReasonCard,
    list_asked,
    list_document_kinds,
    list_papers,
    list_reason_cards,
)
from appeals.clock import Clock, clock_of
from appeals.models import Appeal, CaseEvent, Claim, EvidenceDocument, LineDecision, Outcome
from appeals.states import AppealState, EvidenceState
from portal.models import Customer


@dataclass(frozen=True)
class CasePage:
    """One case as one person at the desk sees it."""

    appeal: Appeal
    decision: LineDecision
    claim: Claim | None
    clock: Clock
    reasons: list[ReasonCard]
    papers: list[Paper]
    asked: list[Asked]
    outcomes: list[Outcome]
    history: list[CaseEvent]
    newer: LineDecision | None
    viewer: Customer
    document_kinds: list[tuple[str, str]]
    colleagues: list[Customer]

    @property
    def language(self) -> str:
        return self.appeal.customer.locale

    @property
    def language_name(self) -> str:
        return dict(settings.LANGUAGES).get(self.language, self.language)

    @property
    def disputed(self) -> list[ReasonCard]:
        return [card for card in self.reasons if card.ground]

    @property
    def is_mine(self) -> bool:
        return (
            self.appeal.state == AppealState.IN_REVIEW
            and self.claim is not None
            and self.claim.reviewer_id == self.viewer.pk
        )

    @property
    def is_independent(self) -> bool:
        return self.decision.decided_by_id != self.viewer.pk

    @property
    def can_claim(self) -> bool:
        return (
            self.appeal.state == AppealState.SUBMITTED
            and is_reviewer(self.viewer)
            and self.is_independent
        )

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
            and is_reviewer(self.viewer)
            and self.is_independent
        )

    @property
    def can_release(self) -> bool:
        return self.appeal.state == AppealState.IN_REVIEW and (
            self.is_mine or is_supervisor(self.viewer)
        )

    @property
    def can_reassign(self) -> bool:
        return is_supervisor(self.viewer) and self.appeal.state in {
            AppealState.SUBMITTED,
            AppealState.IN_REVIEW,
        }

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
    def draft(self) -> dict[str, str]:
        """What the answer's form begins with."""
        if self.appeal.review_draft:
            return dict(self.appeal.review_draft)
        return draft_of(self.outcome) if self.outcome else {}


def load_case(appeal: Appeal, viewer: Customer, now: datetime) -> CasePage:
    papers = list(
        EvidenceDocument.objects.filter(appeal=appeal).exclude(state=EvidenceState.REMOVED)
    )
    reasons = list_reason_cards(appeal, papers)
    return CasePage(
        appeal=appeal,
        decision=appeal.decision,
        claim=Claim.objects.filter(appeal=appeal).select_related("reviewer").first(),
        clock=clock_of(appeal, now),
        reasons=reasons,
        papers=list_papers(papers, reasons),
        asked=list_asked(appeal),
        outcomes=_outcomes(appeal),
        history=list(CaseEvent.objects.filter(appeal=appeal).select_related("by")),
        newer=newer_decision(appeal.decision),
        viewer=viewer,
        document_kinds=list_document_kinds(reasons),
        colleagues=list(list_colleagues(appeal)) if is_supervisor(viewer) else [],
    )


def _outcomes(appeal: Appeal) -> list[Outcome]:
    rows = Outcome.objects.filter(appeal=appeal).order_by("decided_at", "pk")
    rows = rows.select_related("decided_by", "approved_by", "line_decision")
    return list(rows.prefetch_related("instructions"))
