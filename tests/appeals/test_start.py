"""Beginning an appeal from the page that says why."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from appeals.models import Action, Appeal
from appeals.states import AppealState
from tests.appeals.builders import create_appeal, create_decision
from tests.appeals.journeys import begin, page, start_page


def test_start_makes_a_draft_and_leads_to_the_first_question(browser, alice, decision):
    answer = browser.post(start_page(decision))

    draft = Appeal.objects.get(decision=decision)
    assert (draft.customer, draft.state) == (alice, AppealState.DRAFT)
    assert answer.status_code == 302
    assert answer.url == page(draft, "reasons")


def test_looking_at_the_start_page_begins_nothing(browser, decision):
    answer = browser.get(start_page(decision))

    assert answer.status_code == 200
    assert "Ask us to reconsider" in answer.text
    assert not Appeal.objects.exists()


def test_a_second_start_carries_on_with_the_draft(browser, decision):
    first = begin(browser, decision)
    browser.post(page(first, "reasons"), {"reasons": ["2"]})

    for answer in (browser.post(start_page(decision)), browser.get(start_page(decision))):
        assert answer.url == page(first, "reason", 2)

    assert Appeal.objects.count() == 1


def test_a_stranger_cannot_start_an_appeal(strange_browser, browser, decision):
    assert strange_browser.get(start_page(decision)).status_code == 404
    assert strange_browser.post(start_page(decision)).status_code == 404
    assert not Appeal.objects.exists()
    assert browser.post(start_page(decision)).status_code == 302


def test_who_is_not_signed_in_is_asked_to(client, decision):
    answer = client.post(start_page(decision))

    assert answer.status_code == 302
    assert answer.url == f"/account/sign-in/?next={start_page(decision)}"


def test_a_change_that_took_nothing_away_cannot_be_appealed(browser, alice):
    raised = create_decision(
        alice, reasons=[], action=Action.RAISE, old_limit=Decimal(100), new_limit=Decimal(200)
    )

    for answer in (browser.get(start_page(raised)), browser.post(start_page(raised))):
        assert answer.status_code == 409
        assert "there is nothing to appeal" in answer.text
    assert not Appeal.objects.exists()


def test_a_replaced_decision_leads_to_the_newer_one(browser, alice, decision):
    newer = create_decision(alice, line=decision.line, overrides=decision)

    answer = browser.post(start_page(decision))

    assert answer.status_code == 409
    assert "A newer decision has replaced this one" in answer.text
    assert f"/decisions/{newer.reference}/" in answer.text
    assert not Appeal.objects.exists()


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (AppealState.SUBMITTED, "You have already sent an appeal"),
        (AppealState.APPROVAL, "You have already sent an appeal"),
        (AppealState.DECIDED, "We have already answered your appeal"),
    ],
)
def test_an_appeal_that_was_sent_is_named_instead(browser, decision, state, says):
    appeal = create_appeal(decision, state=state)

    answer = browser.post(start_page(decision))

    assert answer.status_code == 409
    assert says in answer.text
    assert page(appeal, "appeal") in answer.text
    assert Appeal.objects.count() == 1


def test_a_withdrawn_appeal_may_be_followed_by_a_new_one(browser, decision):
    old = create_appeal(decision, state=AppealState.WITHDRAWN)

    browser.post(start_page(decision))

    new = Appeal.objects.exclude(pk=old.pk).get()
    assert new.state == AppealState.DRAFT
    assert new.reference != old.reference


def test_a_late_appeal_is_asked_why_and_not_refused(browser, alice):
    decision = create_decision(alice, noticed_at=timezone.now() - timedelta(days=62))

    assert "You can still appeal" in browser.get(start_page(decision)).text
    answer = browser.post(start_page(decision))

    draft = Appeal.objects.get()
    assert answer.url == page(draft, "late")
    assert browser.get(answer.url).status_code == 200
    assert browser.post(answer.url, {"late_reason": "I was in hospital."}).url == page(
        draft, "reasons"
    )
    draft.refresh_from_db()
    assert draft.late_reason == "I was in hospital."


def test_an_appeal_in_time_is_not_asked_why_it_is_late(browser, decision):
    draft = begin(browser, decision)

    assert browser.get(page(draft, "late")).status_code == 404


def test_the_start_page_asks_a_fixed_number_of_questions(
    browser, decision, django_assert_num_queries
):
    browser.get(start_page(decision))

    with django_assert_num_queries(5):
        browser.get(start_page(decision))
