"""The reasons, documents, marks and requests of a case, each with the words the page needs."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from appeals.admin.case_queries import (
    ANSWERED,
    OF_ANOTHER,
    grounds_of,
    marks_of,
    reasons_of,
    requests_of,
)
from appeals.admin.origins import ORIGIN_NAMES
from appeals.admin.restore_words import restore_words
from appeals.catalogue import CATALOGUE, Reason
from appeals.catalogue.loader import placeholders
from appeals.models import (
    Appeal,
    DecisionReason,
    DocumentRequest,
    EvidenceDocument,
    EvidenceMark,
    Finding,
    Ground,
    SuggestedFinding,
)
from appeals.notice_text.formats import fact_value
from appeals.notice_text.words import fact_label
from appeals.sentences import finding_sentences
from appeals.states import EvidenceState
from portal.models import Customer


@dataclass(frozen=True)
class MarkLine:
    """A mark as the line that leads to it."""

    mark: EvidenceMark
    can_remove: bool

    @property
    def title(self) -> str:
        """`Recent payslips p. 2`."""
        words = {"kind": kind_name(self.mark.document.kind), "page": self.mark.page}
        return _("%(kind)s p. %(page)s") % words

    @property
    def box(self) -> str:
        """Left, top, width and height, for the script that draws it."""
        mark = self.mark
        return f"{mark.left} {mark.top} {mark.width} {mark.height}"


@dataclass(frozen=True)
class Fact:
    """One of the customer's own values, or the threshold it was held against."""

    label: str
    value: str
    is_threshold: bool


@dataclass(frozen=True)
class ReasonCard:
    """A reason of the decision, and what the customer says about it if they dispute it."""

    row: DecisionReason
    entry: Reason
    title: str
    facts: list[Fact]
    restore_words: str
    ground: Ground | None
    finding: Finding | None
    suggestion: SuggestedFinding | None
    papers: list[EvidenceDocument]
    marks: list[MarkLine]
    currency: str
    language: str

    @property
    def origin(self) -> Any:
        return ORIGIN_NAMES[self.entry.origin]

    @property
    def percent(self) -> int:
        return round(self.row.weight * 100)

    @cached_property
    def suggestions(self) -> dict[str, str]:
        """A sentence for each ruling, in the customer's language; asked for by the form only."""
        return finding_sentences(self.row, self.currency, self.language) if self.ground else {}


@dataclass(frozen=True)
class SameFile:
    """Another case that holds the very same file."""

    reference: str
    is_of_another: bool
    # The kind of its final outcome, or blank.
    answer: str


@dataclass(frozen=True)
class Paper:
    """A document with the words a list needs; `rank` is that of the reason it answers."""

    document: EvidenceDocument
    kind: str
    answers: str
    rank: int | None
    also_in: tuple[SameFile, ...] = ()

    @property
    def is_anothers_too(self) -> bool:
        """Whether somebody else sent the same bytes: most often a sign that it is not theirs."""
        return any(same.is_of_another for same in self.also_in)

    @property
    def age_days(self) -> int | None:
        """How old it was when it came, by the newest date that could be read in it."""
        if self.document.dated_on is None:
            return None
        received_on = timezone.localtime(self.document.uploaded_at).date()
        return max(0, (received_on - self.document.dated_on).days)

    @property
    def most_days(self) -> int | None:
        """How old the catalogue lets a paper of this kind be."""
        kind = CATALOGUE.documents.get(self.document.kind)
        return kind.max_age_days if kind else None

    @property
    def is_too_old(self) -> bool:
        age, most = self.age_days, self.most_days
        return age is not None and most is not None and age > most

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

    @property
    def page_count(self) -> int:
        """How many pictures there are: a photograph is one page."""
        return self.document.pages or 1


@dataclass(frozen=True)
class Asked:
    """What was asked of the customer, and their answer."""

    row: DocumentRequest
    kinds: list[str]


def list_mark_lines(appeal: Appeal, viewer: Customer, *, is_mine: bool) -> list[MarkLine]:
    """The marks on this case's documents; one's own can be removed while one holds the case."""
    rows = marks_of(appeal.pk)
    return [MarkLine(row, can_remove=is_mine and row.by_id == viewer.pk) for row in rows]


def list_reason_cards(
    appeal: Appeal, papers: list[EvidenceDocument], marks: Iterable[MarkLine] = ()
) -> list[ReasonCard]:
    grounds = {ground.decision_reason_id: ground for ground in grounds_of(appeal.pk)}
    papers_of: dict[int | None, list[EvidenceDocument]] = defaultdict(list)
    for paper in papers:
        papers_of[paper.ground_id].append(paper)
    marks_of: dict[int | None, list[MarkLine]] = defaultdict(list)
    for line in marks:
        marks_of[line.mark.ground_id].append(line)
    return [
        _card(row, appeal, grounds.get(row.pk), (papers_of, marks_of))
        for row in reasons_of(appeal.decision_id)
    ]


def _card(
    row: DecisionReason,
    appeal: Appeal,
    ground: Ground | None,
    of_grounds: tuple[dict[int | None, list[EvidenceDocument]], dict[int | None, list[MarkLine]]],
) -> ReasonCard:
    currency = appeal.decision.currency
    papers_of, marks_of = of_grounds
    facts = _facts(row, currency)
    return ReasonCard(
        row=row,
        entry=row.reason,
        title=in_own_language(row.reason.title),
        facts=list(facts.values()),
        restore_words=restore_words(
            row.reason.restore_when,
            row.code,
            get_language() or "en",
            {name: fact.value for name, fact in facts.items()},
        ),
        ground=ground,
        finding=getattr(ground, "finding", None) if ground else None,
        suggestion=getattr(ground, "suggestion", None) if ground else None,
        papers=papers_of[ground.pk] if ground else [],
        marks=marks_of[ground.pk] if ground else [],
        currency=currency,
        language=appeal.customer.locale,
    )


def _facts(row: DecisionReason, currency: str) -> dict[str, Fact]:
    """The facts under their names; what must hold for the limit to come back is a threshold."""
    thresholds = placeholders(row.reason.restore_when)
    return {
        name: Fact(*_words(row, name, value, currency), is_threshold=name in thresholds)
        for name, value in row.facts.items()
    }


def _words(row: DecisionReason, name: str, value: Any, currency: str) -> tuple[str, str]:
    """A fact as the customer reads it, in the desk's language; one we cannot write as it came."""
    language = get_language() or "en"
    try:
        return fact_label(row.code, name, language), fact_value(name, value, currency, language)
    except (LookupError, ValueError, TypeError, ArithmeticError):
        return name, str(value)


def list_papers(documents: list[EvidenceDocument], reasons: list[ReasonCard]) -> list[Paper]:
    cards = {card.ground.pk: card for card in reasons if card.ground}
    return [_paper(document, cards.get(document.ground_id or 0)) for document in documents]


def _paper(document: EvidenceDocument, card: ReasonCard | None) -> Paper:
    return Paper(
        document=document,
        kind=kind_name(document.kind),
        answers=card.title if card else "",
        rank=card.row.rank if card else None,
        also_in=tuple(map(_same_file, getattr(document, "also_in", ()))),
    )


def _same_file(text: str) -> SameFile:
    name, _mark, answer = text.partition(ANSWERED)
    return SameFile(name.removesuffix(OF_ANOTHER), name.endswith(OF_ANOTHER), answer)


def list_asked(appeal: Appeal) -> list[Asked]:
    rows = requests_of(appeal.pk)
    return [Asked(row, [kind_name(key) for key in row.kinds]) for row in rows]


def kind_name(key: str) -> str:
    if key not in CATALOGUE.documents:
        return _("Other document")
    return in_own_language(CATALOGUE.document(key).label)


def in_own_language(texts: Any) -> str:
    """The catalogue's text in the language the desk is shown in."""
    return str(texts.get(get_language() or "en", texts["en"]))
