"""One word per thing: a page calls itself what the side bar called it."""

import html
import re

import pytest
from django.conf import settings

from tests.appeals.builders import create_customer, create_queue

TITLE = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
LANGUAGES = [code for code, _name in settings.LANGUAGES]
# What stands between two steps of the way at the head of a page.
STEPS = re.compile(r"(?:<[^>]+>|\s|chevron_right)*<[^>]+>(?:<[^>]+>|\s|chevron_right)*")
CUSTOMERS = "/admin/portal/customer/"


@pytest.fixture
def desk(browse, db):
    """The browser of somebody who sees every group of the side bar."""
    create_queue("credit_review")
    return browse(create_customer("Root Admin", is_staff=True, is_superuser=True))


def title_of(answer):
    """The last step of the way that the head of the page shows."""
    way = [step for step in STEPS.split(TITLE.findall(answer.text)[0]) if step.strip()]
    return html.unescape(way[-1].strip())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_named_as_the_side_bar_names_it(desk, language):
    desk.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    groups = desk.get("/admin/").context["sidebar_navigation"]
    # A queue is the list of appeals with a filter, and the list says so beside its name.
    items = {
        item["link"]: item["title"]
        for group in groups
        for item in group["items"]
        if "?queue=" not in item["link"]
    }

    assert len(items) > 40
    assert {link: title_of(desk.get(link)) for link in items} == items


def test_only_a_list_that_was_narrowed_offers_to_show_all(desk):
    assert title_of(desk.get(CUSTOMERS)) == "Customers"
    assert "Show all" not in desk.get(CUSTOMERS).text
    assert "Show all" in desk.get(CUSTOMERS, {"q": "nobody"}).text
