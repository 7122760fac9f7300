"""What is found in a catalogue before a person would meet it as an error page."""

import pytest
from babel.messages.catalog import Catalog

from portal.lib import catalogue_check


@pytest.mark.parametrize(
    ("source", "told", "is_broken"),
    [
        ("At least %(most)s.", "至少 %(most)s。", False),
        ("95 percent say %(most)s.", "95% 的人说 %(most)s。", True),
        ("95 percent say %(most)s.", "95%% 的人说 %(most)s。", False),
        ("At least %(most)s.", "至少 %(least)s。", True),
        ("100%% of it.", "100%% 都是。", False),
        # Nobody fills in what names nothing.
        ("100% of it.", "100% 都是。", False),
        (("%(n)d day", "%(n)d days"), ("%(n)d 天",), False),
        (("%(n)d day", "%(n)d days"), ("%(n)y 天",), True),
    ],
)
def test_a_translation_that_would_break_its_page_is_named(source, told, is_broken):
    catalogue = Catalog(locale="zh_Hans")
    catalogue.add(source, told)

    assert bool(catalogue_check.unfillable(catalogue)) is is_broken
