"""The list of all changes."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appeals.views.decisions import DECISIONS_A_PAGE
from tests.appeals.builders import create_decision, create_line
from tests.appeals.markup import Page

DECISIONS = "/decisions/"


def make_many(customer, number):
    line = create_line(customer)
    now = timezone.now()
    return [
        create_decision(customer, line=line, decided_at=now - timedelta(days=days))
        for days in range(number)
    ]


def test_every_change_is_listed_newest_first_with_old_and_new_limit(browser, alice):
    newer, older = make_many(alice, 2)

    answer = browser.get(DECISIONS)
    page = Page(answer.text)

    first = answer.text.index(reverse("appeals:decision", args=[newer.reference]))
    assert first < answer.text.index(reverse("appeals:decision", args=[older.reference]))
    assert "$4,000.00" in page.text
    assert "$1,400.00" in page.text
    assert page.faults == []


def test_a_long_list_comes_in_pages(browser, alice):
    decisions = make_many(alice, DECISIONS_A_PAGE + 1)

    first, second = browser.get(DECISIONS), browser.get(DECISIONS, {"page": 2})

    assert "Page 1 of 2" in first.text
    assert decisions[-1].reference not in first.text
    assert decisions[-1].reference in second.text
    assert decisions[0].reference not in second.text


@pytest.mark.parametrize("wish", ["0", "99", "x", "2' or 1=1"])
def test_a_page_that_is_not_there_is_not_an_error(browser, decision, wish):
    assert browser.get(DECISIONS, {"page": wish}).status_code == 200


def test_nobody_sees_the_changes_of_others(strange_browser, decision):
    text = strange_browser.get(DECISIONS).text

    assert decision.reference not in text
    assert "No changes yet" in text


@pytest.mark.parametrize("number", [1, 8])
def test_more_changes_cost_no_more_queries(browser, alice, number, django_assert_num_queries):
    make_many(alice, number)

    # Session, person; how many there are, those of this page.
    with django_assert_num_queries(4):
        browser.get(DECISIONS)
