"""The admin's frame speaks Chinese: unfold ships none, so we do; an upgrade shows what is new."""

import re
from pathlib import Path

import pytest
import unfold
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext

from portal.lib import catalogue_check
from portal.lib.catalogue_check import Text

UNFOLD = Path(unfold.__file__).parent
OURS = Path(settings.BASE_DIR, "locale_unfold/zh_Hans/LC_MESSAGES/django.po")
TEXTS = {
    (text.id, text.context): text
    for texts in (catalogue_check.texts_in_code, catalogue_check.texts_in_templates)
    for text in texts(UNFOLD, UNFOLD)
}


def in_chinese(text: Text) -> str:
    with translation.override("zh-hans"):
        if isinstance(text.id, tuple):
            return ngettext(text.id[0], text.id[1], 3)
        return pgettext(text.context, text.id) if text.context else gettext(text.id)


def english(text: Text) -> tuple[str, ...]:
    return text.id if isinstance(text.id, tuple) else (text.id,)


def has_words(text: Text) -> bool:
    """`%(class_name)s %(instance)s` reads the same in every language."""
    return re.search("[A-Za-z]", re.sub(r"%\(\w+\)s", "", english(text)[0])) is not None


def test_unfold_is_walked_and_not_an_empty_folder():
    assert len(TEXTS) > 100
    assert any(".html:" in text.place for text in TEXTS.values())
    assert any(".py:" in text.place for text in TEXTS.values())


def test_everything_unfold_says_has_chinese():
    lacking = [
        f"{text.place}: {text.id!r}"
        for text in TEXTS.values()
        if has_words(text) and in_chinese(text) in english(text)
    ]

    assert not lacking, "Add the Chinese to locale_unfold: " + "; ".join(lacking)


def test_nothing_is_kept_that_unfold_no_longer_says():
    catalogue = catalogue_check.read_catalogue(OURS)

    assert catalogue_check.unused(catalogue, iter(TEXTS.values())) == []


def test_placeholders_and_markup_survive_the_translation():
    for message in catalogue_check.read_catalogue(OURS):
        if message.id:
            assert list(message.check()) == [], message.id


@pytest.mark.parametrize(
    ("language", "told"), [("en", "Type to search"), ("zh-hans", "输入以搜索")]
)
def test_the_words_reach_the_page(language, told):
    with translation.override(language):
        assert gettext("Type to search") == told
