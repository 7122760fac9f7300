"""The words of the messages: safe for old phones, private, whole in both languages."""

import re

import pytest
from django.utils import translation

from notifications.kinds import ChannelKind
from notifications.rendering import Matter, words_of

# GSM 03.38, the alphabet in which an SMS holds 160 letters.
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
OURS = ["line_changed", "sign_in_code"]


def words(channel, type_name, language="en"):
    matter = Matter(
        type=type_name,
        language=language,
        context={"reference": "AP-7K3M-92QX", "minutes": "5"},
        path="/decisions/LD-1/",
        secret="12345678",
    )
    return words_of(channel, matter)


@pytest.fixture(autouse=True)
def public_url(settings):
    settings.PUBLIC_URL = "https://portal.lender.example"


@pytest.mark.parametrize("type_name", OURS)
def test_an_english_sms_fits_into_one_segment(type_name):
    text = words(ChannelKind.SMS, type_name).text

    assert set(text) <= GSM
    assert len(text) <= 160


@pytest.mark.parametrize("type_name", OURS)
def test_an_sms_tells_no_more_than_where_to_look(type_name):
    text = words(ChannelKind.SMS, type_name).text

    assert "AP-7K3M-92QX" not in text
    assert "LD-1" not in text
    assert not re.search(r"[$£€]", text)


def test_a_browser_notification_has_a_title_and_a_sentence():
    told = words(ChannelKind.PUSH, "line_changed")

    assert told.subject == "One of your credit lines has changed"
    assert told.text == "Sign in to see what changed and why."


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("type_name", OURS)
def test_an_email_is_whole(type_name, language):
    told = words(ChannelKind.EMAIL, type_name, language)

    assert told.subject
    assert "\n" not in told.subject
    assert "{" not in told.text
    assert not re.search(r"{[{%]", told.html)
    assert "None" not in told.text
    assert told.html.startswith("<!doctype html>")
    assert f'lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in told.html


def test_a_code_lets_the_phone_fill_it_in():
    text = words(ChannelKind.SMS, "sign_in_code").text

    assert text.endswith("\n@portal.lender.example #12345678")


def test_plain_text_is_not_escaped_and_html_is():
    matter = Matter("sign_in_code", "en", {"minutes": "5 & <b>"}, secret="1")

    told = words_of(ChannelKind.EMAIL, matter)

    assert "5 & <b>" in told.text
    assert "5 &amp; &lt;b&gt;" in told.html


def test_rendering_leaves_the_language_of_the_thread_alone():
    with translation.override("en"):
        words(ChannelKind.SMS, "line_changed", "zh-hans")
        assert translation.get_language() == "en"
