"""A passkey in a real browser, with the authenticator that Chromium plays for tests."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.people import PASSWORD, CustomersWindow, make_staff
from tests.browser.stack import Stack
from tests.browser.test_story import decide


def give_authenticator(page: Page) -> None:
    """Let the browser have a device with a finger on it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def add_passkey(page: Page) -> None:
    page.goto("/account/security/passkeys/add/")
    page.click("#mfa_webauthn_add")
    expect(page).to_have_url(re.compile("/account/security/codes/$"))
    expect(page.locator(".recovery-codes li")).to_have_count(10)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_customer_signs_in_with_a_passkey_alone(
    stack: Stack, chromium: Browser, engine_token, language
):
    person = decide(stack, engine_token, language)
    window = CustomersWindow(stack, chromium, 360, language)
    page = window.page
    faults: list[str] = []
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    give_authenticator(page)
    window.sign_in(person["email"], stack.sendgrid)
    add_passkey(page)
    page.goto("/account/sign-out/")
    window.go_on()

    page.goto("/account/sign-in/?next=/settings/")
    page.click("#passkey_login")

    expect(page).to_have_url(f"{stack.url}/settings/")
    page.goto("/account/security/passkeys/")
    expect(page.locator("li.card")).to_have_count(1)
    assert faults == []
    window.context.close()


def test_a_passkey_that_fails_is_said_so(stack: Stack, chromium: Browser):
    window = CustomersWindow(stack, chromium, 360, "en")
    give_authenticator(window.page)

    window.page.goto("/account/sign-in/")
    window.page.click("#passkey_login")

    expect(window.page.locator("[data-passkey-error]")).to_be_visible()
    window.context.close()


def test_staff_use_a_security_key_as_second_step_only(stack: Stack, chromium: Browser):
    link = make_staff(stack, "Kim Key", "kim@lender.example")
    window = CustomersWindow(stack, chromium, 1280, "en")
    page = window.page
    give_authenticator(page)
    page.goto(link)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=again]", PASSWORD)
    window.go_on()
    give_password(page)
    expect(page.locator("#main h1")).to_have_text("Set up your second step")
    add_passkey(page)
    page.goto("/admin/")
    expect(page).to_have_url(f"{stack.url}/admin/")
    page.goto("/account/sign-out/")
    window.go_on()

    page.goto("/account/sign-in/")
    page.click("#passkey_login")
    expect(page.locator("[data-passkey-error]")).to_be_visible()
    give_password(page)
    page.click("#mfa_webauthn_authenticate")

    expect(page).to_have_url(f"{stack.url}/admin/")
    window.context.close()


def give_password(page: Page) -> None:
    page.goto("/staff/sign-in/")
    page.fill("[name=login]", "kim@lender.example")
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button").first.click()
