"""Every language is whole: no sentence of another one on a page or in a message."""

import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from appeals.actions.facts import take_facts
from appeals.actions.no_news import tell_no_news
from appeals.actions.restore_watch import look_at_lines
from appeals.catalogue import GUIDES
from appeals.catalogue.loader import LANGUAGES as COLUMNS
from appeals.models import ADVERSE, DocumentRequest
from appeals.notice_text import compose, formats, words
from appeals.sentences import LANGUAGES as OF_ANSWERS
from appeals.states import AppealState
from notifications.kinds import ChannelKind
from notifications.rendering import Matter, words_of
from notifications.types import TYPES
from portal.lib import dates
from portal.lib.money import BABEL_LOCALES
from tests.appeals.answers import KEPT, propose, ready
from tests.appeals.builders import (
    HIGH_USE,
    create_all_queues,
    create_appeal,
    create_customer,
    create_decision,
    create_line,
    create_reviewer,
)
from tests.appeals.journeys import answer_all, begin, page

CODES = [code for code, _name in settings.LANGUAGES]
# Two words of letters in a row are no name of ours, no number and no short form.
LATIN = re.compile(r"[A-Za-z][A-Za-z'’]+(?:[ ,;:]+[A-Za-z][A-Za-z'’]+)+")
# Names of the house, of places, formats and people, and what people wrote themselves.
ALLOWED = re.compile(
    r"Ho Chi Minh|Buenos Aires|Li Xue|Rosa Vega|example\.org|Recourse|English|PDF|JPEG|PNG|HEIC|"
    r"This was paid in July|I paid this in July|Please send it|Here it is|It stays"
)
HIDDEN = re.compile(r"<(script|style|svg|head)\b.*?</\1>|<[^>]+>", re.DOTALL)


# A fingerprint in groups of four is no English, even where the digits of it are all letters.
FINGERPRINT = re.compile(r"\b[0-9a-f]{4}(?: [0-9a-f]{4})+\b")


# A full stop of Chinese holds its own space.
STRAY = re.compile(r"[。，；！？] +(?![ |]|$)[^|]{1,12}")


def foreign(text):
    """Runs of English words, and spaces of English, in what a reader of Chinese sees."""
    return STRAY.findall(text) + LATIN.findall(ALLOWED.sub(" ", FINGERPRINT.sub(" ", text)))


def seen(answer):
    assert answer.status_code in {200, 404, 422}, answer.status_code
    return html.unescape(re.sub(r"\s+", " ", HIDDEN.sub(" | ", answer.text)))


# --- lists of languages that cannot be made from the settings ------------------------------------


def test_every_list_of_languages_is_the_list_of_the_settings():
    assert settings.LANGUAGE_CODE == CODES[0] == "en"
    for found in (
        COLUMNS,
        BABEL_LOCALES,
        dates.DAY,
        dates.WEEKDAY,
        dates.BEFORE_HOUR,
        formats.DAY_PATTERNS,
        formats.MONTH_PATTERNS,
        compose.__globals__["LANGUAGES"],
        OF_ANSWERS,
    ):
        assert list(found) == CODES


@pytest.mark.parametrize("code", CODES[1:])
def test_every_language_has_its_folder(code):
    language, _dash, script = code.partition("-")
    name = f"{language}_{script.title()}" if script else language
    for folder in settings.LOCALE_PATHS:
        assert (Path(folder) / name / "LC_MESSAGES" / "django.po").exists()


def _texts(value):
    if isinstance(value, dict) and set(value) & set(CODES):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)


def test_every_fixed_word_of_a_notice_is_there_in_each_language():
    found = list(_texts({name: value for name, value in vars(words).items() if name.isupper()}))
    assert len(found) > 50
    for texts in found:
        if texts in words.PRODUCTS.values():  # in English a product is called as the lender does
            continue
        assert list(texts) == CODES, texts


# --- messages ------------------------------------------------------------------------------------

CONTEXT = {
    "reference": "AP-7K3M-92QX",
    "last4": "4821",
    "minutes": "5",
    "notice": "RN-1",
    "promised_on": "2026-12-01",
    "due_on": "2026-12-01",
    "until": "2026-12-01",
    "team": "综合额度复议",
    "count": "3",
    "by": "Rosa Vega",
}
# Their words are the campaign's own, checked where they are typed.
OF_CAMPAIGNS = {"announcement"}


@pytest.mark.parametrize("type_name", sorted(TYPES.keys() - OF_CAMPAIGNS))
def test_no_message_says_anything_in_another_language(type_name):
    folder = Path(settings.BASE_DIR) / "templates" / "notifications" / type_name
    matter = Matter(
        type=type_name, language="zh-hans", context=CONTEXT, path="/x/", secret="12345678"
    )
    for channel in ChannelKind:
        file = "email_subject" if channel == ChannelKind.EMAIL else channel.value
        if not (folder / f"{file}.txt").exists() or channel == ChannelKind.LETTER:
            continue
        told = words_of(channel, matter)
        for text in (told.subject, told.text, HIDDEN.sub(" | ", told.html)):
            said = re.sub(r"https?://\S+|testserver\S*|localhost\S*", " ", html.unescape(text))
            assert foreign(said) == [], (channel, text)


# --- pages ---------------------------------------------------------------------------------------


@pytest.fixture
def li(db):
    return create_customer(
        "Li Xue",
        locale="zh-hans",
        jurisdiction="CN",
        region="CN-SC",
        time_zone="Asia/Shanghai",
    )


@pytest.fixture
def browser(li):
    client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    client.force_login(li)
    client.cookies["language"] = "zh-hans"
    return client


def test_no_page_before_the_door_says_anything_in_another_language(db):
    client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    for path in (
        "/account/sign-in/",
        "/help/",
        "/guides/",
        *(f"/guides/{key}/" for key in GUIDES.by_key),
    ):
        assert foreign(seen(client.get(path))) == [], path


def test_no_page_of_a_decision_says_anything_in_another_language(browser, li):
    decisions = [
        create_decision(li, line=create_line(li, currency="CNY"), action=action, reasons=[HIGH_USE])
        for action in sorted(ADVERSE)
    ]
    take_facts(
        [
            {
                "fact_id": "F-1",
                "line": decisions[0].line.reference,
                "as_of": decisions[0].decided_at.isoformat(),
                "facts": {"bureau.utilisation": 20},
            }
        ]
    )
    look_at_lines()
    paths = ["/", "/lines/", "/decisions/", "/messages/", "/settings/", "/account/sessions/"]
    paths += [f"/decisions/{one.reference}/" for one in decisions]
    paths += [f"/decisions/{one.reference}/appeal/" for one in decisions]
    paths += ["/decisions/LD-0000-0000/"]
    for path in paths:
        assert foreign(seen(browser.get(path, follow=True))) == [], path


def test_no_step_of_an_appeal_says_anything_in_another_language(browser, li):
    create_all_queues()
    decision = create_decision(li, line=create_line(li, currency="CNY"), reasons=[HIGH_USE])
    appeal = begin(browser, decision)
    steps = ("reasons", "wish", "more", "documents", "check")
    for name in steps:
        assert foreign(seen(browser.get(page(appeal, name), follow=True))) == [], name
        # What is wrong is said in the same language.
        if name == "documents":
            continue
        assert foreign(seen(browser.post(page(appeal, name), {}, follow=True))) == [], name
    answer_all(browser, appeal)
    browser.post(page(appeal, "check"))
    for name in ("receipt", "appeal", "documents", "withdraw"):
        assert foreign(seen(browser.get(page(appeal, name), follow=True))) == [], name


@pytest.mark.parametrize("state", [one for one in AppealState if one != AppealState.DRAFT])
def test_no_state_of_an_appeal_says_anything_in_another_language(browser, li, state):
    queue = create_all_queues()["credit_review"]
    rosa = create_reviewer("Rosa Vega", queue=queue)
    decision = create_decision(li, line=create_line(li, currency="CNY"), reasons=[HIGH_USE])
    if state == AppealState.DECIDED:
        appeal = create_appeal(decision, state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
        propose(ready(appeal, rosa), rosa, KEPT)
    else:
        other: dict[str, Any] = {}
        if state == AppealState.DUPLICATE:
            twin = create_decision(li, reasons=[HIGH_USE])
            other["duplicate_of"] = create_appeal(twin, state=AppealState.SUBMITTED, queue=queue)
        appeal = create_appeal(decision, state=state, queue=queue, **other)
        DocumentRequest.objects.filter(appeal=appeal).update(message="Please send it.")
    tell_no_news()
    for path in (page(appeal, "appeal"), "/appeals/", "/lines/", "/messages/"):
        assert foreign(seen(browser.get(path, follow=True))) == [], path
