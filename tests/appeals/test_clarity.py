"""Was this clear? One answer a reason, changeable; staff see shares, never those of few."""

import pytest
from django.urls import reverse

from appeals.clarity import clarity_by_reason, words_about
from appeals.models import ClarityAnswer
from tests.appeals.builders import RESTRICTED, create_customer, create_decision, create_reviewer
from tests.appeals.editors import create_editor


def say(browser, decision, clear, rank=1, **more):
    url = reverse("appeals:say_clear", args=[decision.reference, rank])
    return browser.post(url, {"clear": clear, **more})


def answers(number, *, clear=0, language="en", words=""):
    for each in range(number):
        decision = create_decision()
        ClarityAnswer.objects.create(
            customer=decision.customer,
            notice=decision.notice,
            code="BUR-UTIL-HIGH",
            language=language,
            is_clear=each < clear,
            words=words,
            answered_at=decision.decided_at,
        )


def test_a_customer_answers_and_thinks_again(browser, decision):
    answer = say(browser, decision, "yes")
    assert answer.url.endswith("#reason-1")
    say(browser, decision, "no", words="What is a file?")

    kept = ClarityAnswer.objects.get()
    assert (kept.code, kept.is_clear, kept.words, kept.language) == (
        "BUR-DELINQ-ELSEWHERE",
        False,
        "What is a file?",
        "en",
    )
    page = browser.get(reverse("appeals:decision", args=[decision.reference])).text
    assert "You said: this was not clear" in page
    assert "What is a file?" in page


def test_each_reason_has_an_answer_of_its_own(browser, decision):
    say(browser, decision, "yes", rank=1)
    say(browser, decision, "no", rank=2)
    assert ClarityAnswer.objects.count() == 2


@pytest.mark.parametrize(
    ("rank", "data"),
    [(1, {}), (1, {"clear": "maybe"}), (9, {"clear": "yes"}), (1, {"clear": "no", "words": 501})],
)
def test_what_is_no_answer_is_not_kept(browser, decision, rank, data):
    if "words" in data:
        data = {**data, "words": "x" * data["words"]}
    url = reverse("appeals:say_clear", args=[decision.reference, rank])
    assert browser.post(url, data).status_code == 302
    assert not ClarityAnswer.objects.exists()


def test_a_restricted_reason_is_not_asked_about(browser, alice):
    decision = create_decision(alice, reasons=[RESTRICTED])
    say(browser, decision, "no")
    assert not ClarityAnswer.objects.exists()


def test_a_stranger_finds_nothing(strange_browser, client, decision):
    assert say(strange_browser, decision, "yes").status_code == 404
    assert say(client, decision, "yes").status_code == 302  # to the door
    assert not ClarityAnswer.objects.exists()


def test_shares_of_few_are_hidden(db):
    answers(10, clear=7)
    answers(3, clear=3, language="zh-hans")
    rows = clarity_by_reason()
    # The English row is hidden too: who knows the whole could work out the other.
    assert [row.answers for row in rows] == [None, None]

    answers(4, clear=2, language="zh-hans")
    shown = {row.language: (row.answers, row.clear) for row in clarity_by_reason()}
    assert shown == {"en": (10, 7), "zh-hans": (7, 5)}


def test_words_are_shown_only_among_several(db):
    answers(4, words="Too long.")
    assert words_about("BUR-UTIL-HIGH") == []
    answers(1, words="Too long.")
    assert len(words_about("BUR-UTIL-HIGH")) == 5


def test_staff_see_it_by_reason_and_on_the_overview(db, browse):
    answers(8, clear=2, words="What is a limit?")
    editor = create_editor("Edith Rowe")
    page = browse(editor).get(reverse("desk:reason", args=["BUR-UTIL-HIGH"])).text
    assert "25%" in page
    assert "What is a limit?" in page
    assert create_customer().name not in page

    sofia = create_reviewer("Sofia Lind", is_supervisor=True)
    overview = browse(sofia).get("/admin/").text
    assert "The least clear reasons first" in overview
    assert "25%" in overview
