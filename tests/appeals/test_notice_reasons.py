"""No half reasons: what is shown of each, and what holds a notice back."""

import pytest

from appeals.catalogue import CATALOGUE
from appeals.catalogue.facts import FACT_KINDS
from appeals.notice_text import NoticeHeld, NoticeReason, compose
from appeals.notice_text.words import FACT_LABELS, ORIGINS
from tests.appeals.subjects import LITTLE_USED, english, given, subject


@pytest.mark.parametrize("code", ["MOD-BEHAVIOUR-SCORE", "BUR-SCORE-DROP", "POL-PORTFOLIO"])
def test_a_reason_that_may_not_stand_alone_holds_the_notice(code):
    with pytest.raises(NoticeHeld, match=f"gives {code}, which may not stand alone"):
        compose(subject(reasons=(given(code),)))

    assert compose(subject(reasons=(given(code), LITTLE_USED)))


def test_two_reasons_that_may_not_stand_alone_do_not_help_each_other():
    with pytest.raises(NoticeHeld, match="BUR-SCORE-DROP, POL-PORTFOLIO"):
        compose(subject(reasons=(given("BUR-SCORE-DROP"), given("POL-PORTFOLIO"))))


def test_a_reason_with_a_hole_holds_the_notice():
    with pytest.raises(NoticeHeld, match="ACC-LIMIT-UNUSED lacks the fact peak_pct"):
        compose(subject(reasons=(NoticeReason("ACC-LIMIT-UNUSED", {"months": 6}),)))


def test_a_reason_the_catalogue_lost_holds_the_notice():
    with pytest.raises(NoticeHeld, match="has no ACC-GONE"):
        compose(subject(reasons=(NoticeReason("ACC-GONE", {}),)))


def test_a_cut_without_a_reason_is_held():
    with pytest.raises(NoticeHeld, match="no reason at all"):
        compose(subject(reasons=()))


def test_what_would_change_it_is_left_out_when_it_would_have_a_hole():
    facts = {"count": 3, "months": 6}
    without, with_all = (
        english(reasons=(NoticeReason("ACC-LATE-PAST", one),))["reasons"][0]
        for one in (facts, facts | {"cycles": 6})
    )

    assert without["counterfactual"] == ""
    assert [pair["label"] for pair in without["pairs"]] == ["Late payments", "Months we looked at"]
    assert with_all["counterfactual"].startswith("After 6 on-time bills")
    assert len(with_all["pairs"]) == 3


def test_a_restricted_reason_shows_its_fixed_text_and_nothing_else():
    content = english(
        reasons=(NoticeReason("LEG-RESTRICTED", {"date": "2026-09-01"}),),
        policy={"ref": "POL-1", "title": "Sanctions", "region": None},
    )

    assert content["policy"] is None
    assert content["reasons"] == [
        {
            "code": "LEG-RESTRICTED",
            "rank": 1,
            "origin": "the law",
            "title": CATALOGUE.reason("LEG-RESTRICTED").title["en"],
            "explanation": CATALOGUE.reason("LEG-RESTRICTED").explanation["en"],
            "pairs": [],
            "counterfactual": "",
            "what_you_can_do": CATALOGUE.reason("LEG-RESTRICTED").what_you_can_do["en"],
            "papers": [],
            "restricted": True,
        }
    ]


def test_details_of_a_guarded_reason_are_not_listed():
    shown = english(reasons=(given("FRD-SUSPECT-TXN"),))["reasons"][0]

    assert shown["pairs"] == []
    assert shown["explanation"] == "On 1 September 2026 we saw payments that may not be yours."


def test_four_reasons_are_told_and_credit_checks_as_a_fifth():
    four = [given(code) for code in ("ACC-LATE-PAST", "ACC-MIN-PAY", "ACC-OVER-LIMIT", "INC-DROP")]

    codes = [
        [one["code"] for one in english(reasons=(*four, given(fifth)))["reasons"]]
        for fifth in ("BUR-INQUIRIES", "BUR-UTIL-HIGH")
    ]

    assert codes[0][4:] == ["BUR-INQUIRIES"]
    assert len(codes[1]) == 4


def test_one_and_many_are_told_apart():
    once, thrice = (
        english(reasons=(given("ACC-LATE-PAST", count=count),))["reasons"][0]["explanation"]
        for count in (1, 3)
    )

    assert once.startswith("You paid us late 1 time in")
    assert thrice.startswith("You paid us late 3 times in")


@pytest.mark.parametrize("code", sorted(CATALOGUE.reasons))
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_reason_reads_whole(code, language):
    shown = compose(subject(reasons=(given(code), LITTLE_USED)))[language]["reasons"][0]
    texts = [shown[name] for name in ("title", "explanation", "what_you_can_do", "counterfactual")]
    texts += [part for pair in shown["pairs"] for part in pair.values()]

    assert shown["code"] == code
    for trace in ("{", "}", "(s)", "None", "2026-09"):
        assert trace not in " ".join(texts)


def test_every_fact_and_origin_has_a_label():
    assert FACT_LABELS.keys() == FACT_KINDS.keys()
    assert set(CATALOGUE.origins) == ORIGINS.keys()
