"""An appeal from sending to answer, put together for the customer's page about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import get_language

from appeals.actions.no_news import team_of
from appeals.answer_points import condition_of
from appeals.answers import (
    GroundAnswer,
    OutcomeAnswer,
    Reader,
    ground_answer,
    outcome_answer,
)
from appeals.catalogue import CATALOGUE
from appeals.incident_scope import gathering_of
from appeals.models import (
    Appeal,
    CaseEvent,
    ConditionState,
    DocumentRequest,
    EventKind,
    EvidenceDocument,
    Ground,
    InstructionState,
    LineInstruction,
    Outcome,
    Purpose,
)
from appeals.states import AppealState, EvidenceState, OutcomeKind
from appeals.timeline import (
    BY_POST_SENTENCE,
    EVENT_SENTENCES,
    HELPER_SENTENCES,
    STAGE_EVENTS,
    STANDINGS,
    BarStep,
    Decided,
    Stage,
    Standing,
    Words,
    bar,
    situation,
)
from appeals.views.promises import Promised, promised
from appeals.views.reasons import grounds_in_words
from appeals.views.sending import documents_of


@dataclass(frozen=True)
class Happening:
    """One line of the history."""

    sentence: Words
    at: datetime


@dataclass(frozen=True)
class RequestWords:
    """What a reviewer asked, the papers they named, and those that were sent with the answer."""

    request: DocumentRequest
    papers: list[str]
    sent: Sequence[EvidenceDocument] = ()


@dataclass(frozen=True)
class Story:
    appeal: Appeal
    standing: Standing
    bar: list[BarStep]
    promised: Promised | None
    happenings: list[Happening]
    grounds: list[GroundAnswer]
    documents: Sequence[EvidenceDocument]
    open_request: RequestWords | None
    # Every one that is not open, oldest first; of a withdrawn appeal one may be unanswered.
    past_requests: list[RequestWords]
    answer: OutcomeAnswer | None
    # The number of the appeal this one is answered with.
    answered_with: str
    # When we last said that nothing is new, and nothing was since.
    no_news_at: datetime | None
    team: str
    # Looked at with everybody whom its rule touched.
    is_gathered: bool


def story_of(appeal: Appeal) -> Story:
    """All the page shows, in a fixed number of queries."""
    events = list(appeal.events.all())
    requests = [request_in_words(row) for row in appeal.document_requests.all()]
    outcome = _final_outcome(appeal) if appeal.state == AppealState.DECIDED else None
    reader = Reader(get_language() or "en")
    together = appeal.is_open and bool(gathering_of(appeal.pk))
    standing = STANDINGS[situation(appeal.told_state, _decided(outcome), is_gathered=together)]
    is_waiting = appeal.state == AppealState.WAITING
    grounds = list(appeal.grounds.select_related("decision_reason", "finding"))
    documents = list(documents_of(appeal))
    open_request = next((r for r in requests if is_waiting and _is_open(r)), None)
    return Story(
        appeal=appeal,
        standing=standing,
        bar=bar(
            standing.stage,
            _times(events),
            has_second_check=_has_second_check(appeal, grounds, outcome),
            changes_line=outcome.line_decision_id is not None if outcome else None,
        ),
        promised=promised(appeal, timezone.now(), [one.request for one in requests]),
        happenings=_happenings(events, appeal.customer_id),
        grounds=_in_words(appeal, grounds, outcome, reader),
        documents=documents,
        open_request=open_request,
        past_requests=[_with_papers(r, documents) for r in requests if r is not open_request],
        answer=_answer(outcome, reader) if outcome else None,
        answered_with=_answered_with(appeal),
        no_news_at=_no_news_at(appeal, events),
        team=team_of(appeal.queue, get_language() or "en"),
        is_gathered=together,
    )


def request_in_words(row: DocumentRequest) -> RequestWords:
    language = get_language() or "en"
    known = [CATALOGUE.documents[key] for key in row.kinds if key in CATALOGUE.documents]
    return RequestWords(row, [kind.label.get(language, kind.label["en"]) for kind in known])


def _with_papers(asked: RequestWords, documents: Sequence[EvidenceDocument]) -> RequestWords:
    sent = [one for one in documents if one.request_id == asked.request.pk]
    return replace(asked, sent=[one for one in sent if one.state != EvidenceState.REFUSED])


def _is_open(asked: RequestWords) -> bool:
    return asked.request.answered_at is None


def _final_outcome(appeal: Appeal) -> Outcome | None:
    told = LineInstruction.objects.filter(outcome=OuterRef("pk"))
    faults = LineInstruction.objects.filter(
        affected__line_decision=OuterRef("line_decision"), purpose=Purpose.FAULT
    )
    limits = told.exclude(purpose=Purpose.LOOK_AGAIN)
    rows = appeal.outcomes.filter(is_final=True).select_related(
        "line_decision__notice", "payment_condition", "end_decision"
    )
    rows = rows.annotate(
        is_applied=(
            Exists(limits.filter(state=InstructionState.CONFIRMED))
            | Exists(faults.filter(state=InstructionState.CONFIRMED))
        )
        & ~Exists(limits.filter(state=InstructionState.PENDING)),
        is_decided_again=Exists(told.filter(purpose=Purpose.LOOK_AGAIN)),
    )
    outcome = rows.defer("line_decision__notice__content").first()
    if outcome is not None:
        outcome.appeal = appeal
    return outcome


def _decided(outcome: Outcome | None) -> Decided | None:
    if outcome is None:
        return None
    kind, condition = OutcomeKind(outcome.kind), condition_of(outcome)
    state = condition.state if condition else None
    is_looked_at_again = outcome.look_again_on is not None and outcome.looked_again_at is None
    if kind == OutcomeKind.CONDITIONAL:
        is_waiting = state == ConditionState.OPEN
    elif kind == OutcomeKind.TEMPORARY:
        is_waiting = outcome.ended_at is None
    else:
        is_waiting = is_looked_at_again
    return Decided(
        kind,
        changes_line=outcome.line_decision_id is not None,
        is_applied=outcome.is_applied,  # type: ignore[attr-defined]
        is_waiting=is_waiting,
        is_overtaken=state == ConditionState.OVERTAKEN and is_looked_at_again,
    )


def _answer(outcome: Outcome, reader: Reader) -> OutcomeAnswer:
    decision = outcome.line_decision
    return outcome_answer(
        outcome,
        reader,
        is_applied=outcome.is_applied,  # type: ignore[attr-defined]
        new_decision=decision.reference if decision and hasattr(decision, "notice") else "",
    )


def _in_words(
    appeal: Appeal, grounds: list[Ground], outcome: Outcome | None, reader: Reader
) -> list[GroundAnswer]:
    told = []
    for words in grounds_in_words(grounds, appeal.decision.notice):
        words.ground.decision_reason.decision = appeal.decision
        finding = _finding(words.ground, outcome) if outcome else None
        told.append(ground_answer(words.ground, words.reason.title, finding, reader))
    return told


def _finding(ground: Ground, outcome: Outcome) -> tuple[str, str] | None:
    """The finding the answer was given with; an answer of old kept none of its own."""
    for one in outcome.findings:
        if one["ground"] == ground.pk:
            return one["ruling"], one["sentence"]
    finding = getattr(ground, "finding", None)
    return (finding.ruling, finding.sentence) if finding else None


def _no_news_at(appeal: Appeal, events: Sequence[CaseEvent]) -> datetime | None:
    seen = [event for event in events if event.is_visible]
    if not appeal.is_open or not seen or seen[-1].kind != EventKind.NO_NEWS:
        return None
    return seen[-1].at


def _answered_with(appeal: Appeal) -> str:
    """The customer's other appeal, once this one is closed as the same matter."""
    if appeal.told_state != AppealState.DUPLICATE:
        return ""
    rows = Appeal.objects.filter(duplicates=appeal, customer=appeal.customer_id)
    return rows.values_list("reference", flat=True).first() or ""


def _has_second_check(appeal: Appeal, grounds: Sequence[Ground], outcome: Outcome | None) -> bool:
    if outcome is not None:
        return outcome.needs_approval
    if appeal.queue is not None and appeal.queue.needs_second_approval:
        return True
    return any(ground.decision_reason.reason.review_by == "two" for ground in grounds)


def _times(events: Sequence[CaseEvent]) -> Mapping[Stage, datetime]:
    """When each step was reached: the last time counts, for an answer may be sent back."""
    last = {event.kind: event.at for event in events}
    return {stage: last[kind] for stage, kind in STAGE_EVENTS.items() if kind in last}


def _happenings(events: Sequence[CaseEvent], customer: int) -> list[Happening]:
    """What the customer may see, newest first."""
    return [
        Happening(_sentence(event, customer), event.at)
        for event in reversed(events)
        if event.is_visible and EventKind(event.kind) in EVENT_SENTENCES
    ]


def _sentence(event: CaseEvent, customer: int) -> Words:
    kind = EventKind(event.kind)
    if kind == EventKind.DOCUMENTS_ANSWERED and event.details.get("way") == "post":
        return BY_POST_SENTENCE
    if event.by_id not in {None, customer} and kind in HELPER_SENTENCES:
        return HELPER_SENTENCES[kind]
    return EVENT_SENTENCES[kind]
