"""The reviewer's desk in a real browser: keys, suggestions, papers in place, nothing refused."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.people import CustomersWindow, Desk
from tests.browser.stack import Stack
from tests.browser.test_story import decide


def send_appeal(stack: Stack, chromium: Browser, token: str, language: str) -> str:
    person = decide(stack, token, language)
    window = CustomersWindow(stack, chromium, 1280, language)
    window.sign_in(person["email"], stack.sendgrid)
    reference = window.appeal(person["decision"])
    window.context.close()
    return reference


def listen(page: Page) -> list[str]:
    """What the browser refuses or stumbles over from now on."""
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def faults(page: Page, part: str) -> list[str]:
    """What axe finds in our part of the page; the rest is django-unfold's."""
    found = Axe().run(page, context=part).response["violations"]
    return [f"{fault['id']}: {node['target']}" for fault in found for node in fault["nodes"]]


def test_the_common_path_needs_no_mouse(
    stack: Stack, chromium: Browser, desk: Desk, engine_token: str
):
    reference = send_appeal(stack, chromium, engine_token, "en")
    page, keys = desk.page, desk.page.keyboard
    heard = listen(page)

    page.goto("/admin/")
    assert faults(page, ".desk-home") == []
    keys.press("c")
    expect(page).to_have_url(re.compile(f"/cases/{reference}/"))

    keys.press("n")
    viewer = page.frame_locator("iframe[name=desk-viewer]")
    expect(viewer.locator("body")).to_contain_text(re.compile("receipt.pdf|photo.jpg"))

    keys.press("j")
    keys.press("1")
    ground = page.locator("[data-desk-ground]").first
    expect(ground.locator("[value=accepted]")).to_be_checked()
    expect(ground.locator("textarea")).to_have_value(re.compile("you are right"))

    keys.press("o")
    keys.press("Space")
    sentence = page.locator("[name=sentence]")
    expect(sentence).to_have_value(re.compile(r"4,000\.00"))
    keys.press("ArrowDown")
    page.fill("[name=new_limit]", "2500")
    expect(sentence).to_have_value(re.compile(r"2,500\.00"))

    keys.press("Control+s")
    expect(page.locator("[name=new_limit]")).to_have_value("2500")
    expect(sentence).to_have_value(re.compile(r"2,500\.00"))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for part in (".desk-head", ".desk-case"):
            assert faults(page, part) == [], (scheme, part)
    page.emulate_media(color_scheme="light")

    keys.press("Control+Enter")
    expect(page).to_have_url(re.compile("/admin/$"))
    expect(page.locator("#main")).to_contain_text(reference)
    assert heard == []


def test_words_of_the_reviewer_are_never_replaced(
    stack: Stack, chromium: Browser, desk: Desk, engine_token: str
):
    reference = send_appeal(stack, chromium, engine_token, "zh-hans")
    desk.claim_next(reference)
    page = desk.page

    ground = page.locator("[data-desk-ground]").first
    ground.locator("[value=refuted]").check()
    suggested = ground.locator("textarea").input_value()
    assert re.search("[\u4e00-\u9fff]", suggested)
    ground.locator("textarea").fill("我们核对过了。")
    ground.locator("[value=accepted]").check()
    expect(ground.locator("textarea")).to_have_value("我们核对过了。")

    page.locator("[name=kind][value=kept]").check()
    expect(page.locator("[name=sentence]")).to_have_value(re.compile("维持不变"))
    page.fill("[name=sentence]", "决定不变。")
    page.locator("[name=kind][value=restored]").check()
    page.locator("#desk-form button[value=decide]").click()

    page.goto(f"/admin/cases/{reference}/")
    expect(page.locator(".desk-proposal")).to_contain_text("决定不变。")
