"""The whole main job, in a real browser: from a line decision to a restored line."""

import json
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import CustomersWindow, Desk, wait_for
from tests.browser.stack import Stack

NUMBERS = iter(range(1, 1000))
WORDS = {
    "en": {"lowered": "lowered", "reasons": "Why"},
    "zh-hans": {"lowered": "下调", "reasons": "原因"},
}
SENTENCE = "We found your payment of July and give you back a part of your limit."


def decide(
    stack: Stack,
    token: str,
    language: str,
    *,
    customer: dict[str, Any] | None = None,
    rule: str = "LATE-6M",
) -> dict[str, Any]:
    """The engine lowers somebody's limit from 4,000 to 1,400 and sends it to the API.

    Returns the customer with the reference of the `decision`; a customer given has another line.
    """
    number = next(NUMBERS)
    line: dict[str, Any] = {
        "decision_id": f"RE-STORY-{number}",
        "customer": {key: value for key, value in customer.items() if key != "decision"}
        if customer
        else {
            "ref": f"C-STORY-{number}",
            "name": "李雪" if language == "zh-hans" else "Ada Morgan",
            "email": f"person{number}@example.org",
            "phone": f"+1202555{number:04d}",
            "locale": language,
            "time_zone": "Asia/Shanghai" if language == "zh-hans" else "America/New_York",
            "jurisdiction": "CN" if language == "zh-hans" else "US",
            "region": "CN-GD" if language == "zh-hans" else "US-NY",
        },
        "line": {
            "ref": f"L-STORY-{number}",
            "product": "Everyday credit line",
            "currency": "CNY" if language == "zh-hans" else "USD",
            "last4": f"{number:04d}",
            "opened_on": "2019-03-01",
        },
        "action": "reduce",
        "old_limit": "4000.00",
        "new_limit": "1400.00",
        "balance": "612.40",
        "decided_at": "2026-11-20T09:00:00Z",
        "effective_at": "2026-11-20T09:00:00Z",
        "automated": True,
        "rule": {"id": rule, "module": "arrears", "version": "4.2.0"},
        "policy": None,
        "score": None,
        "reasons": [
            {
                "code": "ACC-LATE-PAST",
                "weight": 0.6,
                "facts": {"count": 1, "months": 6, "cycles": 6},
            },
            {"code": "BUR-UTIL-HIGH", "weight": 0.4, "facts": {"util_pct": 93, "limit_pct": 80}},
        ],
    }
    answer = _post(stack, token, line)
    return {**line["customer"], "decision": answer["reference"]}


def _post(stack: Stack, token: str, line: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{stack.url}/api/v1/line-decisions/",
        data=json.dumps(line).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 201
        told: dict[str, Any] = json.load(answer)
    return told


def take_push(window: CustomersWindow, stack: Stack) -> str:
    """The browser says yes to notifications; returns the address that will be called."""
    browser = stack.push.new_browser()
    token = window.page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value")
    answer = window.page.request.post(
        f"{stack.url}/push/on/",
        headers={"X-CSRFToken": token or "", "Content-Type": "application/json"},
        data=json.dumps(
            {
                "endpoint": browser.endpoint,
                "keys": {"p256dh": browser.p256dh, "auth": browser.auth},
            }
        ),
    )
    assert answer.status == 204, answer.text()
    return browser.endpoint


@pytest.mark.parametrize(
    ("language", "width", "javascript"),
    [("en", 1280, True), ("zh-hans", 360, True), ("en", 360, False), ("zh-hans", 1280, False)],
)
def test_from_a_line_decision_to_a_restored_line(
    stack: Stack,
    chromium: Browser,
    desk: Desk,
    engine_token: str,
    language: str,
    width: int,
    javascript: bool,
):
    person = decide(stack, engine_token, language)
    sms = wait_for(stack.twilio, person["phone"])
    assert "1,400" not in sms.content["Body"]
    assert person["name"] not in sms.content["Body"]
    wait_for(stack.sendgrid, person["email"], "/decisions/")

    window = CustomersWindow(stack, chromium, width, language, javascript=javascript)
    page = window.page
    if language == "en":
        window.sign_in(person["email"], stack.sendgrid)
    else:
        window.sign_in(person["phone"], stack.twilio)
    page.goto(f"/decisions/{person['decision']}/")
    expect(page.locator("html")).to_have_attribute(
        "lang", "zh-Hans" if language == "zh-hans" else "en"
    )
    expect(page.locator("h1")).to_contain_text(WORDS[language]["lowered"])
    expect(page.locator("main")).to_contain_text("1,400.00")
    expect(page.locator("main")).to_contain_text("93%")
    endpoint = take_push(window, stack)

    reference = window.appeal(person["decision"])
    wait_for(stack.sendgrid, person["email"], reference)

    desk.claim_next(reference)
    desk.decide_partly("3000", SENTENCE)

    told = wait_for(stack.push, endpoint, reference)
    assert "3,000" not in json.dumps(told.content)
    page.goto(f"/appeals/{reference}/")
    expect(page.locator("main")).to_contain_text(SENTENCE)
    expect(page.locator("main")).to_contain_text("3,000.00")
    instruction = wait_for(stack.ledger, containing=reference)
    assert instruction.content["data"]["new_limit"] == "3000.00"
    assert list(stack.ledger.applied).count(instruction.ref) == 1
    page.goto("/lines/")
    expect(page.locator("main")).to_contain_text("3,000.00")
    page.goto("/messages/")
    expect(page.locator("main article")).not_to_have_count(0)
    window.context.close()
