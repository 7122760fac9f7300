"""The notice of each jurisdiction in each language, word for word against its golden copy."""

import pytest

from tests.appeals.golden_notices import FOLDER, LANGUAGES, PLACES, as_text, notice_of, path_of


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES)
def test_the_whole_notice_is_as_it_was_read_and_agreed(place, language):
    golden = path_of(place, language).read_text(encoding="utf-8")

    assert as_text(notice_of(place)[language]) == golden


def test_there_is_no_golden_copy_of_anything_else():
    wanted = {path_of(place, language).name for place in PLACES for language in LANGUAGES}

    assert {path.name for path in FOLDER.iterdir()} == wanted


@pytest.mark.parametrize("place", PLACES)
def test_both_languages_say_as_much(place):
    content = notice_of(place)

    def shape(text):
        return [line.split(":")[0] for line in as_text(text).splitlines()]

    assert shape(content["en"]) == shape(content["zh-hans"])
