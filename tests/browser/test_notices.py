"""In each jurisdiction and language: the notice, the rights, an appeal, the clocks.

With NOTICE_PICTURES=FOLDER each page is kept there as pictures, to be looked at.
"""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import CustomersWindow
from tests.browser.stack import Stack
from tests.browser.test_accessibility import faults
from tests.browser.test_story import NUMBERS, decide

PICTURES = os.environ.get("NOTICE_PICTURES", "")
PLACES = {
    "US": ("US-NY", "America/New_York"),
    "GB": ("GB-ENG", "Europe/London"),
    "EU": ("DE-BE", "Europe/Berlin"),
    "CN": ("CN-GD", "Asia/Shanghai"),
}
NAMES = {"en": "Ada Morgan", "zh-hans": "李雪"}
RIGHTS = {
    ("US", "en"): "Equal Credit Opportunity Act",
    ("US", "zh-hans"): "平等信贷机会法",
    ("GB", "en"): "Financial Ombudsman Service",
    ("GB", "zh-hans"): "金融申诉专员",
    ("EU", "en"): "conciliation body of the Deutsche Bundesbank",
    ("EU", "zh-hans"): "德国联邦银行调解机构",
    ("CN", "en"): "Personal Information Protection Law",
    ("CN", "zh-hans"): "个人信息保护法",
}
# Of the notice, and of a complaint about it.
CLOCKS = {
    "US": {"US.notice.days30", "US.fee_guard", "own.request"},
    "GB": {
        "GB.notice.before_effect",
        "own.request",
        "GB.complaint.summary",
        "GB.complaint.final",
    },
    "EU": {"EU.notice.before_effect", "own.request"},
    "CN": {"CN.notice.own", "own.request", "CN.complaint.simple"},
}
OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true })"
LIST_CLOCKS = """
from appeals.models import NoticeClock, RequestClock
rows = NoticeClock.objects.filter(decision__reference="{decision}")
asked = RequestClock.objects.filter(request__decision__reference="{decision}")
print("clocks:", *rows.values_list("rule", flat=True), *asked.values_list("rule", flat=True))
"""


def person(place: str, language: str) -> dict[str, str]:
    number = next(NUMBERS)
    region, zone = PLACES[place]
    return {
        "ref": f"C-NOTICE-{number}",
        "name": NAMES[language],
        "email": f"notice{number}@example.org",
        "phone": f"+1202555{number:04d}",
        "locale": language,
        "time_zone": zone,
        "jurisdiction": place,
        "region": region,
    }


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize("place", PLACES)
def test_a_cut_is_read_understood_and_appealed(
    stack: Stack, chromium: Browser, engine_token, place, language
):
    told = decide(stack, engine_token, language, customer=person(place, language))
    window = CustomersWindow(stack, chromium, 360, language)
    window.sign_in(told["email"], stack.sendgrid)
    page = window.page

    for scheme, width in (("light", 360), ("dark", 360), ("light", 1280)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"/decisions/{told['decision']}/")
        page.evaluate(OPEN_ALL)
        expect(page.locator(".rights")).to_contain_text(RIGHTS[place, language])
        expect(page.locator(".bodies dt").first).to_be_visible()
        assert page.locator(".right-links a").count() == 8
        assert faults(page) == []
        if PICTURES:
            path = Path(PICTURES) / f"{place}.{language}.{scheme}.{width}.png"
            page.screenshot(path=path, full_page=True)

    page.set_viewport_size({"width": 360, "height": 800})
    page.locator(".right-links a[href$='/ask/complaint/']").click()
    page.fill("[name=text]", "You never asked me first.")
    window.go_on()
    expect(page).to_have_url(re.compile(r"/requests/RQ-[^/]+/received/"))
    expect(page.locator(".bodies dt").first).to_be_visible()
    assert faults(page) == []
    assert window.appeal(told["decision"]).startswith("AP-")
    printed = stack.manage("shell", "-c", LIST_CLOCKS.format(decision=told["decision"]))
    assert set(printed.strip().splitlines()[-1].split()[1:]) == CLOCKS[place]
    window.context.close()
