"""The day on which we look again: put before staff once, ended by one of them, and told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appeals.actions.looking_again import end_look, raise_what_is_due
from appeals.actions.outcomes import Answer
from appeals.errors import NotAllowed, WrongState
from appeals.models import CaseEvent, EventKind, LineInstruction, Outcome, Purpose
from appeals.outcome_rules import Correction
from appeals.review_periodic import raise_what_to_look_at_again
from appeals.states import AppealState, OutcomeKind
from notifications.api import Notification
from tests.appeals.answers import KEPT, in_days, propose, ready
from tests.appeals.builders import (
    create_appeal,
    create_customer,
    create_decision,
    create_queue,
    create_reviewer,
)
from tests.appeals.desks import desk, queue, rosa, sam, sofia
from tests.appeals.editors import create_staff
from tests.appeals.journeys import page

__all__ = ["desk", "queue", "rosa", "sam", "sofia"]

LIST = "/admin/looking-again/"


@pytest.fixture
def kept(queue, rosa):
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    return propose(ready(appeal, rosa), rosa, KEPT)


@pytest.fixture
def due(kept):
    Outcome.objects.update(look_again_on=in_days(-1))
    kept.refresh_from_db()
    return kept


def came_up():
    return CaseEvent.objects.filter(kind=EventKind.LOOKED_AGAIN).count()


def test_the_customer_was_told_the_day(kept, browse):
    text = browse(kept.appeal.customer).get(page(kept.appeal, "appeal")).text

    assert "We look at this again on" in text
    assert "You do not have to ask" in text


def test_nothing_comes_up_before_its_day(kept, desk):
    assert raise_what_is_due() == 0
    assert kept.appeal.reference not in desk.get(LIST).text


def test_on_its_day_it_comes_up_once(due):
    raise_what_to_look_at_again()
    raise_what_to_look_at_again()

    assert came_up() == 1
    assert CaseEvent.objects.get(kind=EventKind.LOOKED_AGAIN).is_visible is False


def test_staff_find_it_look_and_the_customer_hears(due, desk, browse):
    assert due.appeal.reference in desk.get(LIST).text

    desk.post(f"{LIST}{due.pk}/", {"do": "stands"})

    due.refresh_from_db()
    assert due.looked_again_at is not None
    assert due.appeal.reference not in desk.get(LIST).text
    assert Notification.objects.filter(type="looked_again").count() == 1
    text = browse(due.appeal.customer).get(page(due.appeal, "appeal")).text
    assert "Our answer stays as it is." in text
    assert "We looked again, as we promised" in text
    assert not LineInstruction.objects.exists()


def test_looking_may_end_in_a_new_decision(due, desk, browse):
    desk.post(f"{LIST}{due.pk}/", {"do": "decide_again"})

    instruction = LineInstruction.objects.get(purpose=Purpose.LOOK_AGAIN)
    assert instruction.payload["data"]["instruction"] == "decide_again"
    text = browse(due.appeal.customer).get(page(due.appeal, "appeal")).text
    assert "asked for a new decision" in text


def test_the_second_of_two_who_look_changes_nothing(due, rosa, sam):
    end_look(outcome=due, by=rosa, decide_again=False)

    with pytest.raises(WrongState):
        end_look(outcome=due, by=sam, decide_again=True)
    assert not LineInstruction.objects.exists()


def test_it_does_not_come_up_again_afterwards(due, rosa):
    raise_what_is_due()
    end_look(outcome=due, by=rosa, decide_again=False)

    assert raise_what_is_due(timezone.now() + timedelta(days=30)) == 0


@pytest.mark.django_db
def test_people_of_other_queues_find_nothing(due, browse):
    other = create_reviewer("Nina Roth", queue=create_queue("income_verification"))
    stranger = browse(other)

    assert due.appeal.reference not in stranger.get(LIST).text
    assert stranger.post(f"{LIST}{due.pk}/", {"do": "stands"}).status_code == 404
    due.refresh_from_db()
    assert due.looked_again_at is None


def test_who_reviews_nothing_ends_no_look(due):
    watcher = create_customer("Wim Watcher", is_staff=True)

    with pytest.raises(NotAllowed):
        end_look(outcome=due, by=watcher, decide_again=False)


def test_supervisors_see_how_many_wait(due, browse, sofia):
    text = browse(sofia).get("/admin/").text

    assert LIST in text
    assert "To look at again" in text


# --- What was corrected -------------------------------------------------------------------------


@pytest.fixture
def corrected(queue, rosa):
    """A fact was corrected; the day has come on which the engine must have decided again."""
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    wrong = Correction("BUR-DELINQ-ELSEWHERE", "count", 0)
    answer = Answer(kind=OutcomeKind.CORRECTED, sentence="Right.", corrections=(wrong,))
    outcome = propose(ready(appeal, rosa), rosa, answer)
    Outcome.objects.update(look_again_on=in_days(-1))
    outcome.refresh_from_db()
    return outcome


def decide_again(outcome):
    cut = outcome.appeal.decision
    return create_decision(
        cut.customer, line=cut.line, decided_at=timezone.now(), action="raise", new_limit=4000
    )


def test_nobody_is_bothered_when_the_engine_has_decided_again(corrected, browse):
    decide_again(corrected)

    assert raise_what_is_due() == 0

    corrected.refresh_from_db()
    assert corrected.looked_again_at is not None
    assert came_up() == 0
    text = browse(corrected.appeal.customer).get(page(corrected.appeal, "appeal")).text
    assert "The decision has been made again." in text
    assert not Notification.objects.filter(type="looked_again").exists()


def test_it_is_not_said_to_be_decided_again_before_it_is(corrected, rosa, desk):
    assert "It has been decided again" in desk.get(LIST).text
    with pytest.raises(WrongState, match="No newer decision"):
        end_look(outcome=corrected, by=rosa, decide_again=False)

    end_look(outcome=corrected, by=rosa, decide_again=True)

    assert LineInstruction.objects.filter(purpose=Purpose.LOOK_AGAIN).count() == 1


def test_an_auditor_reads_the_list_and_ends_nothing(due, browse):
    auditor = browse(create_staff("Ann Audit", "Auditors"))

    text = auditor.get(LIST).text
    assert due.appeal.reference in text
    assert "Our answer stands" not in text
    auditor.post(f"{LIST}{due.pk}/", {"do": "stands"})
    due.refresh_from_db()
    assert due.looked_again_at is None
