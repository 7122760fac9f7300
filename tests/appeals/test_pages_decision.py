"""The page that says why."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from appeals.models import Action, NoticeHold
from appeals.states import AppealState
from tests.appeals.builders import (
    HIGH_USE,
    LATE_PAYMENT,
    RESTRICTED,
    create_appeal,
    create_decision,
    create_line,
)
from tests.appeals.markup import Page

ON = datetime(2026, 10, 2, 15, tzinfo=UTC)


def why(decision):
    return reverse("appeals:decision", args=[decision.reference])


def start(decision):
    return reverse("appeals:start", args=[decision.reference])


def read(browser, decision):
    page = Page(browser.get(why(decision)).text)
    assert page.faults == []
    return page


def restored(decision):
    """The decision that gives everything back."""
    return create_decision(
        decision.customer,
        line=decision.line,
        action=Action.RESTORE,
        old_limit=decision.new_limit,
        new_limit=decision.old_limit,
        overrides=decision,
        reasons=(),
        automated=False,
        decided_at=decision.decided_at + timedelta(days=10),
    )


def test_the_change_comes_first_old_and_new_side_by_side(browser, alice):
    page = read(browser, create_decision(alice, decided_at=ON))

    assert page.headings[0] == ("h1", "We lowered your limit on 2 October 2026")
    order = ["Your limit was", "$4,000.00", "It is now", "$1,400.00", "35% of your old limit"]
    places = [page.text.index(words) for words in order]
    assert places == sorted(places)


def test_all_that_the_notice_says_is_on_the_page(browser, decision):
    page = read(browser, decision)

    text = decision.notice.content["en"]
    says = [text["line"], *text["figures"][:2], text["unchanged"], text["effective"]]
    says += [text["automated"], text["deadline"], *text["rights"]]
    for words in says:
        assert " ".join(words.split()) in page.text.replace("&#x27;", "'")


def test_each_reason_shows_our_facts_what_would_change_it_and_papers_that_help(browser, decision):
    page = read(browser, decision)

    reasons = decision.notice.content["en"]["reasons"]
    titles = [words for tag, words in page.headings if tag == "h3"]
    assert titles[:2] == [reason["title"] for reason in reasons]
    for reason in reasons:
        assert reason["pairs"]
        assert reason["papers"]
        words = [reason["origin"], reason["explanation"], reason["counterfactual"]]
        words += [reason["what_you_can_do"], *[paper["label"] for paper in reason["papers"]]]
        words += [each for pair in reason["pairs"] for each in pair.values()]
        assert all(each in page.text for each in words)


def test_a_restricted_reason_shows_its_fixed_text_and_no_facts(browser, alice):
    page = read(browser, create_decision(alice, reasons=[RESTRICTED]))

    assert "What would change this" not in page.text
    assert "Papers that help" not in page.text
    assert "We cannot give more detail now." in page.text


def test_a_policy_says_that_it_is_not_about_the_customer(browser, alice):
    policy = {"ref": "P-7", "title": "Lower limits after the flood", "region": "US-NY"}

    page = read(browser, create_decision(alice, policy=policy))

    assert ("h2", "Lower limits after the flood") in page.headings
    assert "not a judgement about you" in page.text


def test_texts_from_outside_are_only_text(browser, alice):
    line = create_line(alice, product="<script>alert(1)</script>")
    policy = {"ref": "P-7", "title": "<b>Rule</b>", "region": None}

    answer = browser.get(why(create_decision(alice, line=line, policy=policy)))

    assert "<script>alert" not in answer.text
    assert "<b>Rule" not in answer.text
    assert "&lt;b&gt;Rule" in answer.text


def test_the_notice_can_be_told_by_number_date_and_fingerprint(browser, alice):
    decision = create_decision(alice, noticed_at=datetime(2026, 10, 3, 3, 30, tzinfo=UTC))

    page = read(browser, decision)

    sha = decision.notice.sha256
    assert decision.notice.reference in page.text
    assert "2 October 2026, 23:30" in page.text  # in New York
    assert f"{sha[:4]} {sha[4:8]} {sha[8:12]} {sha[12:16]}" in page.text


def test_the_way_to_appeal_is_in_the_panel_and_at_the_bottom_of_a_phone(browser, decision):
    answer = browser.get(why(decision))

    assert answer.text.count(f'class="button" href="{start(decision)}"') == 2
    assert answer.text.count("Ask us to reconsider") == 2


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (AppealState.SUBMITTED, "See your appeal"),
        (AppealState.WAITING, "See your appeal"),
        (AppealState.APPROVAL, "See your appeal"),
        (AppealState.DECIDED, "Read our answer"),
    ],
)
def test_an_appeal_that_was_sent_is_linked_instead(browser, decision, state, words):
    appeal = create_appeal(decision, state=state)

    page = read(browser, decision)

    assert page.links[words] == reverse("appeals:appeal", args=[appeal.reference])
    assert "Ask us to reconsider" not in page.links


def test_a_draft_is_carried_on_with(browser, decision):
    create_appeal(decision)

    links = read(browser, decision).links

    assert links["Carry on with your appeal"] == start(decision)
    assert "Ask us to reconsider" not in links


def test_after_a_withdrawn_appeal_a_new_one_can_begin(browser, decision):
    create_appeal(decision, state=AppealState.WITHDRAWN)

    assert "Ask us to reconsider" in read(browser, decision).links


def test_a_replaced_decision_leads_to_the_one_that_counts(browser, alice):
    old = create_decision(alice, decided_at=ON)
    new = restored(old)

    page = read(browser, old)

    assert "This decision was replaced on 12 October 2026." in page.text
    assert page.links["See what counts now"] == why(new)
    assert "Ask us to reconsider" not in page.links


def test_a_decision_that_is_not_the_newest_of_its_line_leads_to_that_one(browser, alice):
    first = create_decision(alice, decided_at=ON - timedelta(days=50))
    second = create_decision(alice, line=first.line, decided_at=ON)

    page = read(browser, first)

    assert "We decided about this line again on 2 October 2026." in page.text
    assert page.links["See what counts now"] == why(second)
    assert "Ask us to reconsider" in page.links  # it may still be disputed
    assert "line again on" not in read(browser, second).text


def test_a_restored_line_is_good_news_with_nothing_to_do(browser, alice):
    old = create_decision(alice, decided_at=ON)
    appeal = create_appeal(old, state=AppealState.DECIDED)

    page = read(browser, restored(old))

    assert ("h2", "This is good news") in page.headings
    assert "You do not need to do anything." in page.text
    assert "This replaces our decision of 2 October 2026." in page.text
    assert page.links["See the old decision"] == why(old)
    link = page.links[f"See your appeal {appeal.reference} that led to this"]
    assert link == reverse("appeals:appeal", args=[appeal.reference])
    assert "Ask us to reconsider" not in page.links


def test_other_changes_to_this_line_are_listed_and_those_of_other_lines_are_not(browser, alice):
    first = create_decision(alice, decided_at=ON - timedelta(days=50))
    second = create_decision(alice, line=first.line, decided_at=ON)
    elsewhere = create_decision(alice, decided_at=ON)
    held = create_decision(alice, line=first.line, with_notice=False)

    answer = browser.get(why(second))

    assert why(first) in answer.text
    assert why(elsewhere) not in answer.text
    assert why(held) not in answer.text


def test_a_stranger_and_a_wrong_reference_get_the_same(strange_browser, decision):
    theirs = strange_browser.get(why(decision))
    nobodys = strange_browser.get(reverse("appeals:decision", args=["LD-2222-2222"]))

    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert decision.notice.reference not in theirs.text


def test_a_decision_whose_notice_is_held_does_not_exist_yet(browser, alice):
    held = create_decision(alice, with_notice=False)
    NoticeHold.objects.create(decision=held, cause="A fact is missing.", held_at=timezone.now())

    assert browser.get(why(held)).status_code == 404


def test_who_is_not_signed_in_is_asked_to_and_comes_back(client, decision):
    answer = client.get(why(decision))

    assert answer.status_code == 302
    assert why(decision) in answer.url


def test_the_other_language_shows_the_other_frozen_text_and_says_so(browse, alice):
    decision = create_decision(alice)
    alice.locale = "zh-hans"
    alice.save()

    page = read(browse(alice), decision)

    text = decision.notice.content["zh-hans"]
    assert page.language == "zh-Hans"
    assert page.headings[0] == ("h1", text["headline"])
    assert text["reasons"][0]["explanation"] in page.text
    assert "这份通知是以英文发送给您的。" in page.text


def test_a_notice_sent_in_chinese_says_so_in_english(browse, alice):
    alice.locale = "zh-hans"
    alice.save()
    decision = create_decision(alice)
    alice.locale = "en"
    alice.save()

    page = read(browse(alice), decision)

    assert "We sent you this notice in Chinese. This is the same notice in English." in page.text


def test_in_its_own_language_nothing_is_said_about_languages(browser, decision):
    assert "We sent you this notice in" not in read(browser, decision).text


def test_a_line_that_was_closed_shows_the_word_and_no_meter(browser, alice):
    closed = create_decision(
        alice, action=Action.CLOSE, new_limit=Decimal(0), reasons=[LATE_PAYMENT, HIGH_USE]
    )

    answer = browser.get(why(closed))

    assert "Closed" in answer.text
    assert 'class="meter"' not in answer.text


def test_no_cache_keeps_the_page(browser, decision):
    assert "no-store" in browser.get(why(decision))["Cache-Control"]


@pytest.mark.parametrize("others", [0, 5])
def test_a_long_history_costs_no_more_queries(
    browser, alice, decision, others, django_assert_num_queries
):
    for _ in range(others):
        other = create_decision(alice, line=decision.line)
        create_appeal(other, state=AppealState.DECIDED)

    # Session, person; decision with notice, the line's other decisions, its appeals; its
    # reasons with what has passed, and what the reader said of them.
    with django_assert_num_queries(7):
        browser.get(why(decision))
