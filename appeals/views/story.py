"""An appeal from sending to answer, put together for the customer's page about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import get_language

from appeals.catalogue import CATALOGUE
from appeals.models import (
    Appeal,
    CaseEvent,
    DocumentRequest,
    EventKind,
    EvidenceDocument,
    InstructionState,
    LineInstruction,
    Outcome,
    Purpose,
)
from appeals.states import AppealState, OutcomeKind, Ruling
from appeals.timeline import (
    EVENT_SENTENCES,
    OUTCOME_HEADLINES,
    RULING_HEADLINES,
    STAGE_EVENTS,
    STANDINGS,
    BarStep,
    Situation,
    Stage,
    Standing,
    Words,
    bar,
    situation,
)
from appeals.views.promises import Promised, promised
from appeals.views.reasons import GroundWords, grounds_in_words
from appeals.views.sending import documents_of


@dataclass(frozen=True)
class Happening:
    """One line of the history."""

    sentence: Words
    at: datetime


@dataclass(frozen=True)
class RequestWords:
    """What a reviewer asked for."""

    request: DocumentRequest
    papers: list[str]


@dataclass(frozen=True)
class GroundStory:
    """A disputed reason, what the customer said and, once answered, what we found."""

    words: GroundWords
    headline: Words
    finding: str


@dataclass(frozen=True)
class Answer:
    """The outcome as the customer reads it."""

    headline: Words
    outcome: Outcome
    is_applied: bool
    new_decision: str  # the reference, once there is a notice to read


@dataclass(frozen=True)
class Story:
    appeal: Appeal
    standing: Standing
    bar: list[BarStep]
    promised: Promised | None
    happenings: list[Happening]
    grounds: list[GroundStory]
    documents: Sequence[EvidenceDocument]
    open_request: RequestWords | None
    answered_requests: list[RequestWords]
    answer: Answer | None


def story_of(appeal: Appeal) -> Story:
    """All the page shows, in a fixed number of queries."""
    events = list(appeal.events.all())
    requests = [request_in_words(row) for row in appeal.document_requests.all()]
    is_decided = appeal.state == AppealState.DECIDED
    answer = _answer(appeal) if is_decided else None
    standing = STANDINGS[_situation(appeal, answer)]
    is_waiting = appeal.state == AppealState.WAITING
    grounds = _grounds(appeal, is_decided=is_decided)
    return Story(
        appeal=appeal,
        standing=standing,
        bar=bar(
            standing.stage,
            _times(events),
            has_second_check=_has_second_check(appeal, grounds, answer),
            changes_line=answer.outcome.line_decision_id is not None if answer else None,
        ),
        promised=promised(appeal, timezone.now(), was_paused=bool(requests)),
        happenings=_happenings(events),
        grounds=grounds,
        documents=list(documents_of(appeal)),
        open_request=next((r for r in requests if is_waiting and _is_open(r)), None),
        answered_requests=[r for r in requests if not _is_open(r)],
        answer=answer,
    )


def request_in_words(row: DocumentRequest) -> RequestWords:
    language = get_language() or "en"
    known = [CATALOGUE.documents[key] for key in row.kinds if key in CATALOGUE.documents]
    return RequestWords(row, [kind.label.get(language, kind.label["en"]) for kind in known])


def _is_open(asked: RequestWords) -> bool:
    return asked.request.answered_at is None


def _situation(appeal: Appeal, answer: Answer | None) -> Situation:
    return situation(
        AppealState(appeal.state),
        changes_line=answer is not None and answer.outcome.line_decision_id is not None,
        is_applied=answer is not None and answer.is_applied,
    )


def _answer(appeal: Appeal) -> Answer | None:
    rows = appeal.outcomes.filter(is_final=True)
    rows = rows.select_related("line_decision__notice").annotate(
        is_applied=Exists(
            LineInstruction.objects.filter(
                outcome=OuterRef("pk"),
                purpose=Purpose.OUTCOME,
                state=InstructionState.CONFIRMED,
            )
        )
    )
    outcome = rows.defer("line_decision__notice__content").first()
    if outcome is None:
        return None
    decision = outcome.line_decision
    return Answer(
        headline=OUTCOME_HEADLINES[OutcomeKind(outcome.kind)],
        outcome=outcome,
        is_applied=outcome.is_applied,
        new_decision=decision.reference if decision and hasattr(decision, "notice") else "",
    )


def _grounds(appeal: Appeal, *, is_decided: bool) -> list[GroundStory]:
    rows = appeal.grounds.select_related("decision_reason", "finding")
    told = []
    for words in grounds_in_words(rows, appeal.decision.notice):
        finding = getattr(words.ground, "finding", None) if is_decided else None
        headline = RULING_HEADLINES[Ruling(finding.ruling)] if finding else ""
        told.append(GroundStory(words, headline, finding.sentence if finding else ""))
    return told


def _has_second_check(
    appeal: Appeal, grounds: Sequence[GroundStory], answer: Answer | None
) -> bool:
    if answer is not None:
        return answer.outcome.needs_approval
    if appeal.queue is not None and appeal.queue.needs_second_approval:
        return True
    reasons = [told.words.ground.decision_reason.reason for told in grounds]
    return any(reason.review_by == "two" for reason in reasons)


def _times(events: Sequence[CaseEvent]) -> Mapping[Stage, datetime]:
    """When each step was reached: the last time counts, for an answer may be sent back."""
    last = {event.kind: event.at for event in events}
    return {stage: last[kind] for stage, kind in STAGE_EVENTS.items() if kind in last}


def _happenings(events: Sequence[CaseEvent]) -> list[Happening]:
    """What the customer may see, newest first."""
    return [
        Happening(EVENT_SENTENCES[EventKind(event.kind)], event.at)
        for event in reversed(events)
        if event.is_visible and EventKind(event.kind) in EVENT_SENTENCES
    ]
