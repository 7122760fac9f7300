"""What the customer is told about each state, as tables; no database."""

from datetime import UTC, datetime

import pytest

from appeals.models import EventKind
from appeals.states import AppealState, OutcomeKind, Ruling
from appeals.timeline import (
    EVENT_SENTENCES,
    OUTCOME_HEADLINES,
    RULING_HEADLINES,
    STAGE_EVENTS,
    STAGE_NAMES,
    STANDINGS,
    Decided,
    Situation,
    Stage,
    bar,
    situation,
)

# What stays between us: which queue it lies in, and our notes.
NEVER_SHOWN = {
    EventKind.ROUTED,
    EventKind.NOTE,
    EventKind.CARE,
    EventKind.PASSED_ON,
    EventKind.RESERVED,
    EventKind.RECUSED,
    EventKind.MOVED,
    EventKind.CLOCK_STARTED,
    EventKind.CLOCK_STOPPED,
    EventKind.ESCALATED,
    EventKind.LOOKED_AGAIN,
}


def test_every_state_event_and_outcome_has_words():
    for state in AppealState:
        assert STANDINGS[situation(state)].status
    assert set(STANDINGS) == set(Situation)
    assert set(EventKind) - set(EVENT_SENTENCES) == NEVER_SHOWN
    assert set(OUTCOME_HEADLINES) == set(OutcomeKind)
    assert set(RULING_HEADLINES) == set(Ruling)
    assert set(STAGE_NAMES) == set(STAGE_EVENTS) == set(Stage)


KINDS = OutcomeKind


@pytest.mark.parametrize(
    ("decided", "seen"),
    [
        (None, Situation.FINISHED),
        (Decided(KINDS.KEPT), Situation.FINISHED),
        (Decided(KINDS.KEPT, is_waiting=True), Situation.KEPT),
        (Decided(KINDS.CORRECTED, is_waiting=True), Situation.DECIDING_AGAIN),
        (Decided(KINDS.TO_BUREAU, is_waiting=True), Situation.AT_BUREAU),
        (Decided(KINDS.RESTORED, changes_line=True), Situation.NOT_APPLIED),
        (Decided(KINDS.RESTORED, changes_line=True, is_applied=True), Situation.APPLIED),
        (Decided(KINDS.CONDITIONAL, changes_line=True, is_waiting=True), Situation.NOT_APPLIED),
        (
            Decided(KINDS.CONDITIONAL, changes_line=True, is_applied=True, is_waiting=True),
            Situation.CONDITION_OPEN,
        ),
        (
            Decided(KINDS.CONDITIONAL, changes_line=True, is_applied=True, is_overtaken=True),
            Situation.OVERTAKEN,
        ),
        (
            Decided(KINDS.TEMPORARY, changes_line=True, is_applied=True, is_waiting=True),
            Situation.FOR_A_TIME,
        ),
        (Decided(KINDS.TEMPORARY, changes_line=True, is_applied=True), Situation.APPLIED),
    ],
)
def test_what_was_decided_and_what_came_of_it_says_where_it_stands(decided, seen):
    assert situation(AppealState.DECIDED, decided) == seen


def test_an_open_appeal_stands_where_its_state_says():
    assert situation(AppealState.SUBMITTED) == Situation.IN_QUEUE
    assert situation(AppealState.DUPLICATE) == Situation.DUPLICATE
    assert situation(AppealState.WITHDRAWN, Decided(KINDS.KEPT)) == Situation.WITHDRAWN


def states(reached, *, second=False, changes_line=None):
    steps = bar(reached, {}, has_second_check=second, changes_line=changes_line)
    return [step.state for step in steps]


@pytest.mark.parametrize(
    ("reached", "second", "changes_line", "shown"),
    [
        (Stage.SENT, False, None, ["now", "later", "later", "later"]),
        (Stage.REVIEW, True, None, ["done", "now", "later", "later", "later"]),
        # A second check nobody had foreseen is shown all the same.
        (Stage.SECOND, False, None, ["done", "done", "now", "later", "later"]),
        (Stage.DECIDED, False, True, ["done", "done", "now", "later"]),
        (Stage.DECIDED, False, False, ["done", "done", "done"]),
        (Stage.APPLIED, True, True, ["done", "done", "done", "done", "done"]),
        (None, True, None, []),
    ],
)
def test_the_bar_shows_the_steps_this_appeal_takes(reached, second, changes_line, shown):
    assert states(reached, second=second, changes_line=changes_line) == shown


def test_a_step_that_lies_ahead_has_no_date_even_if_it_was_reached_once():
    """The second person sent it back: it is with the reviewer again."""
    at = datetime(2026, 11, 23, tzinfo=UTC)
    times = {Stage.SENT: at, Stage.SECOND: at}

    sent, _, second, *_ = bar(Stage.REVIEW, times, has_second_check=True, changes_line=None)

    assert (sent.at, second.at) == (at, None)
