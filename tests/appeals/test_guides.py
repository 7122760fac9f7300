"""Guides tied to reasons, what lies ahead of a reason, and how plainly all of it is written."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from appeals.catalogue import AHEAD, CATALOGUE, GUIDES, CatalogueError
from appeals.catalogue.ahead import load_ahead
from appeals.catalogue.guides import load_guides
from appeals.catalogue.loader import LANGUAGES, placeholders
from appeals.readability import GRADE, is_chinese, read
from tests.appeals.builders import RESTRICTED, create_customer, create_decision
from tests.appeals.markup import Page

REASONS = CATALOGUE.shipped.reasons
# What the law words, or must not be reworded: read by counsel, not by a formula.
FIXED_BY_LAW = {code for code, reason in REASONS.items() if reason.is_restricted}
# A reason's name, an authority and so on: as long as the longest that is likely.
LIKELY = {"date": "2 October 2026", "signs": "cash advances", "authority": "the county court"}


def filled(text):
    return text.format(**{name: LIKELY.get(name, "40") for name in placeholders(text)})


def texts_of_reasons():
    for code, reason in sorted(REASONS.items()):
        if code in FIXED_BY_LAW:
            continue
        for field in ("title", "explanation", "what_you_can_do", "counterfactual"):
            for language, text in (getattr(reason, field) or {}).items():
                yield pytest.param(language, filled(text), id=f"{code}-{field}-{language}")


def texts_of_guides():
    for key, guide in GUIDES.by_key.items():
        parts = [guide.title, guide.lead]
        for section in guide.sections:
            parts += [section.heading, {name: " ".join(t) for name, t in section.text.items()}]
        for number, texts in enumerate(parts):
            for language, text in texts.items():
                yield pytest.param(language, text, id=f"{key}-{number}-{language}")


@pytest.mark.parametrize(("language", "text"), [*texts_of_reasons(), *texts_of_guides()])
def test_every_text_is_plain(language, text):
    reading = read(text)
    assert is_chinese(text) == language.startswith("zh")
    # One short line is no text to grade: a single long word would fail it.
    if reading.grade is not None and len(text.split()) >= 8:
        assert reading.grade <= GRADE
    assert reading.remarks == ()


@pytest.mark.parametrize("code", sorted(REASONS))
def test_each_language_asks_for_the_same_facts(code):
    reason = REASONS[code]
    for texts in (reason.title, reason.explanation, reason.what_you_can_do, reason.counterfactual):
        assert len({placeholders(text) for text in (texts or {}).values()}) <= 1
        assert texts is None or texts.keys() == LANGUAGES.keys()


@pytest.mark.parametrize("key", GUIDES.by_key)
def test_each_guide_is_whole_in_each_language(key):
    guide = GUIDES.by_key[key]
    for section in guide.sections:
        assert section.text.keys() == LANGUAGES.keys()
        assert len({len(paragraphs) for paragraphs in section.text.values()}) == 1
        assert all(not placeholders(text) for told in section.text.values() for text in told)


def test_no_guide_gives_away_a_reason_we_may_not_explain():
    for guide in GUIDES.by_key.values():
        assert not guide.reasons & FIXED_BY_LAW


def test_a_guide_of_an_unknown_reason_is_refused(tmp_path):
    source = tmp_path / "guides.yaml"
    text = GUIDES.by_key["when-we-got-it-wrong"].key
    source.write_text(
        f"guides:\n- key: {text}\n  reasons: [NO-SUCH]\n  title: {{en: A, zh-Hans: 甲}}\n"
        "  lead: {en: A, zh-Hans: 甲}\n  sections: []\n"
    )
    with pytest.raises(CatalogueError, match="NO-SUCH"):
        load_guides(REASONS, source)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("NO-SUCH: {from: date, add: 1, unit: days}", "NO-SUCH"),
        ("HRD-PLAN: {from: count, add: 1, unit: days}", "no day"),
        ("HRD-PLAN: {from: date, add: signs, unit: days}", "no number"),
        ("HRD-PLAN: {from: date, add: 1, unit: weeks}", "no unit"),
    ],
)
def test_what_lies_ahead_is_checked(tmp_path, rule, says):
    source = tmp_path / "ahead.yaml"
    source.write_text(f"nothing_to_change: []\nearliest:\n  {rule}\n")
    with pytest.raises(CatalogueError, match=says):
        load_ahead(REASONS, source)


@pytest.mark.parametrize(
    ("code", "facts", "day"),
    [
        ("HRD-CUSTOMER-ASKED", {"date": "2026-10-01", "days": 30}, date(2026, 10, 31)),
        ("BUR-DELINQ-ELSEWHERE", {"month": "2026-08", "months": 6}, date(2027, 3, 1)),
        ("BUR-DELINQ-ELSEWHERE", {"month": "2026-08"}, None),
        ("ACC-LATE-NOW", {}, date(2027, 2, 28)),
        ("ACC-LATE-PAST", {"cycles": 3}, date(2027, 2, 28)),
        ("ACC-LATE-PAST", {"cycles": 5000}, None),
    ],
)
def test_the_earliest_day(code, facts, day):
    assert AHEAD.earliest[code].day(facts, date(2026, 11, 30)) == day


# --- pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_everybody_may_read_the_guides(db, language):
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    page = Page(client.get(reverse("appeals:guides")).text)
    assert page.faults == []
    for guide in GUIDES.by_key.values():
        assert page.links[guide.title[language]] == reverse("appeals:guide", args=[guide.key])
        one = Page(client.get(reverse("appeals:guide", args=[guide.key])).text)
        assert one.faults == []
        assert guide.sections[0].text[language][0].split("“")[0] in one.text.replace("&#x27;", "'")


def test_there_is_no_other_guide(db, client):
    assert client.get("/guides/no-such-guide/").status_code == 404


def test_each_reason_on_the_why_page_leads_to_its_guides(browser, decision):
    text = browser.get(reverse("appeals:decision", args=[decision.reference])).text
    for row in decision.reasons.all():
        for guide in GUIDES.of_reason(row.code):
            assert reverse("appeals:guide", args=[guide.key]) in text


def test_a_time_bound_reason_shows_its_day(browse, alice):
    asked = ("HRD-CUSTOMER-ASKED", {"date": "2026-10-01", "days": 90})
    decision = create_decision(alice, reasons=[asked])
    text = Page(browse(alice).get(reverse("appeals:decision", args=[decision.reference])).text).text
    assert "can pass on 30 December 2026 at the earliest" in text


def test_what_nobody_can_change_says_so(db, browse):
    li = create_customer("Li Na", jurisdiction="CN")
    decision = create_decision(
        li, reasons=[("POL-PRODUCT", {"date": "2026-10-01", "amount": "900.00", "group": "x"})]
    )
    url = reverse("appeals:decision", args=[decision.reference])
    assert "Nothing you do changes this reason" in browse(li).get(url).text


def test_beside_a_restricted_reason_stands_nothing(browse, alice):
    decision = create_decision(alice, reasons=[RESTRICTED])
    text = browse(alice).get(reverse("appeals:decision", args=[decision.reference])).text
    assert "reason-help" not in text
    assert "Was this clear?" not in text
