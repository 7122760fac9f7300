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
    desk.make_next(reference)
    page, keys = desk.page, desk.page.keyboard
    heard = listen(page)

    page.goto("/admin/")
    keys.press("c")
    # With its scripts: a key pressed before them is nobody's.
    page.wait_for_url(re.compile(f"/cases/{reference}/"))

    keys.press("x")
    picture = page.locator("[data-desk-sheets] img").first
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("img => img.naturalWidth") > 0
    expect(page.locator("[data-desk-paper][aria-current]")).to_have_count(1)

    keys.press("j")
    keys.press("1")
    ground = page.locator("[data-desk-ground]").first
    expect(ground.locator("[value=accepted]")).to_be_checked()
    expect(ground.locator("textarea")).to_have_value(re.compile("you are right"))

    keys.press("o")
    keys.press("2")
    expect(page.locator("[name=kind][value=partly_restored]")).to_be_checked()
    sentence = page.locator("[name=sentence]")
    page.fill("[name=new_limit]", "2500")
    expect(sentence).to_have_value(re.compile(r"2,500\.00"))

    keys.press("Escape")
    keys.press("s")
    expect(page.locator(".desk-messages")).to_contain_text("Draft saved")
    expect(page.locator("[name=new_limit]")).to_have_value(re.compile("2500"))
    expect(sentence).to_have_value(re.compile(r"2,500\.00"))
    # The document that was open is open again.
    expect(page.locator("[data-desk-paper][aria-current]")).to_have_count(1)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for part in (".desk-head", ".desk-case"):
            assert faults(page, part) == [], (scheme, part)
    page.emulate_media(color_scheme="light")

    keys.press("?")
    listed = page.locator("dialog.desk-keys")
    expect(listed).to_contain_text("Next document")
    assert faults(page, "dialog.desk-keys") == []
    keys.press("?")
    expect(listed).to_have_count(0)
    assert heard == []


def test_a_place_on_a_page_is_marked_with_the_mouse_and_with_keys(
    stack: Stack, chromium: Browser, desk: Desk, engine_token: str
):
    reference = send_appeal(stack, chromium, engine_token, "en")
    desk.claim_next(reference)
    page, keys = desk.page, desk.page.keyboard
    heard = listen(page)
    keys.press("x")
    face = page.locator(".desk-face").first
    expect(face.locator("img")).to_have_js_property("complete", value=True)
    page.wait_for_function("document.querySelector('.desk-face img').naturalWidth > 0")

    # The page is turned: what is kept is the place on the page as it lies.
    keys.press("t")
    seen = face.bounding_box()
    assert seen
    page.mouse.move(seen["x"] + seen["width"] * 0.5, seen["y"] + seen["height"] * 0.1)
    page.mouse.down()
    page.mouse.move(seen["x"] + seen["width"] * 0.8, seen["y"] + seen["height"] * 0.3, steps=4)
    page.mouse.up()
    form = page.locator("[data-desk-mark-form]")
    form.locator("[name=note]").fill("The date of the payment.")
    form.locator("[name=note]").press("Enter")
    first = page.locator("[data-mark]").first
    expect(first).to_contain_text("The date of the payment.")
    left, top, width, height = map(float, str(first.get_attribute("data-box")).split())
    near = [left, 1 - top - height, height, width]
    assert all(
        abs(got - wanted) < 0.02 for got, wanted in zip(near, [0.1, 0.5, 0.3, 0.2], strict=True)
    )

    keys.press("m")
    expect(page.locator(".desk-box-new")).to_be_focused()
    for key in ("ArrowDown", "ArrowDown", "Shift+ArrowRight", "Enter"):
        keys.press(key)
    expect(form.locator("[name=ground]")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("[data-mark]")).to_have_count(2)
    expect(page.locator(".desk-face .desk-box")).to_have_count(2)
    assert faults(page, ".desk-case") == []

    page.reload()
    expect(page.locator("[data-mark]")).to_have_count(2)
    page.locator("[data-mark] [data-desk-jump]").first.click()
    expect(page.locator(".desk-face .desk-box")).to_have_count(2)
    page.locator("[data-mark] [data-desk-unmark]").first.click()
    expect(page.locator("[data-mark]")).to_have_count(1)
    expect(page.locator(".desk-face .desk-box")).to_have_count(1)
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
    expect(page).not_to_have_url(re.compile("/cases/"))

    page.goto(f"/admin/cases/{reference}/")
    expect(page.locator(".desk-proposal")).to_contain_text("决定不变。")
