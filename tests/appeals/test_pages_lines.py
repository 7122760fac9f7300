"""Your lines at a glance."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from appeals.models import Action, LineStatus
from appeals.states import AppealState
from tests.appeals.builders import create_appeal, create_decision, create_line
from tests.appeals.markup import Page

LINES = "/lines/"


def test_a_line_shows_its_limit_what_is_used_and_what_is_left(browser, alice):
    create_line(alice, last4="9793")

    page = Page(browser.get(LINES).text)

    assert ("h2", "Everyday credit line ending 9793") in page.headings
    for words in ("$1,400.00", "$612.40", "$787.60", "Open"):
        assert words in page.text
    assert page.faults == []


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (LineStatus.SUSPENDED, ["Paused", "You cannot spend on this line for now."]),
        (LineStatus.CLOSED, ["Closed", "This line is closed."]),
    ],
)
def test_a_line_that_cannot_be_used_says_so_in_words(browser, alice, status, words):
    create_line(alice, status=status)

    text = browser.get(LINES).text

    assert all(each in text for each in words)
    assert "Left to spend" not in text


def test_more_used_than_the_limit_leaves_nothing_to_spend(browser, alice):
    create_line(alice, limit=Decimal("100.00"), balance=Decimal("130.00"))

    assert "$0.00" in browser.get(LINES).text


def test_the_newest_decision_leads_to_its_reasons(browser, alice):
    line = create_line(alice)
    create_decision(alice, line=line, decided_at=datetime(2026, 9, 1, 15, tzinfo=UTC))
    newest = create_decision(alice, line=line, decided_at=datetime(2026, 10, 2, 15, tzinfo=UTC))

    page = Page(browser.get(LINES).text)

    assert "We lowered your limit on 2 October 2026" in page.text
    assert "1 September 2026" not in page.text
    label = "See why and what you can do: We lowered your limit on 2 October 2026"
    assert page.links[label] == reverse("appeals:decision", args=[newest.reference])


def test_a_decision_we_have_not_told_of_is_not_shown(browser, alice):
    held = create_decision(alice, with_notice=False)

    answer = browser.get(LINES)

    assert held.reference not in answer.text
    assert "See why" not in answer.text


def test_good_news_is_not_offered_as_something_to_appeal(browser, alice):
    create_decision(alice, action=Action.RESTORE, new_limit=Decimal("5000.00"), reasons=())

    text = browser.get(LINES).text

    assert "See the change" in text
    assert "what you can do" not in text


def test_an_open_appeal_names_the_promised_day_in_the_customers_zone(browser, alice):
    # Midnight at the end of 4 December in New York.
    promised = datetime(2026, 12, 5, 5, tzinfo=UTC)
    decision = create_decision(alice)
    appeal = create_appeal(decision, state=AppealState.SUBMITTED, promised_at=promised)

    page = Page(browser.get(LINES).text)

    assert "Friday 4 December 2026" in page.text
    follow = page.links[f"Follow appeal {appeal.reference}"]
    assert follow == reverse("appeals:appeal", args=[appeal.reference])


def test_what_waits_for_the_customer_is_said_first(browser, alice):
    create_appeal(create_decision(alice), state=AppealState.WAITING)

    text = Page(browser.get(LINES).text).text

    assert "We need something from you for your appeal." in text
    assert text.index("We need something") < text.index("See why")


def test_a_draft_can_be_carried_on_with(browser, decision):
    create_appeal(decision)

    links = Page(browser.get(LINES).text).links

    assert links["Carry on with your appeal"] == reverse("appeals:start", args=[decision.reference])


@pytest.mark.parametrize("state", [AppealState.DECIDED, AppealState.WITHDRAWN])
def test_an_appeal_that_ended_is_not_news(browser, decision, state):
    appeal = create_appeal(decision, state=state)

    assert appeal.reference not in browser.get(LINES).text


def test_without_a_line_the_page_says_what_will_be_here(browser):
    page = Page(browser.get(LINES).text)

    assert ("h2", "No credit line yet") in page.headings
    assert page.faults == []


def test_nobody_sees_the_lines_of_others(strange_browser, alice):
    create_line(alice, last4="9793")
    create_decision(alice)

    text = strange_browser.get(LINES).text

    assert "9793" not in text
    assert "No credit line yet" in text


def test_who_is_not_signed_in_is_asked_to(client, db):
    answer = client.get(LINES)

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_in_chinese(browse, alice):
    alice.locale = "zh-hans"
    alice.save()
    decision = create_decision(alice, decided_at=datetime(2026, 10, 2, 15, tzinfo=UTC))

    page = Page(browse(alice).get(LINES).text)

    assert page.language == "zh-Hans"
    assert decision.notice.content["zh-hans"]["headline"] in page.text
    assert "日常信用额度" in page.text
    assert "US$1,400.00" in page.text
    assert page.faults == []


@pytest.mark.parametrize("lines", [1, 4])
def test_more_lines_cost_no_more_queries(browser, alice, lines, django_assert_num_queries):
    for _ in range(lines):
        decision = create_decision(alice)
        create_decision(alice, line=decision.line)
        create_appeal(decision, state=AppealState.SUBMITTED)

    # Session, person; lines, newest decisions, appeals.
    with django_assert_num_queries(5):
        browser.get(LINES)
