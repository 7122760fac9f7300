"""Taking an appeal back."""

import pytest

from appeals.models import Claim, EventKind
from appeals.states import AppealState
from notifications.api import messages_for
from tests.appeals.builders import create_appeal, create_reviewer
from tests.appeals.journeys import page

TOO_LATE = [AppealState.APPROVAL, AppealState.DECIDED]


@pytest.mark.parametrize("state", [AppealState.SUBMITTED, AppealState.WAITING])
def test_a_sent_appeal_is_withdrawn_after_a_question(browser, alice, decision, state):
    appeal = create_appeal(decision, state=state)

    assert "Withdraw your appeal?" in browser.get(page(appeal, "withdraw")).text
    appeal.refresh_from_db()
    assert appeal.state == state

    answer = browser.post(page(appeal, "withdraw"), follow=True)

    assert "You have withdrawn your appeal." in answer.text
    appeal.refresh_from_db()
    assert appeal.state == AppealState.WITHDRAWN
    assert appeal.closed_at is not None
    assert appeal.paused_at is None
    assert [(event.kind, event.by) for event in appeal.events.all()] == [
        (EventKind.WITHDRAWN, alice)
    ]
    [message] = messages_for(alice)
    assert message.type == "appeal_withdrawn"
    assert message.context == {"reference": appeal.reference}


def test_the_reviewer_who_holds_it_is_free_again(browser, decision):
    reviewer = create_reviewer()
    appeal = create_appeal(decision, state=AppealState.IN_REVIEW, reviewer=reviewer)

    browser.post(page(appeal, "withdraw"))

    assert not Claim.objects.exists()


def test_a_draft_is_thrown_away_without_a_message(browser, alice, decision):
    draft = create_appeal(decision)

    assert "Throw this draft away?" in browser.get(page(draft, "withdraw")).text
    browser.post(page(draft, "withdraw"))

    draft.refresh_from_db()
    assert draft.state == AppealState.WITHDRAWN
    assert not messages_for(alice).exists()


@pytest.mark.parametrize("state", TOO_LATE)
def test_when_the_answer_is_there_it_is_too_late(browser, decision, state):
    appeal = create_appeal(decision, state=state)

    assert browser.get(page(appeal, "withdraw")).url == page(appeal, "appeal")
    answer = browser.post(page(appeal, "withdraw"))

    assert answer.status_code == 409
    assert "too late" in answer.text
    appeal.refresh_from_db()
    assert appeal.state == state


def test_withdrawing_twice_is_said_to_be_done(browser, alice, decision):
    appeal = create_appeal(decision, state=AppealState.SUBMITTED)
    browser.post(page(appeal, "withdraw"))

    answer = browser.post(page(appeal, "withdraw"))

    assert answer.status_code == 409
    assert "You have already withdrawn this appeal." in answer.text
    assert messages_for(alice).count() == 1


def test_only_the_owner_can_withdraw(browser, strange_browser, decision):
    appeal = create_appeal(decision, state=AppealState.SUBMITTED)

    assert strange_browser.get(page(appeal, "withdraw")).status_code == 404
    assert strange_browser.post(page(appeal, "withdraw")).status_code == 404
    appeal.refresh_from_db()
    assert appeal.state == AppealState.SUBMITTED
    assert browser.post(page(appeal, "withdraw")).status_code == 302


def test_other_methods_are_refused(browser, decision):
    appeal = create_appeal(decision, state=AppealState.SUBMITTED)

    assert browser.delete(page(appeal, "withdraw")).status_code == 405
