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
    Situation,
    Stage,
    bar,
    situation,
)

# What stays between us: which queue it lies in, and our notes.
NEVER_SHOWN = {EventKind.ROUTED, EventKind.NOTE}


def test_every_state_event_and_outcome_has_words():
    for state in AppealState:
        assert STANDINGS[situation(state, changes_line=True, is_applied=False)].status
    assert set(STANDINGS) == set(Situation)
    assert set(EventKind) - set(EVENT_SENTENCES) == NEVER_SHOWN
    assert set(OUTCOME_HEADLINES) == set(OutcomeKind)
    assert set(RULING_HEADLINES) == set(Ruling)
    assert set(STAGE_NAMES) == set(STAGE_EVENTS) == set(Stage)


@pytest.mark.parametrize(
    ("state", "changes_line", "is_applied", "seen"),
    [
        (AppealState.SUBMITTED, False, False, Situation.IN_QUEUE),
        (AppealState.DECIDED, False, False, Situation.KEPT),
        (AppealState.DECIDED, True, False, Situation.NOT_APPLIED),
        (AppealState.DECIDED, True, True, Situation.APPLIED),
        (AppealState.WITHDRAWN, True, True, Situation.WITHDRAWN),
    ],
)
def test_the_line_matters_once_it_is_decided(state, changes_line, is_applied, seen):
    assert situation(state, changes_line=changes_line, is_applied=is_applied) == seen


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
