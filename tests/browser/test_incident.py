"""A faulty rule in a real browser: from the alarm to everybody put right, and one who reads it."""

import re
import time
from collections import Counter
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.people import CustomersWindow, Desk, make_staff, wait_for
from tests.browser.stack import Stack
from tests.browser.test_story import decide

RULE = "SCORE-UPSIDE-DOWN"
# As many as make it certain that the first share is some of them and not all.
CUSTOMERS = 16
# What the watch writes after weeks of a feed; how it finds it is told in its own tests.
ALARM = f"""
from datetime import datetime, UTC
from appeals.models import RuleAlarm
at = datetime(2026, 11, 20, 8, tzinfo=UTC)
RuleAlarm.objects.create(
    reference="RA-7K3M-92QX", rule_id="{RULE}", rule_version="4.2.0", rule_module="arrears",
    episode=1, since=at, found_at=at, last_at=at, raised_at=at, number={CUSTOMERS},
)
"""
PATIENCE_SECONDS = 90
# How the message to the customer begins.
PUT_RIGHT = "我们在您尾号"


def supervisor(stack: Stack, chromium: Browser, name: str) -> Page:
    email = f"{name.split()[0].lower()}@lender.example"
    return Desk(stack, chromium, email, make_staff(stack, name, email, role="supervisor")).page


def press(page: Page, do: str) -> None:
    page.locator(f"form:has(button[value={do}]) button[value={do}]").first.click()
    page.wait_for_load_state()


def counts(page: Page, address: str) -> list[int]:
    page.goto(address)
    told = page.locator("[data-counts]").get_attribute("data-counts") or ""
    return [int(number) for number in told.split()]


def wait_until(page: Page, address: str, state: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        page.goto(address)
        if page.locator("[data-remedy]").get_attribute("data-remedy") == state:
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"the remedy is not {state}: {page.locator('body').inner_text()[-3000:]}")


def wait_for_part(page: Page, address: str, selector: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        page.goto(address)
        if page.locator(selector).count():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{selector} is not on {address}: {page.locator('main').inner_text()}")


def wait_half_way(stack: Stack, table: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not stack.waits_at(table):
        assert time.monotonic() < deadline, f"nobody waits to write to {table}"


# Whole servers and workers started twice, and a killed one waited for.
@pytest.mark.timeout(1200)
def test_from_an_alarm_to_all_restored(stack: Stack, chromium: Browser, engine_token: str):
    hit = [decide(stack, engine_token, "zh-hans", rule=RULE) for _ in range(CUSTOMERS)]
    spared = decide(stack, engine_token, "en")
    window = CustomersWindow(stack, chromium, 360, "zh-hans")
    window.sign_in(hit[0]["phone"], stack.twilio)
    appeal = window.appeal(hit[0]["decision"])
    stack.manage("shell", "-c", ALARM)
    first = supervisor(stack, chromium, "Sofia Lind")
    second = supervisor(stack, chromium, "Tomas Berg")

    first.goto("/admin/alarms/RA-7K3M-92QX/")
    first.locator("a[href*='/incidents/new/']").click()
    expect(first.locator("[data-count]")).to_have_attribute("data-count", str(CUSTOMERS))
    first.fill("[name=title]", "Scores read upside down")
    press(first, "open")
    expect(first).to_have_url(re.compile("/incidents/IN-"))
    address = first.url

    # Who appealed reads what we do, and that nothing is wanted of them.
    wait_for_part(window.page, f"/appeals/{appeal}/", "[data-gathered]")
    window.page.goto("/appeals/")
    expect(window.page.locator("main")).not_to_contain_text("审核员")

    first.fill("#propose-because", "The score was read upside down.")
    first.fill("[name=canary_share]", "50")
    press(first, "propose")
    expect(first.locator("button[value=approve]")).to_have_count(0)
    second.goto(address)
    press(second, "approve")
    wait_until(second, address, "waiting")
    size, restored, *_rest = counts(second, address)
    assert size == CUSTOMERS
    assert 0 < restored < CUSTOMERS

    press(second, "pause")
    expect(second.locator("[data-remedy]")).to_have_attribute("data-remedy", "paused")
    assert counts(first, address)[:2] == [size, restored]
    press(first, "resume")
    # Killed half-way, with new decisions written and not yet all the rest: nothing of that step
    # stays. Begun again, nothing is lost and nothing is done twice.
    with stack.shut("appeals_notice"):
        press(first, "go_on")
        wait_half_way(stack, "appeals_notice")
        stack.kill_workers()
        assert counts(first, address) == [size, restored, 0, 0]
    stack.begin_workers()
    wait_until(first, address, "done")
    assert counts(first, address) == [CUSTOMERS, CUSTOMERS, 0, 0]

    person = hit[0]
    message = wait_for(stack.sendgrid, person["email"], "非常抱歉")
    assert message.to == person["email"]
    window.page.goto("/lines/")
    expect(window.page.locator("main")).to_contain_text("4,000.00")
    window.page.goto("/messages/")
    window.page.locator("main article a", has_text=PUT_RIGHT).first.click()
    expect(window.page.locator("main")).to_contain_text("非常抱歉")
    window.page.locator("main .actions a.button").click()
    expect(window.page.locator("main")).to_contain_text("4,000.00")
    window.page.goto(f"/appeals/{appeal}/")
    expect(window.page.locator("main")).to_contain_text("这是我们的过错")
    expect(window.page.locator("main")).to_contain_text("4,000.00")
    window.context.close()

    told = instructions(stack)
    assert len(told) == CUSTOMERS * 3
    limits = [one for one in told if one["data"]["instruction"] == "set_limit"]
    assert {one["data"]["new_limit"] for one in limits} == {"4000.00"}
    assert len({one["data"]["line"] for one in limits}) == CUSTOMERS
    each = Counter((one["data"]["line"], one["data"]["instruction"]) for one in told)
    assert set(each.values()) == {1}
    assert spared["decision"] not in str(told)

    press(first, "publish")
    first.goto("/faults/")
    expect(first.locator("main")).to_contain_text(str(CUSTOMERS))


def instructions(stack: Stack) -> list[dict[str, Any]]:
    """What the ledger applied because of an incident, once all of it has arrived."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        told = [one for one in stack.ledger.applied.values() if one["data"].get("incident")]
        if len(told) >= CUSTOMERS * 3:
            return told
        time.sleep(0.3)
    raise AssertionError(f"the ledger heard {len(told)} instructions")
