"""Writing an appeal, one question a page."""

from decimal import Decimal

import pytest
from django.utils import translation

from appeals.models import Appeal, EvidenceDocument
from appeals.states import AppealState
from tests.appeals.builders import (
    RESTRICTED,
    create_all_queues,
    create_appeal,
    create_customer,
    create_decision,
    create_line,
)
from tests.appeals.journeys import answer_all, begin, page, send


@pytest.fixture
def draft(browser, decision):
    create_all_queues()
    return begin(browser, decision)


def saved(draft: Appeal) -> Appeal:
    return Appeal.objects.get(pk=draft.pk)


def statements(draft: Appeal) -> dict[int, str]:
    rows = draft.grounds.select_related("decision_reason")
    return {row.decision_reason.rank: row.statement for row in rows}


# --- the way through ------------------------------------------------------------------------


def test_each_answer_leads_to_the_next_question(browser, draft):
    answer = browser.post(page(draft, "reasons"), {"reasons": ["1", "2"]})
    assert answer.url == page(draft, "reason", 1)
    answer = browser.post(answer.url, {"statement": "Paid in July."})
    assert answer.url == page(draft, "reason", 2)
    answer = browser.post(answer.url, {"statement": "I closed two cards."})
    assert answer.url == page(draft, "wish")
    answer = browser.post(answer.url, {"wish": "full"})
    assert answer.url == page(draft, "documents")
    answer = browser.post(page(draft, "more"), {"statement": "Thank you."})
    assert answer.url == page(draft, "check")

    draft = saved(draft)
    assert statements(draft) == {1: "Paid in July.", 2: "I closed two cards."}
    assert (draft.wish, draft.statement) == ("full", "Thank you.")


@pytest.mark.parametrize(
    ("name", "rank", "back"),
    [
        ("reasons", (), "/appeals/"),
        ("reason", (1,), "reasons"),
        ("reason", (2,), "reason 1"),
        ("wish", (), "reason 2"),
        ("more", (), "documents"),
        ("check", (), "more"),
    ],
)
def test_each_page_leads_back_to_the_one_before(browser, draft, name, rank, back):
    browser.post(page(draft, "reasons"), {"reasons": ["1", "2"]})
    key, *ranks = back.split()
    address = back if back.startswith("/") else page(draft, key, *map(int, ranks))

    assert f'class="back" href="{address}"' in browser.get(page(draft, name, *rank)).text


def test_the_reasons_are_told_as_on_the_notice(browser, draft):
    told = draft.decision.notice.content["en"]["reasons"]

    text = browser.get(page(draft, "reasons")).text

    for reason in told:
        assert reason["title"] in text
        assert reason["explanation"] in text


def test_what_was_saved_is_there_again_after_signing_out(browser, browse, alice, draft):
    browser.post(page(draft, "reasons"), {"reasons": ["2"]})
    browser.post(page(draft, "reason", 2), {"statement": "I closed two cards."})
    browser.logout()

    text = browse(alice).get(page(draft, "reason", 2)).text

    assert "I closed two cards." in text
    assert "Saved" in text


def test_save_and_finish_later_keeps_the_answer_and_leads_out(browser, draft):
    browser.post(page(draft, "reasons"), {"reasons": ["1"]})

    answer = browser.post(
        page(draft, "reason", 1), {"statement": "Half a thou", "later": "1"}, follow=True
    )

    assert answer.redirect_chain[-1][0] == "/appeals/"
    assert "Saved. You can come back" in answer.text
    assert statements(draft) == {1: "Half a thou"}


@pytest.mark.parametrize("name", ["reasons", "wish", "more"])
def test_who_has_answered_nothing_can_leave_all_the_same(browser, draft, name):
    assert browser.post(page(draft, name), {"later": "1"}).url == "/appeals/"


def test_a_draft_goes_on_at_the_first_missing_answer(browser, draft):
    assert browser.get(page(draft, "appeal")).url == page(draft, "reasons")
    browser.post(page(draft, "reasons"), {"reasons": ["1", "2"]})
    browser.post(page(draft, "reason", 1), {"statement": "Paid."})
    assert browser.get(page(draft, "appeal")).url == page(draft, "reason", 2)
    browser.post(page(draft, "reason", 2), {"statement": "Closed."})
    assert browser.get(page(draft, "appeal")).url == page(draft, "wish")
    browser.post(page(draft, "wish"), {"wish": "look"})
    assert browser.get(page(draft, "appeal")).url == page(draft, "check")


# --- reasons --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ([], "Choose at least one reason."),
        (["7"], "Choose from the reasons on this page."),
        (["one"], "Choose from the reasons on this page."),
    ],
)
def test_a_wrong_choice_of_reasons_is_named_and_keeps_what_was_saved(browser, draft, chosen, says):
    browser.post(page(draft, "reasons"), {"reasons": ["1"]})

    answer = browser.post(page(draft, "reasons"), {"reasons": chosen})

    assert answer.status_code == 422
    assert answer.text.count(says) == 2  # in the summary and beside the question
    assert statements(draft) == {1: ""}


def test_a_reason_kept_keeps_what_was_said_about_it(browser, draft):
    browser.post(page(draft, "reasons"), {"reasons": ["1", "2"]})
    browser.post(page(draft, "reason", 1), {"statement": "Paid."})

    browser.post(page(draft, "reasons"), {"reasons": ["1"]})

    assert statements(draft) == {1: "Paid."}


def test_something_has_to_be_said_about_a_reason(browser, draft):
    browser.post(page(draft, "reasons"), {"reasons": ["1"]})

    answer = browser.post(page(draft, "reason", 1), {"statement": "  "})

    assert answer.status_code == 422
    assert "Write a few words about this reason." in answer.text


def test_about_a_restricted_reason_nothing_has_to_be_said(browser, alice):
    draft = begin(browser, create_decision(alice, reasons=[RESTRICTED]))
    browser.post(page(draft, "reasons"), {"reasons": ["1"]})

    assert "You can leave this empty" in browser.get(page(draft, "reason", 1)).text
    answer = browser.post(page(draft, "reason", 1), {"statement": ""})

    assert answer.url == page(draft, "wish")


def test_too_long_a_text_is_given_back_whole(browser, draft):
    browser.post(page(draft, "reasons"), {"reasons": ["1"]})
    text = "x" * 4001

    answer = browser.post(page(draft, "reason", 1), {"statement": text})

    assert answer.status_code == 422
    assert text in answer.text
    assert statements(draft) == {1: ""}


def test_a_line_end_counts_once(browser, draft):
    browser.post(page(draft, "reasons"), {"reasons": ["1"]})
    text = "x\r\n" * 2000

    answer = browser.post(page(draft, "reason", 1), {"statement": text})

    assert answer.status_code == 302
    assert statements(draft)[1].count("\n") == 1999  # the last one is white space


def test_a_page_about_a_reason_that_is_not_disputed_does_not_exist(browser, draft):
    browser.post(page(draft, "reasons"), {"reasons": ["1"]})

    assert browser.get(page(draft, "reason", 2)).status_code == 404
    assert browser.get(page(draft, "reason", 9)).status_code == 404


# --- what is asked for ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("3000", "3000"),
        ("3,000", "3000"),
        ("3,000.00", "3000"),
        ("3000.5", "3000.5"),
        ("$3,000.50", "3000.5"),
        ("USD 3000", "3000"),
        ("us$3000", "3000"),
        ("3 000", "3000"),
        ("３，０００", "3000"),
        ("３０００．５０", "3000.5"),
        ("1400.01", "1400.01"),
        ("3999.99", "3999.99"),
    ],
)
def test_an_amount_may_be_typed_as_people_write_it(browser, draft, typed, amount):
    answer = browser.post(page(draft, "wish"), {"wish": "part", "requested_limit": typed})

    assert answer.status_code == 302
    assert saved(draft).requested_limit == Decimal(amount)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Write the limit you ask for."),
        ("three thousand", "Write the amount in digits"),
        ("3.000,00", "Write the amount in digits"),
        ("30,00", "Write the amount in digits"),
        ("-3000", "Write the amount in digits"),
        ("1e3", "Write the amount in digits"),
        ("NaN", "Write the amount in digits"),
        ("3000.505", "at most two digits after the point"),
        ("1400", "Your limit is already $1,400.00"),
        ("10", "Your limit is already $1,400.00"),
        ("4000", "That is your whole old limit"),
        ("4000.01", "Your limit was $4,000.00 before"),
        ("999999999999999999999", "Your limit was $4,000.00 before"),
        ("9" * 41, "at most 40 characters"),
    ],
)
def test_an_amount_we_cannot_take_is_explained_and_stays_in_the_field(browser, draft, typed, says):
    answer = browser.post(page(draft, "wish"), {"wish": "part", "requested_limit": typed})

    assert answer.status_code == 422
    assert says in answer.text
    assert f'value="{typed}"' in answer.text or not typed
    assert saved(draft).wish == ""


def test_money_without_smaller_parts_is_asked_for_in_whole_numbers(browser, alice):
    line = create_line(alice, currency="JPY")
    decision = create_decision(
        alice, line=line, old_limit=Decimal(400000), new_limit=Decimal(100000)
    )
    draft = begin(browser, decision)

    answer = browser.post(page(draft, "wish"), {"wish": "part", "requested_limit": "200000.5"})
    assert "Write a whole number" in answer.text

    browser.post(page(draft, "wish"), {"wish": "part", "requested_limit": "¥200,000"})
    assert saved(draft).requested_limit == 200000


def test_an_amount_counts_only_with_the_wish_for_a_part(browser, draft):
    browser.post(page(draft, "wish"), {"wish": "part", "requested_limit": "2000"})
    assert 'value="2,000"' in browser.get(page(draft, "wish")).text

    answer = browser.post(page(draft, "wish"), {"wish": "full", "requested_limit": "nonsense"})

    assert answer.status_code == 302
    assert (saved(draft).wish, saved(draft).requested_limit) == ("full", None)


@pytest.mark.parametrize("wish", ["", "everything"])
def test_a_wish_has_to_be_one_of_those_on_the_page(browser, draft, wish):
    assert browser.post(page(draft, "wish"), {"wish": wish}).status_code == 422
    assert saved(draft).wish == ""


# --- checking the answers -------------------------------------------------------------------


def test_the_check_page_says_what_is_missing_and_where(browser, draft):
    text = browser.get(page(draft, "check")).text

    assert "Some answers are missing" in text
    assert f'href="{page(draft, "reasons")}?return=check"' in text
    assert f'href="{page(draft, "wish")}?return=check"' in text
    assert "Send my appeal" not in text


def test_an_unfinished_appeal_is_not_sent(browser, draft):
    browser.post(page(draft, "reasons"), {"reasons": ["1"]})
    browser.post(page(draft, "wish"), {"wish": "full"})

    answer = browser.post(page(draft, "check"))

    assert answer.status_code == 422
    assert "Tell us why this is wrong" in answer.text
    assert saved(draft).state == AppealState.DRAFT


def test_all_answers_stand_on_the_check_page(browser, draft):
    browser.post(page(draft, "reasons"), {"reasons": ["1"]})
    browser.post(page(draft, "reason", 1), {"statement": "Paid <b>in July</b>."})
    browser.post(page(draft, "wish"), {"wish": "part", "requested_limit": "2,500"})
    browser.post(page(draft, "more"), {"statement": "I moved house."})

    text = browser.get(page(draft, "check")).text

    assert "Paid &lt;b&gt;in July&lt;/b&gt;." in text
    assert "$2,500.00" in text
    assert "I moved house." in text
    assert "If you send it now, you get an answer by" in text


def test_a_change_from_the_check_page_leads_back_to_it(browser, draft):
    answer_all(browser, draft)
    check = page(draft, "check")

    assert browser.post(page(draft, "wish") + "?return=check", {"wish": "look"}).url == check
    assert browser.post(page(draft, "more") + "?return=check", {"statement": ""}).url == check
    ground = page(draft, "reason", 1) + "?return=check"
    assert browser.post(ground, {"statement": "Paid in June."}).url == check
    assert f'class="back" href="{check}"' in browser.get(ground).text


def test_a_reason_added_from_the_check_page_is_asked_about_first(browser, draft):
    answer_all(browser, draft)

    answer = browser.post(page(draft, "reasons") + "?return=check", {"reasons": ["1", "2"]})
    assert answer.url == page(draft, "reason", 2) + "?return=check"
    answer = browser.post(answer.url, {"statement": "Closed."})

    assert answer.url == page(draft, "check")


def test_documents_still_being_checked_do_not_hold_it_up(browser, draft):
    answer_all(browser, draft)
    EvidenceDocument.objects.create(
        appeal=draft,
        original_name="payslip.pdf",
        stored_name="x",
        size=10,
        sha256="0" * 64,
        state="waiting",
        uploaded_at=draft.created_at,
    )

    assert "payslip.pdf" in browser.get(page(draft, "check")).text
    assert send(browser, draft).state == AppealState.SUBMITTED


# --- who may, and how -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["reasons", "wish", "more", "check"])
def test_a_stranger_finds_nothing(browser, strange_browser, draft, name):
    answer_all(browser, draft)

    for answer in (
        strange_browser.get(page(draft, name)),
        strange_browser.post(page(draft, name), {"wish": "look", "statement": "x"}),
    ):
        assert answer.status_code == 404
    assert saved(draft).wish == "full"
    assert browser.get(page(draft, name)).status_code == 200


@pytest.mark.parametrize("name", ["reasons", "wish", "more", "check"])
def test_other_methods_are_refused(browser, draft, name):
    assert browser.put(page(draft, name)).status_code == 405
    assert browser.delete(page(draft, name)).status_code == 405


@pytest.mark.parametrize("name", ["reasons", "wish", "more", "check"])
def test_a_sent_appeal_can_no_longer_be_changed(browser, decision, name):
    appeal = create_appeal(decision, state=AppealState.SUBMITTED)

    answer = browser.post(page(appeal, name), {"wish": "look", "statement": "New"}, follow=True)

    assert answer.redirect_chain[-1][0] == page(appeal, "appeal")
    assert "You have already sent this appeal" in answer.text
    assert (saved(appeal).wish, saved(appeal).statement) == ("full", "")


@pytest.mark.django_db
def test_the_pages_speak_chinese(browse):
    wang = create_customer(
        "Wang Fang", locale="zh-hans", jurisdiction="CN", time_zone="Asia/Shanghai"
    )
    browser = browse(wang)
    draft = begin(browser, create_decision(wang, line=create_line(wang, currency="CNY")))

    answer = browser.get(page(draft, "reasons"))

    assert 'lang="zh-Hans"' in answer.text
    assert draft.decision.notice.content["zh-hans"]["reasons"][0]["title"] in answer.text
    with translation.override("zh-hans"):
        assert translation.gettext("Save and go on") != "Save and go on"
        assert translation.gettext("Save and go on") in answer.text


@pytest.mark.parametrize(
    ("name", "rank", "queries"),
    [
        ("reasons", (), 5),
        ("reason", (1,), 4),
        ("wish", (), 4),
        ("more", (), 3),
        ("check", (), 8),
    ],
)
def test_each_page_asks_a_fixed_number_of_questions(
    browser, draft, django_assert_num_queries, name, rank, queries
):
    answer_all(browser, draft)
    browser.get(page(draft, name, *rank))

    with django_assert_num_queries(queries):
        browser.get(page(draft, name, *rank))
