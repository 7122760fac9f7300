"""Did we treat you fairly? One answer an appeal, after the outcome; staff see shares of many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from appeals.models import TreatmentAnswer
from appeals.states import AppealState
from appeals.treatment import treatment_by_reason, words_of_treatment
from tests.appeals.answers_given import create_answered
from tests.appeals.builders import create_appeal, create_customer, create_decision
from tests.appeals.desks import queue, rosa, sofia
from tests.appeals.editors import create_editor
from tests.appeals.test_clarity import answers as clarity_answers

__all__ = ["queue", "rosa", "sofia"]


@pytest.fixture
def answered(queue, rosa, decision):
    return create_answered(by=rosa, queue=queue, decision=decision)


def say(browser, appeal, fair, **more):
    return browser.post(
        reverse("appeals:say_fair", args=[appeal.reference]), {"fair": fair, **more}
    )


def page(browser, appeal):
    return browser.get(reverse("appeals:appeal", args=[appeal.reference])).text


def answers(number, *, fair=0, language="en", words="", **made):
    for each in range(number):
        appeal = create_answered(**made)
        TreatmentAnswer.objects.create(
            customer=appeal.customer,
            appeal=appeal,
            language=language,
            is_fair=each < fair,
            words=words,
            answered_at=timezone.now(),
        )


def test_a_customer_is_asked_after_our_answer_and_thinks_again(browser, answered):
    assert "Did we treat you fairly?" in page(browser, answered)

    assert say(browser, answered, "yes").url.endswith("#treatment")
    say(browser, answered, "no", words="Nobody read my payslip.")

    kept = TreatmentAnswer.objects.get()
    assert (kept.is_fair, kept.words, kept.language) == (False, "Nobody read my payslip.", "en")
    again = page(browser, answered)
    assert "You said: no, it was not fair" in again
    assert "Nobody read my payslip." in again


@pytest.mark.parametrize("state", [AppealState.SUBMITTED, AppealState.WITHDRAWN])
def test_nobody_is_asked_before_there_is_an_answer(browser, decision, queue, state):
    appeal = create_appeal(decision, state=state, queue=queue)

    assert "Did we treat you fairly?" not in page(browser, appeal)
    say(browser, appeal, "no")
    assert not TreatmentAnswer.objects.exists()


def test_a_guarded_case_is_not_asked_about(browser, queue, rosa, decision):
    appeal = create_answered(by=rosa, queue=queue, decision=decision, is_restricted=True)

    assert "Did we treat you fairly?" not in page(browser, appeal)
    say(browser, appeal, "no")
    assert not TreatmentAnswer.objects.exists()


@pytest.mark.parametrize("data", [{}, {"fair": "maybe"}, {"fair": "no", "words": "x" * 501}])
def test_what_is_no_answer_is_not_kept(browser, answered, data):
    url = reverse("appeals:say_fair", args=[answered.reference])
    assert browser.post(url, data).status_code == 302
    assert browser.get(url).status_code == 405
    assert not TreatmentAnswer.objects.exists()


def test_a_stranger_finds_nothing(strange_browser, client, answered):
    assert say(strange_browser, answered, "yes").status_code == 404
    assert say(client, answered, "yes").status_code == 302  # to the door
    assert not TreatmentAnswer.objects.exists()


def test_shares_are_by_disputed_reason_and_language_and_never_of_few(queue, rosa):
    answers(10, fair=7, by=rosa, queue=queue)
    answers(4, fair=2, language="zh-hans", by=rosa, queue=queue)
    assert {row.answers for row in treatment_by_reason()} == {None}

    answers(3, fair=3, language="zh-hans", by=rosa, queue=queue)
    shown = {(row.code, row.language): (row.answers, row.clear) for row in treatment_by_reason()}
    assert shown == {
        ("BUR-DELINQ-ELSEWHERE", "en"): (10, 7),
        ("BUR-DELINQ-ELSEWHERE", "zh-hans"): (7, 5),
        ("BUR-UTIL-HIGH", "en"): (10, 7),
        ("BUR-UTIL-HIGH", "zh-hans"): (7, 5),
    }


def test_staff_read_it_beside_the_catalogue_text(queue, rosa, browse, sofia):
    answers(4, words="Too slow.", by=rosa, queue=queue)
    assert words_of_treatment("BUR-UTIL-HIGH") == []
    answers(4, fair=2, words="Too slow.", by=rosa, queue=queue)

    url = reverse("desk:reason", args=["BUR-UTIL-HIGH"])
    text = browse(create_editor("Edith Rowe")).get(url).text
    assert "Did we treat them fairly?" in text
    assert "25%" in text
    assert "Too slow." in text
    assert create_customer().name not in text


def test_each_disputed_reason_counts_once(queue, rosa):
    decision = create_decision()
    answers(6, fair=3, by=rosa, queue=queue)
    appeal = create_answered(by=rosa, queue=queue, decision=decision, disputed=["BUR-UTIL-HIGH"])
    TreatmentAnswer.objects.create(
        customer=appeal.customer,
        appeal=appeal,
        language="en",
        is_fair=True,
        answered_at=timezone.now(),
    )

    found = {row.code: row.answers for row in treatment_by_reason()}
    assert found == {"BUR-DELINQ-ELSEWHERE": 6, "BUR-UTIL-HIGH": 7}


def test_both_answers_stand_before_the_text_with_as_many_queries_however_many_answered(
    queue, rosa, browse
):
    """By language, as shares of many, and few are hidden in both."""
    browser = browse(create_editor("Edith Rowe"))
    address = reverse("desk:reason", args=["BUR-UTIL-HIGH"])

    def asked():
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            text = browser.get(address).text
        return len(queries), text

    made = {"by": rosa, "queue": queue}
    clarity_answers(1)
    answers(1, **made)
    few, hidden = asked()
    assert hidden.count("too few to show") == 2

    clarity_answers(7, clear=2, words="What is a limit?")
    clarity_answers(6, clear=6, language="zh-hans")
    answers(9, fair=6, words="Nobody asked me.", **made)
    answers(5, fair=1, language="zh-hans", **made)
    many, shown = asked()
    assert many == few
    for share in ("25%", "100%", "60%", "20%"):
        assert share in shown
    places = [shown.index(mark) for mark in ('id="clear"', 'id="fair"', "<form", 'id="look"')]
    assert places[0] < places[1] < shown.index('class="desk-texts"') < places[3]
