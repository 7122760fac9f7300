"""Answering a reviewer who asked for documents, or a question."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from appeals.deadlines import end_of_day, last_day
from appeals.models import Appeal, Claim, EventKind, EvidenceDocument
from appeals.states import AppealState
from tests.appeals.builders import (
    create_appeal,
    create_claim,
    create_customer,
    create_decision,
    create_document_request,
    create_reviewer,
)
from tests.appeals.journeys import page

MONDAY = datetime(2026, 11, 16, 17, tzinfo=UTC)
WEEK_LATER = MONDAY + timedelta(days=7)


@pytest.fixture
def waiting(decision):
    return create_appeal(decision, state=AppealState.WAITING)


@pytest.fixture
def asked(waiting):
    return create_document_request(waiting, kinds=["payslip", "bank_statement"])


def add_document(asked, **fields):
    number = EvidenceDocument.objects.count()
    return EvidenceDocument.objects.create(
        appeal=asked.appeal,
        request=asked,
        original_name="payslip.pdf",
        stored_name=f"x{number}",
        size=10,
        sha256=str(number) * 64,
        uploaded_at=timezone.now(),
        **fields,
    )


def state_of(appeal: Appeal) -> str:
    return Appeal.objects.get(pk=appeal.pk).state


def test_the_page_says_what_is_asked_for(browser, asked):
    text = browser.get(page(asked.appeal, "answer")).text

    assert asked.message in text
    assert "Recent payslips" in text
    assert "Bank statements" in text


def test_an_answer_gives_the_case_back_to_its_queue(browser, alice, asked):
    answer = browser.post(
        page(asked.appeal, "answer"), {"answer": "My employer sends them next week."}, follow=True
    )

    assert "A reviewer has your answer now." in answer.text
    asked.refresh_from_db()
    assert asked.answer == "My employer sends them next week."
    assert asked.answered_at is not None
    assert state_of(asked.appeal) == AppealState.SUBMITTED
    event = asked.appeal.events.get(kind=EventKind.DOCUMENTS_ANSWERED)
    assert (event.by, event.is_visible) == (alice, True)
    assert event.details == {"request": asked.pk, "documents": 0}


def test_the_promise_goes_on_from_where_it_was_paused(browse, alice, decision):
    appeal = create_appeal(
        decision,
        state=AppealState.WAITING,
        paused_at=MONDAY,
        promised_at=end_of_day(date(2026, 11, 20), alice.zone),
    )
    create_document_request(appeal)

    with time_machine.travel(WEEK_LATER, tick=False):
        browse(alice).post(page(appeal, "answer"), {"answer": "Here you are."})

    appeal.refresh_from_db()
    assert appeal.paused_at is None
    assert appeal.promised_at is not None
    # Four working days were left; Thanksgiving is not one.
    assert last_day(appeal.promised_at, alice.zone) == date(2026, 11, 30)


def test_a_reviewer_who_still_holds_it_goes_on(browser, asked):
    create_claim(asked.appeal, create_reviewer())

    browser.post(page(asked.appeal, "answer"), {"answer": "Here."})

    assert state_of(asked.appeal) == AppealState.IN_REVIEW
    assert Claim.objects.filter(appeal=asked.appeal).exists()


def test_a_lease_that_ran_out_is_cleared_away(browser, asked):
    create_claim(asked.appeal, create_reviewer(), minutes=-1)

    browser.post(page(asked.appeal, "answer"), {"answer": "Here."})

    assert state_of(asked.appeal) == AppealState.SUBMITTED
    assert not Claim.objects.exists()


@pytest.mark.parametrize(
    ("sent", "reads"),
    [
        ({"has_none": "on"}, "I do not have these papers."),
        (
            {"has_none": "on", "answer": "I am self-employed."},
            "I do not have these papers.\n\nI am self-employed.",
        ),
    ],
)
def test_who_does_not_have_the_documents_can_say_so(browser, asked, sent, reads):
    browser.post(page(asked.appeal, "answer"), sent)

    asked.refresh_from_db()
    assert asked.answer == reads
    assert state_of(asked.appeal) == AppealState.SUBMITTED


def test_with_a_document_no_words_are_needed(browser, asked):
    add_document(asked)

    browser.post(page(asked.appeal, "answer"), {"answer": ""})

    event = asked.appeal.events.get(kind=EventKind.DOCUMENTS_ANSWERED)
    assert event.details["documents"] == 1
    assert state_of(asked.appeal) == AppealState.SUBMITTED


@pytest.mark.parametrize("state", ["refused", "removed"])
def test_a_document_we_could_not_take_is_no_answer(browser, asked, state):
    add_document(asked, state=state)

    answer = browser.post(page(asked.appeal, "answer"), {"answer": " "})

    assert answer.status_code == 422
    assert "tick that you do not have them" in answer.text
    assert state_of(asked.appeal) == AppealState.WAITING


def test_too_long_an_answer_is_given_back_whole(browser, asked):
    text = "x" * 2001

    answer = browser.post(page(asked.appeal, "answer"), {"answer": text})

    assert answer.status_code == 422
    assert text in answer.text
    assert state_of(asked.appeal) == AppealState.WAITING


def test_answering_twice_changes_nothing(browser, asked):
    browser.post(page(asked.appeal, "answer"), {"answer": "First."})

    answer = browser.post(page(asked.appeal, "answer"), {"answer": "Second."}, follow=True)

    assert "Nothing more is needed from you" in answer.text
    asked.refresh_from_db()
    assert asked.answer == "First."


def test_a_withdrawn_appeal_needs_no_answer(browser, asked):
    browser.post(page(asked.appeal, "withdraw"))

    assert browser.get(page(asked.appeal, "answer")).url == page(asked.appeal, "appeal")
    browser.post(page(asked.appeal, "answer"), {"answer": "Too late."})

    asked.refresh_from_db()
    assert asked.answered_at is None
    assert state_of(asked.appeal) == AppealState.WITHDRAWN


def test_only_the_owner_can_answer(browser, strange_browser, asked):
    address = page(asked.appeal, "answer")

    assert strange_browser.get(address).status_code == 404
    assert strange_browser.post(address, {"answer": "Me."}).status_code == 404
    assert state_of(asked.appeal) == AppealState.WAITING
    assert browser.put(address).status_code == 405
    assert browser.post(address, {"answer": "Me."}).status_code == 302


# --- A question without papers -------------------------------------------------------------------


@pytest.fixture
def question(waiting):
    return create_document_request(waiting, kinds=[])


def test_a_question_is_answered_in_words(browser, question):
    text = browser.get(page(question.appeal, "answer")).text
    assert question.message in text
    assert "I do not have these papers" not in text
    assert "Your answer" in text
    assert "you do not have to" in text  # papers are offered, and not asked for

    browser.post(page(question.appeal, "answer"), {"answer": "My car broke down."})

    question.refresh_from_db()
    assert question.answer == "My car broke down."
    assert state_of(question.appeal) == AppealState.SUBMITTED


def test_a_question_wants_words(browser, question):
    answer = browser.post(page(question.appeal, "answer"), {"answer": " ", "has_none": "on"})

    assert answer.status_code == 422
    assert "Write your answer. A few words are enough." in answer.text
    assert state_of(question.appeal) == AppealState.WAITING


def test_a_paper_may_answer_a_question(browser, question):
    add_document(question)

    browser.post(page(question.appeal, "answer"), {"answer": ""})

    assert state_of(question.appeal) == AppealState.SUBMITTED


def test_the_page_for_papers_knows_a_question(browser, question):
    text = browser.get(page(question.appeal, "documents")).text

    assert "A reviewer asks you for these:" not in text


def test_the_customers_page_leads_to_the_question(browser, question):
    text = browser.get(page(question.appeal, "appeal")).text

    assert question.message in text
    assert page(question.appeal, "answer") in text


def test_the_page_asks_a_fixed_number_of_questions(browser, asked, django_assert_num_queries):
    for _ in range(3):
        add_document(asked)
    browser.get(page(asked.appeal, "answer"))

    with django_assert_num_queries(10):
        browser.get(page(asked.appeal, "answer"))


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_counts(browse):
    alice = create_customer()
    appeal = create_appeal(create_decision(alice), state=AppealState.WAITING)
    create_document_request(appeal)
    browsers = [browse(alice) for _ in range(3)]

    def send(numbered):
        number, client = numbered
        try:
            return client.post(page(appeal, "answer"), {"answer": f"Answer {number}"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(send, enumerate(browsers)))

    assert set(answers) <= {302, 409}
    assert appeal.events.filter(kind=EventKind.DOCUMENTS_ANSWERED).count() == 1
