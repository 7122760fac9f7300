"""Everything the case page shows, in a number of queries that does not grow with the case."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from appeals.access import is_reviewer, is_supervisor, list_colleagues
from appeals.actions.outcomes import draft_of
from appeals.actions.restoring import newer_decision
from appeals.catalogue import CATALOGUE, Reason
from appeals.clock import Clock, clock_of
from appeals.models import (
    Appeal,
    CaseEvent,
    Claim,
    DecisionReason,
    DocumentRequest,
    EvidenceDocument,
    Finding,
    Ground,
    LineDecision,
    Outcome,
)
from appeals.notice_text.formats import fact_value
from appeals.notice_text.words import fact_label
from appeals.sentences import finding_sentences
from appeals.states import AppealState, EvidenceState
from portal.models import Customer


@dataclass(frozen=True)
class ReasonCard:
    """A reason of the decision, and what the customer says about it if they dispute it."""

    row: DecisionReason
    entry: Reason
    title: str
    facts: list[tuple[str, str]]
    ground: Ground | None
    finding: Finding | None
    papers: list[EvidenceDocument]
    suggestions: dict[str, str]

    @property
    def percent(self) -> int:
        return round(self.row.weight * 100)


@dataclass(frozen=True)
class Paper:
    """A document with the words a list needs."""

    document: EvidenceDocument
    kind: str
    answers: str

    @property
    def can_open(self) -> bool:
        return self.document.state == EvidenceState.READY

    @property
    def size(self) -> str:
        kib = self.document.size / 1024
        return f"{kib / 1024:.1f} MB" if kib >= 1024 else f"{max(kib, 1):.0f} KB"

    @property
    def pages(self) -> str:
        if not self.document.pages:
            return ""
        return ngettext("%d page", "%d pages", self.document.pages) % self.document.pages


@dataclass(frozen=True)
class Asked:
    """What was asked of the customer, and their answer."""

    row: DocumentRequest
    kinds: list[str]


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
    reasons = _reasons(appeal, papers)
    return CasePage(
        appeal=appeal,
        decision=appeal.decision,
        claim=Claim.objects.filter(appeal=appeal).select_related("reviewer").first(),
        clock=clock_of(appeal, now),
        reasons=reasons,
        papers=_papers(papers, reasons),
        asked=_asked(appeal),
        outcomes=_outcomes(appeal),
        history=list(CaseEvent.objects.filter(appeal=appeal).select_related("by")),
        newer=newer_decision(appeal.decision),
        viewer=viewer,
        document_kinds=_document_kinds(reasons),
        colleagues=list(list_colleagues(appeal)) if is_supervisor(viewer) else [],
    )


def _reasons(appeal: Appeal, papers: list[EvidenceDocument]) -> list[ReasonCard]:
    grounds = {
        ground.decision_reason_id: ground
        for ground in Ground.objects.filter(appeal=appeal).select_related("finding")
    }
    by_ground: dict[int | None, list[EvidenceDocument]] = defaultdict(list)
    for paper in papers:
        by_ground[paper.ground_id].append(paper)
    return [
        _card(row, grounds.get(row.pk), by_ground, appeal)
        for row in DecisionReason.objects.filter(decision=appeal.decision)
    ]


def _card(
    row: DecisionReason,
    ground: Ground | None,
    by_ground: dict[int | None, list[EvidenceDocument]],
    appeal: Appeal,
) -> ReasonCard:
    currency = appeal.decision.currency
    return ReasonCard(
        row=row,
        entry=row.reason,
        title=in_own_language(row.reason.title),
        facts=[_fact(row, name, value, currency) for name, value in row.facts.items()],
        ground=ground,
        finding=getattr(ground, "finding", None) if ground else None,
        papers=by_ground[ground.pk] if ground else [],
        suggestions=finding_sentences(row, currency, appeal.customer.locale) if ground else {},
    )


def _fact(row: DecisionReason, name: str, value: Any, currency: str) -> tuple[str, str]:
    """A fact as the customer reads it, in the desk's language; one we cannot write as it came."""
    language = get_language() or "en"
    try:
        return fact_label(row.code, name, language), fact_value(name, value, currency, language)
    except (LookupError, ValueError, TypeError, ArithmeticError):
        return name, str(value)


def _papers(documents: list[EvidenceDocument], reasons: list[ReasonCard]) -> list[Paper]:
    titles = {card.ground.pk: card.title for card in reasons if card.ground}
    return [
        Paper(
            document=document,
            kind=kind_name(document.kind),
            answers=titles.get(document.ground_id or 0, ""),
        )
        for document in documents
    ]


def _asked(appeal: Appeal) -> list[Asked]:
    rows = DocumentRequest.objects.filter(appeal=appeal).select_related("asked_by")
    return [Asked(row, [kind_name(key) for key in row.kinds]) for row in rows]


def _outcomes(appeal: Appeal) -> list[Outcome]:
    rows = Outcome.objects.filter(appeal=appeal).order_by("decided_at", "pk")
    return list(rows.select_related("decided_by", "approved_by", "line_decision", "instruction"))


def _document_kinds(reasons: list[ReasonCard]) -> list[tuple[str, str]]:
    """All kinds to choose from; those that answer the disputed reasons come first."""
    helpful = [key for card in reasons if card.ground for key in card.entry.evidence]
    ordered = dict.fromkeys([*helpful, *CATALOGUE.documents])
    return [(key, kind_name(key)) for key in ordered]


def kind_name(key: str) -> str:
    if key not in CATALOGUE.documents:
        return _("Other document")
    return in_own_language(CATALOGUE.document(key).label)


def in_own_language(texts: Any) -> str:
    """The catalogue's text in the language the desk is shown in."""
    return str(texts.get(get_language() or "en", texts["en"]))
