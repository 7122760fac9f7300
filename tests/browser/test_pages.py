"""Customers' pages in a browser: their weight, no connection, large letters, a session's end."""

import re

import pytest
from playwright.sync_api import Browser, Request, expect

from tests.browser.people import CustomersWindow
from tests.browser.stack import Stack
from tests.browser.test_story import decide

MOST_BYTES = 60_000
IDLE = 20 * 60_000
SHIFTS = """
() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => done(sum), 300));
})
"""
BEYOND = """
() => [...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.outerHTML.slice(0, 120))
"""
CUT_OFF = """
() => [...document.querySelectorAll("main :is(h1, h2, h3, p, dt, dd, a.button, button)")]
  .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
  .filter((one) => getComputedStyle(one).overflowX !== "visible")
  .map((one) => one.outerHTML.slice(0, 120))
"""


@pytest.fixture
def person(stack: Stack, engine_token):
    return decide(stack, engine_token, "en")


@pytest.fixture
def window(stack: Stack, chromium: Browser, person):
    window = CustomersWindow(stack, chromium, 360, "en")
    window.sign_in(person["email"], stack.sendgrid)
    yield window
    window.context.close()


def test_the_first_view_is_light_and_nothing_moves(window, person):
    page = window.page
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(weight_of(request)))

    page.goto(f"/decisions/{person['decision']}/", wait_until="networkidle")

    assert sum(sizes) < MOST_BYTES
    assert page.evaluate(SHIFTS) == 0


def weight_of(request: Request) -> int:
    """What came over the wire, without pictures; a worker's own errands are not the page's."""
    if request.resource_type == "image" or request.service_worker:
        return 0
    return request.sizes()["responseBodySize"]


def test_large_text_and_forced_colours_lose_nothing(window, person):
    page = window.page
    page.emulate_media(forced_colors="active")
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"/decisions/{person['decision']}/")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate(BEYOND) == []
        assert page.evaluate(CUT_OFF) == []
        expect(page.locator("h1")).to_be_visible()


def test_without_a_connection_there_is_a_page_of_ours(window):
    page = window.page
    page.goto("/lines/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()

    window.context.set_offline(True)
    page.goto("/decisions/")
    expect(page.locator("h1")).to_have_text("You have no connection")
    window.context.set_offline(False)
    page.locator("a.button").first.click()

    expect(page).to_have_url(re.compile(r"/decisions/$"))
    expect(page.locator("h1")).not_to_have_text("You have no connection")


def test_before_the_session_ends_the_page_asks_and_somebody_stays(window):
    page = window.page
    page.clock.install()
    page.goto("/settings/")
    box = page.locator("[data-session]")
    expect(box).to_be_hidden()

    page.clock.fast_forward(IDLE - 100_000)
    expect(box.locator("[data-session-soon]")).to_be_visible()
    with page.expect_response("**/account/stay/") as told:
        box.locator("[data-session-on]").click()

    assert told.value.status == 204
    expect(box).to_be_hidden()
    page.clock.fast_forward(IDLE + 1_000)
    expect(box.locator("[data-session-over]")).to_be_visible()


def test_somebody_who_writes_is_not_signed_out(window):
    page = window.page
    page.clock.install()
    page.goto("/settings/")

    page.keyboard.press("Tab")
    with page.expect_response("**/account/stay/") as told:
        page.clock.fast_forward(6 * 60_000)

    assert told.value.status == 204
