"""Every customer page, in both languages, light and dark: axe finds nothing, nothing overflows."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, StorageState

from tests.browser.people import CustomersWindow
from tests.browser.stack import Stack
from tests.browser.test_story import decide

NARROWEST = 320
OPEN_TO_ALL = ["/", "/account/sign-in/", "/help/", "/faults/", "/no-such-page/"]
OWN = [
    "/lines/",
    "/decisions/",
    "/decisions/{decision}/",
    "/decisions/{undisputed}/",
    "/decisions/{undisputed}/appeal/",
    "/decisions/{undisputed}/how/",
    "/decisions/{undisputed}/ask/fact/",
    "/decisions/{undisputed}/ask/fact/1.x/",
    "/decisions/{undisputed}/ask/complaint/",
    "/decisions/{undisputed}/ask/payments/",
    "/requests/",
    "/your-data/",
    "/appeals/",
    "/appeals/{sent}/",
    "/appeals/{sent}/receipt/",
    "/appeals/{sent}/documents/",
    "/appeals/{sent}/withdraw/",
    "/appeals/{draft}/reasons/",
    "/appeals/{draft}/reasons/1/",
    "/appeals/{draft}/wish/",
    "/appeals/{draft}/documents/",
    "/appeals/{draft}/more/",
    "/appeals/{draft}/check/",
    "/messages/",
    "{message}",
    "/settings/",
    "/account/security/",
    "/account/security/app/",
    "/account/security/passkeys/",
    "/account/security/passkeys/add/",
    "/account/sessions/",
    "/account/sign-out/",
]


def faults(page: Page) -> list[str]:
    """What axe complains of, with the elements, and what is wider than the window."""
    found = [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in Axe().run(page).response["violations"]
        for node in fault["nodes"]
    ]
    width = page.evaluate("document.documentElement.scrollWidth")
    return found + ([f"{width} px wide"] if width > page.evaluate("window.innerWidth") else [])


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_page_keeps_anybody_out(stack: Stack, chromium: Browser, engine_token, language):
    person = decide(stack, engine_token, language)
    window = CustomersWindow(stack, chromium, 360, language)
    window.sign_in(person["email"], stack.sendgrid)
    places = prepare(stack, window, engine_token, person, language)
    cookies = window.context.storage_state()
    window.context.close()

    found: dict[str, list[str]] = {}
    for scheme, width in (("light", NARROWEST), ("dark", 1280)):
        stranger = CustomersWindow(stack, chromium, width, language, scheme=scheme)
        look(stranger.page, OPEN_TO_ALL, scheme, found)
        stranger.context.add_cookies(cookies["cookies"])  # type: ignore[arg-type]
        look(stranger.page, [place.format(**places) for place in OWN], scheme, found)
        stranger.context.close()
    withdraw(stack, chromium, cookies, places["sent"])
    assert found == {}


def prepare(
    stack: Stack,
    window: CustomersWindow,
    token: str,
    person: dict[str, str],
    language: str,
) -> dict[str, str]:
    """One appeal that was sent, one draft, one decision nobody disputes: all of one person."""
    others = [decide(stack, token, language, customer=person)["decision"] for _ in range(2)]
    sent = window.appeal(person["decision"])
    window.page.goto(f"/decisions/{others[0]}/appeal/")
    window.go_on()
    draft = window.page.url.split("/appeals/")[1].split("/")[0]
    window.page.locator("[name=reasons]").first.check()
    window.go_on()
    window.page.goto("/messages/")
    message = window.page.locator("main article a").first.get_attribute("href")
    return {
        "decision": person["decision"],
        "undisputed": others[1],
        "sent": sent,
        "draft": draft,
        "message": message or "",
    }


def withdraw(stack: Stack, chromium: Browser, cookies: StorageState, reference: str) -> None:
    """Leave nothing in the queue: the next story's reviewer claims the oldest case."""
    context = chromium.new_context(storage_state=cookies, base_url=stack.url)
    page = context.new_page()
    page.goto(f"/appeals/{reference}/withdraw/")
    page.locator("main form button.button-danger").click()
    context.close()


def look(page: Page, places: list[str], scheme: str, found: dict[str, list[str]]) -> None:
    for place in places:
        page.goto(place)
        complaints = faults(page)
        if complaints:
            found[f"{scheme} {place}"] = complaints
