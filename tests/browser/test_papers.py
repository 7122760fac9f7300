"""Sending papers with JavaScript: several at once, each with its own end, and a lost connection."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.appeals.files import HTML, heic, pdf, pdf_with_password, png
from tests.browser.people import PATIENCE_SECONDS, CustomersWindow
from tests.browser.stack import Stack
from tests.browser.test_story import decide

# A busy machine takes its time to send, to check and to draw.
expect.set_options(timeout=PATIENCE_SECONDS * 1000)
UPLOAD = re.compile(r"/uploads/([\w-]+/)?$")


def paper(name: str, content: bytes) -> Any:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.fixture
def page(stack: Stack, chromium: Browser, engine_token: str) -> Iterator[Page]:
    """The papers step of a new draft, on a phone."""
    person = decide(stack, engine_token, "en")
    window = CustomersWindow(stack, chromium, 360, "en")
    window.sign_in(person["email"], stack.sendgrid)
    page = window.page
    page.goto(f"/decisions/{person['decision']}/appeal/")
    window.go_on()
    expect(page).to_have_url(re.compile(r"/appeals/AP-[^/]+/"))
    reference = re.search(r"AP-\w{4}-\w{4}", page.url)
    assert reference
    page.goto(f"/appeals/{reference.group()}/documents/")
    yield page
    window.context.close()


def test_each_file_has_an_end_of_its_own_without_a_reload(page: Page):
    page.evaluate("window.isTheSamePage = true")
    page.set_input_files(
        "[name=files]",
        [
            paper("payslip.pdf", pdf(pages=2)),
            paper("IMG_0042.jpg", heic()),
            paper("locked.pdf", pdf_with_password()),
            paper("holiday.jpg", HTML),
            paper("empty.png", b""),
        ],
    )

    expect(page.locator("[data-paper=ready]")).to_have_count(2)
    expect(page.locator("[data-paper=refused]")).to_contain_text("save a copy without it")
    unsent = page.locator("[data-upload-list] li")
    expect(unsent).to_have_count(2)
    expect(unsent.filter(has_text="holiday.jpg")).to_contain_text("This file is a web page")
    expect(unsent.filter(has_text="empty.png")).to_contain_text("This file is empty")
    expect(page.locator("#papers-poll")).to_have_count(0)
    assert page.evaluate("window.isTheSamePage")

    unsent.filter(has_text="empty.png").get_by_role("button", name="Close").click()
    expect(unsent).to_have_count(1)


def test_a_lost_connection_is_said_and_the_file_goes_when_it_is_back(page: Page):
    page.route(UPLOAD, lambda route: route.abort())
    page.set_input_files("[name=files]", [paper("payslip.png", png())])
    row = page.locator("[data-upload-list] li")
    expect(row).to_contain_text("Waiting for a connection")
    expect(row.get_by_role("button", name="Try again")).to_be_visible()

    page.unroute(UPLOAD)

    expect(page.locator("[data-paper=ready]")).to_have_count(1)
    expect(row).to_have_count(0)


def test_a_file_can_be_cancelled_on_its_way(page: Page):
    page.route(UPLOAD, lambda _route: None)  # nobody ever answers
    page.set_input_files("[name=files]", [paper("wrong.pdf", pdf()), paper("wrong.png", png())])
    rows = page.locator("[data-upload-list] li")
    expect(rows.locator("progress")).to_have_count(2)

    for name in ("wrong.pdf", "wrong.png"):
        rows.filter(has_text=name).get_by_role("button", name="Cancel").click()

    expect(rows).to_have_count(0)
    # The route stays: taking it away would let go what it holds, and the server would have it.
    page.reload()
    expect(page.locator("[data-paper]")).to_have_count(0)


def test_a_session_that_ended_is_said_and_what_was_sent_stays(page: Page):
    page.set_input_files("[name=files]", [paper("first.pdf", pdf())])
    expect(page.locator("[data-paper=ready]")).to_have_count(1)
    page.context.clear_cookies()

    page.set_input_files("[name=files]", [paper("second.png", png())])

    expect(page.locator("[data-upload-list] li")).to_contain_text("You were signed out")
    expect(page.locator("[data-paper=ready]")).to_have_count(1)


def test_a_paper_opens_as_pictures_in_which_no_script_can_run(page: Page):
    page.set_input_files("[name=files]", [paper("payslip.pdf", pdf(pages=3))])
    page.locator("[data-paper=ready] a").first.click()

    pictures = page.locator("img.viewer-page")
    expect(pictures).to_have_count(3)
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") == 1240
    expect(page.locator("script")).to_have_count(0)
