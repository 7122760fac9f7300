"""The reasons, documents and requests of a case, each with the words the page needs."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from appeals.catalogue import CATALOGUE, Reason
from appeals.models import (
    Appeal,
    DecisionReason,
    DocumentRequest,
    EvidenceDocument,
    Finding,
    Ground,
)
from appeals.notice_text.formats import fact_value
from appeals.notice_text.words import fact_label
from appeals.sentences import finding_sentences
from appeals.states import EvidenceState


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


def list_reason_cards(appeal: Appeal, papers: list[EvidenceDocument]) -> list[ReasonCard]:
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


def list_papers(documents: list[EvidenceDocument], reasons: list[ReasonCard]) -> list[Paper]:
    titles = {card.ground.pk: card.title for card in reasons if card.ground}
    return [
        Paper(
            document=document,
            kind=kind_name(document.kind),
            answers=titles.get(document.ground_id or 0, ""),
        )
        for document in documents
    ]


def list_asked(appeal: Appeal) -> list[Asked]:
    rows = DocumentRequest.objects.filter(appeal=appeal).select_related("asked_by")
    return [Asked(row, [kind_name(key) for key in row.kinds]) for row in rows]


def list_document_kinds(reasons: list[ReasonCard]) -> list[tuple[str, str]]:
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
