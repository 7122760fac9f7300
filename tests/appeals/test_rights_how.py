"""How was this decided: the page says it in plain words, and no more than the notice may."""

import pytest
from django.urls import reverse

from appeals.catalogue import CATALOGUE, HOW
from appeals.catalogue.how import load_how
from appeals.catalogue.loader import LANGUAGES, CatalogueError
from appeals.readability import read
from tests.appeals.builders import RESTRICTED, create_customer, create_decision
from tests.appeals.journeys import words

pytestmark = pytest.mark.django_db
SCORE = {"value": 611, "min": 300, "max": 850, "source": "internal", "as_of": "2026-10-01"}


def how(browser, decision):
    return words(browser.get(reverse("appeals:how", args=[decision.reference])))


def test_it_says_who_decided_from_what_and_how_the_rule_works(browser, decision):
    page = how(browser, decision)

    assert "A computer did, by rules that people of ours wrote." in page
    assert "What other lenders say about your debts and payments" in page
    assert "Your credit report" in page
    assert "The rule compares it with a set number." in page
    assert "Your use: 93%" in page
    assert "Our rule starts at: 80%" in page
    assert f"Our name for the rule: {decision.rule_id} {decision.rule_version}" in page


def test_a_decision_of_a_person_is_not_called_a_computers(browser, alice):
    page = how(browser, create_decision(alice, automated=False))
    assert "A person did." in page
    assert "computer" not in page


def test_of_a_restricted_decision_it_says_what_the_notice_says_and_nothing_else(browser, alice):
    decision = create_decision(alice, reasons=[RESTRICTED], score=SCORE)
    page = how(browser, decision)

    assert "The law does not let us say more here." in page
    assert decision.rule_id not in page
    assert "611" not in page
    assert "How our rule works" not in page


def test_the_score_stands_on_its_scale(browser, alice):
    decision = create_decision(alice, score=SCORE)
    assert "Your score was 611, on a scale from 300 to 850." in how(browser, decision)


def test_in_chinese_the_logic_is_chinese(browse):
    person = create_customer("Li Wei", locale="zh-hans", jurisdiction="CN", region="CN-SC")
    page = how(browse(person), create_decision(person))
    assert "其他机构记录的借款与还款情况" in page


def test_a_question_can_be_asked_from_there(browser, decision):
    page = browser.get(reverse("appeals:how", args=[decision.reference])).text
    assert reverse("appeals:ask", args=[decision.reference, "question"]) in page


def test_the_page_asks_a_fixed_number_of_questions(browser, alice, django_assert_num_queries):
    for decision in (create_decision(alice), create_decision(alice)):
        with django_assert_num_queries(3):
            how(browser, decision)


# --- the texts -----------------------------------------------------------------------------------


def test_every_reason_has_its_logic_in_every_language():
    for code in CATALOGUE.reasons:
        family = HOW.of_reason(code)
        for texts in (family.data, family.source, family.rule):
            assert all(texts[language] for language in LANGUAGES)


def test_the_logic_reads_easily():
    for code in CATALOGUE.reasons:
        reading = read(HOW.of_reason(code).rule["en"])
        assert reading.is_easy, (code, reading)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {codes: [BUR], data: {en: A}}", "data is not there in each language"),
        (
            "- {codes: [BUR, BUR], data: &a {en: A, zh-Hans: 甲}, source: *a, rule: *a}",
            "BUR stands twice",
        ),
        (
            "- {codes: [BUR, XXX], data: &a {en: A, zh-Hans: 甲}, source: *a, rule: *a}",
            "no reason begins with XXX",
        ),
        (
            "- {codes: [ACC], data: &a {en: A, zh-Hans: 甲}, source: *a, rule: *a}",
            "nothing says how BUR-UTIL-HIGH is decided",
        ),
    ],
)
def test_a_fault_in_the_file_is_named(tmp_path, text, said):
    file = tmp_path / "how.yaml"
    file.write_text(f"families:\n{text}\n")
    with pytest.raises(CatalogueError, match=said):
        load_how(["BUR-UTIL-HIGH"], file)
