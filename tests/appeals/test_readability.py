"""Texts that are easy, and texts that are not: which sentence, and why; no database."""

import pytest

from appeals.readability import Hard, grade, is_chinese, read, sentences, syllables

EASY = (
    "We looked at our decision again and changed part of it. Your limit is now $2,700.00. "
    "You do not have to do anything."
)


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("cat", 1),
        ("limit", 2),
        ("payment", 2),
        ("changed", 1),
        ("decided", 3),
        ("little", 2),
        ("the", 1),
        ("$2,700.00", 1),
        ("2027", 1),
    ],
)
def test_syllables_are_about_right(word, count):
    assert syllables(word) == count


def test_the_grade_is_the_published_formula():
    # Six words of one syllable in one sentence: 0.39 x 6 + 11.8 x 1 - 15.59.
    assert grade(["The", "cat", "sat", "on", "the", "mat"], 1) == pytest.approx(-1.4, abs=0.05)
    assert grade([], 0) == 0.0


def test_plain_words_pass():
    reading = read(EASY)

    assert reading.is_easy
    assert reading.grade is not None
    assert reading.grade < 6


def test_a_long_sentence_is_named_with_its_words_counted():
    long = "We " + "and we " * 12 + "stop."

    (remark,) = read(f"This is short. {long}").remarks

    assert (remark.why, remark.measured, remark.at_most) == (Hard.LONG, 26, 20)
    assert remark.sentence == long


def test_heavy_words_are_named():
    text = "Notwithstanding documentation, restoration remains unfortunately unavailable to you."

    (remark,) = read(text).remarks

    assert remark.why == Hard.WORDS
    assert "unavailable" in remark.words or "unfortunately" in remark.words
    assert not read(text).is_easy


def test_short_forms_and_amounts_end_no_sentence():
    assert sentences("You owe $1.50, e.g. to Mr. Smith. Pay it.") == [
        "You owe $1.50, e.g. to Mr. Smith.",
        "Pay it.",
    ]


def test_nothing_is_easy_to_read():
    assert read("").is_easy
    assert read("  ... ").is_easy


def test_chinese_is_measured_in_characters():
    easy = "我们重新查看了这项决定，并已更正。您的额度恢复为¥4,000.00。"
    run_on = "我们" * 16 + "。"
    endless = "，".join(["我们再次查看了您的申诉"] * 7) + "。"

    assert is_chinese(easy)
    assert read(easy).is_easy
    assert [(one.why, one.measured) for one in read(run_on).remarks] == [(Hard.CLAUSE, 32)]
    assert [(one.why, one.measured) for one in read(endless).remarks] == [(Hard.LONG, 77)]
    assert read(easy).grade is None
