"""Care that is marked on a case, and a case that is put into another queue."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from appeals.actions.moving import move_queue
from appeals.deadlines import last_day
from appeals.errors import NotAllowed, WrongState
from appeals.models import (
    Appeal,
    Assignment,
    CaseClock,
    CaseEvent,
    CaseNote,
    Claim,
    ClockKind,
    EventKind,
    Urgency,
)
from appeals.states import AppealState
from tests.appeals.builders import (
    RESTRICTED,
    create_appeal,
    create_decision,
    create_queue,
    create_reviewer,
    set_profile,
)
from tests.appeals.desks import at, queue, rosa, sam, sofia

__all__ = ["queue", "rosa", "sam", "sofia"]

FRIDAY = datetime(2026, 10, 2, 16, tzinfo=UTC)


@pytest.fixture
def appeal(queue):
    return create_appeal(state=AppealState.SUBMITTED, queue=queue)


@pytest.fixture
def elsewhere(db):
    return create_queue("income_verification", target_working_days=10)


def move(client, appeal, to, because="It is about income."):
    return client.post(at(appeal, "move/"), {"queue": to.pk, "because": because}, follow=True)


# --- Care ------------------------------------------------------------------------------------


def test_a_reviewer_marks_care_and_it_is_served_first_at_once(browse, appeal, rosa):
    browse(rosa).post(at(appeal, "care/"), {"needs_care": "1"})

    appeal.refresh_from_db()
    assert (appeal.is_vulnerable, appeal.urgency) == (True, Urgency.FIRST)
    event = CaseEvent.objects.get(appeal=appeal, kind=EventKind.CARE)
    assert (event.by, event.details, event.is_visible) == (rosa, {"needs_care": 1}, False)


def test_a_mark_is_taken_away_again(browse, appeal, rosa, sofia):
    browse(rosa).post(at(appeal, "care/"), {"needs_care": "1"})
    browse(sofia).post(at(appeal, "care/"), {"needs_care": "0"})

    appeal.refresh_from_db()
    assert (appeal.is_vulnerable, appeal.urgency) == (False, Urgency.USUAL)


def test_marking_twice_is_written_down_once(browse, appeal, rosa):
    for _ in range(2):
        browse(rosa).post(at(appeal, "care/"), {"needs_care": "1"})

    assert CaseEvent.objects.filter(appeal=appeal, kind=EventKind.CARE).count() == 1


def test_in_the_queue_of_hardship_all_stay_first(browse, rosa):
    hardship = create_queue("hardship_care")
    hardship.members.add(rosa)
    appeal = create_appeal(
        state=AppealState.SUBMITTED, queue=hardship, is_vulnerable=True, urgency=Urgency.FIRST
    )

    browse(rosa).post(at(appeal, "care/"), {"needs_care": "0"})

    appeal.refresh_from_db()
    assert (appeal.is_vulnerable, appeal.urgency) == (False, Urgency.FIRST)


def test_a_closed_case_is_not_marked_any_more(browse, queue, rosa):
    closed = create_appeal(state=AppealState.DECIDED, queue=queue)

    browse(rosa).post(at(closed, "care/"), {"needs_care": "1"})

    closed.refresh_from_db()
    assert not closed.is_vulnerable


# --- Another queue ---------------------------------------------------------------------------


def test_a_supervisor_puts_a_case_where_it_belongs(browse, appeal, sofia, queue, elsewhere):
    version = appeal.version

    move(browse(sofia), appeal, elsewhere)

    appeal.refresh_from_db()
    assert (appeal.queue, appeal.state) == (elsewhere, AppealState.SUBMITTED)
    assert appeal.version > version
    # What the table chose stays readable.
    assert appeal.routed_because == "test"
    event = CaseEvent.objects.get(appeal=appeal, kind=EventKind.MOVED)
    assert event.details == {"from_queue": queue.key, "to_queue": elsewhere.key}
    assert not event.is_visible
    note = CaseNote.objects.get(appeal=appeal)
    assert (note.by, note.text) == (sofia, f"Moved to {elsewhere}: It is about income.")


def test_whoever_holds_it_loses_it_and_it_is_kept_for_nobody(browse, queue, rosa, sofia, elsewhere):
    held = create_appeal(
        state=AppealState.IN_REVIEW,
        queue=queue,
        reviewer=rosa,
        reserved_for=rosa,
        reserved_until=timezone.now() + timedelta(days=1),
    )

    move(browse(sofia), held, elsewhere)

    held.refresh_from_db()
    assert (held.state, held.reserved_for) == (AppealState.SUBMITTED, None)
    assert not Claim.objects.exists()


def test_one_that_waits_for_the_customer_goes_on_waiting(browse, queue, sofia, elsewhere):
    paused = create_appeal(state=AppealState.WAITING, queue=queue)
    promised_at = paused.promised_at

    move(browse(sofia), paused, elsewhere)

    paused.refresh_from_db()
    assert (paused.queue, paused.state) == (elsewhere, AppealState.WAITING)
    assert paused.promised_at == promised_at


@pytest.mark.parametrize(
    ("days", "promised_on"),
    [(2, datetime(2026, 10, 6, tzinfo=UTC)), (40, datetime(2026, 10, 16, tzinfo=UTC))],
)
def test_the_promise_becomes_shorter_never_longer(queue, sofia, days, promised_on):
    """Ten working days were promised on the first of October, and Columbus Day is none of them."""
    with time_machine.travel(FRIDAY, tick=False):
        appeal = create_appeal(state=AppealState.SUBMITTED, queue=queue)
        other = create_queue("income_verification", target_working_days=days)
        moved = move_queue(appeal=appeal, to=other, because="It belongs there.", by=sofia)

    zone = appeal.customer.zone
    appeal.refresh_from_db()
    assert appeal.promised_at == moved.promised_at
    clock = CaseClock.objects.get(appeal=appeal, kind=ClockKind.RECONSIDERATION)
    assert clock.due_at == appeal.promised_at
    assert last_day(appeal.promised_at, zone) == promised_on.date()


def test_a_named_queue_keeps_what_is_moved_there(browse, appeal, sofia, sam):
    named = create_queue("income_verification", assignment=Assignment.NAMED, named_reviewer=sam)
    named.members.add(sam)

    move(browse(sofia), appeal, named)

    appeal.refresh_from_db()
    assert appeal.reserved_for == sam


def test_hardship_is_served_first_as_long_as_it_is_there(browse, appeal, sofia, queue):
    hardship = create_queue("hardship_care")

    move(browse(sofia), appeal, hardship)
    appeal.refresh_from_db()
    assert appeal.urgency == Urgency.FIRST

    move(browse(sofia), appeal, queue)
    appeal.refresh_from_db()
    assert appeal.urgency == Urgency.USUAL


# --- Who may not, and where not --------------------------------------------------------------


def test_a_reviewer_does_not_move_cases(browse, appeal, rosa, queue, elsewhere):
    move(browse(rosa), appeal, elsewhere)

    appeal.refresh_from_db()
    assert appeal.queue == queue
    with pytest.raises(NotAllowed):
        move_queue(appeal=appeal, to=elsewhere, because="I want to.", by=rosa)


@pytest.mark.parametrize("because", ["", "   ", "x" * 301])
def test_it_is_not_moved_without_a_few_words(browse, appeal, sofia, queue, elsewhere, because):
    move(browse(sofia), appeal, elsewhere, because=because)

    appeal.refresh_from_db()
    assert appeal.queue == queue


@pytest.mark.parametrize("key", ["", "x", "999999"])
def test_a_queue_that_is_not_there_is_refused(browse, appeal, sofia, queue, key):
    browse(sofia).post(at(appeal, "move/"), {"queue": key, "because": "There."})

    appeal.refresh_from_db()
    assert appeal.queue == queue


@pytest.mark.parametrize("state", [AppealState.APPROVAL, AppealState.DECIDED])
def test_what_is_answered_stays_where_it_is(queue, sofia, elsewhere, state):
    appeal = create_appeal(state=state, queue=queue)

    with pytest.raises(WrongState):
        move_queue(appeal=appeal, to=elsewhere, because="Too late.", by=sofia)


def test_an_uncleared_supervisor_puts_nothing_into_hiding(browse, appeal, sofia, queue):
    hidden = create_queue("fraud_identity", is_restricted=True)

    move(browse(sofia), appeal, hidden)

    appeal.refresh_from_db()
    assert (appeal.queue, appeal.is_restricted) == (queue, False)


def test_a_cleared_supervisor_does_and_takes_out_again_what_is_not_guarded(
    browse, appeal, sofia, queue
):
    hidden = create_queue("fraud_identity", is_restricted=True)
    set_profile(sofia, is_cleared=True)
    client = browse(sofia)

    move(client, appeal, hidden)
    appeal.refresh_from_db()
    assert appeal.is_restricted

    move(client, appeal, queue)
    appeal.refresh_from_db()
    assert (appeal.queue, appeal.is_restricted) == (queue, False)


def test_a_guarded_reason_stays_hidden_wherever_it_is_moved(browse, sofia, queue):
    hidden = create_queue("fraud_identity", is_restricted=True)
    set_profile(sofia, is_cleared=True)
    guarded = create_appeal(
        create_decision(reasons=[RESTRICTED]), state=AppealState.SUBMITTED, queue=hidden
    )

    move(browse(sofia), guarded, queue)

    guarded.refresh_from_db()
    assert (guarded.queue, guarded.is_restricted) == (queue, True)


def test_a_stranger_gets_nothing_from_either_address(browse, appeal, elsewhere):
    outsider = create_reviewer("Olga Hart", queue=elsewhere)
    before = Appeal.objects.filter(pk=appeal.pk).values().get()

    for action, form in (("care/", {"needs_care": "1"}), ("move/", {"queue": elsewhere.pk})):
        assert browse(outsider).post(at(appeal, action), form).status_code == 404
        assert browse(outsider).get(at(appeal, action)).status_code == 405

    assert Appeal.objects.filter(pk=appeal.pk).values().get() == before


# --- What the page says ------------------------------------------------------------------------


def test_the_page_says_where_the_case_stands(browse, appeal, sofia, rosa, elsewhere):
    text = browse(sofia).get(at(appeal)).content.decode()
    assert "Where it stands" in text
    assert "Put in another queue" in text
    assert elsewhere.name_en in text

    text = browse(rosa).get(at(appeal)).content.decode()
    assert "Needs care: serve first" in text
    assert "Put in another queue" not in text
