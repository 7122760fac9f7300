"""Every page of the desk that needs no case: axe finds nothing in it, nothing overflows.

A new page is looked at as soon as it has its row in the role table.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import NoReverseMatch, reverse
from playwright.sync_api import Browser, Page

from tests.appeals.role_table import PAGES, read
from tests.browser.people import Desk, make_staff
from tests.browser.stack import Stack
from tests.browser.test_desk import send_appeal

# What is ours of the page; the side bar and the head are django-unfold's.
OURS = "#content"
SPEAK = (
    "from portal.models import Customer; Customer.objects.filter(email={!r}).update(locale={!r})"
)
# What the watch and the restore of a limit write; how they find it is told in their own tests.
ROWS = """
from datetime import UTC, datetime
from appeals.models import RuleAlarm
at = datetime(2026, 11, 20, 8, tzinfo=UTC)
RuleAlarm.objects.get_or_create(
    reference="RA-9K3M-92QX",
    defaults=dict(rule_id="RULE-9", rule_version="2.0.0", episode=9, number=9, since=at,
                  found_at=at, last_at=at, raised_at=at),
)
"""
SIZES = {"en": ("light", 1440), "zh-hans": ("dark", 1024)}


def addresses() -> list[str]:
    """The desk's own pages that are about nothing in particular, and the first page."""
    names = dict.fromkeys(row.split()[0] for row in read(PAGES) if row.startswith("desk:"))
    found = ["/admin/"]
    for name in names:
        try:
            found.append(reverse(name))
        except NoReverseMatch:
            continue
    return found


def faults(page: Page) -> list[str]:
    part = OURS if page.locator(OURS).count() else None
    found = [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in Axe().run(page, context=part).response["violations"]
        for node in fault["nodes"]
    ]
    width = page.evaluate("document.documentElement.scrollWidth")
    return found + ([f"{width} px wide"] if width > page.evaluate("window.innerWidth") else [])


def landmarks(page: Page) -> list[str]:
    """What is missing of the page's own part, and of names for what scrolls, unfold's menu too."""
    mains = page.locator("main, [role=main]").count()
    unnamed = page.locator("[aria-label='scrollable content']").count()
    return [f"{mains} main parts"] * (mains != 1) + ["scrolls without a name"] * (unnamed > 0)


@pytest.fixture(scope="module")
def window(stack: Stack, chromium: Browser, engine_token: str) -> Desk:
    """An administrator sees every page; something stands on most of them."""
    send_appeal(stack, chromium, engine_token, "en")
    stack.manage("shell", "-c", ROWS)
    email = "ada.byron@lender.example"
    return Desk(stack, chromium, email, make_staff(stack, "Ada Byron", email, role="administrator"))


@pytest.mark.parametrize("language", SIZES)
def test_no_page_of_the_desk_keeps_anybody_out(stack: Stack, window: Desk, language: str):
    page, (scheme, width) = window.page, SIZES[language]
    stack.manage("shell", "-c", SPEAK.format(window.email, language))
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/admin/")
    assert page.locator("html").get_attribute("lang") == language

    found: dict[str, list[str]] = {}
    for address in addresses():
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        complaints = faults(page) + landmarks(page)
        if complaints:
            found[address] = complaints

    assert found == {}
