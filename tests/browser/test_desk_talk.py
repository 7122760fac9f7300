"""Asking with a prepared text and naming a colleague, by keyboard, in a real browser."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import Desk, make_staff
from tests.browser.stack import Stack

# A case that Tess holds in a queue she shares with Umar.
FILL = """
import json
from appeals.models import ReviewQueue
from appeals.states import AppealState
from portal.models import Customer
from tests.appeals.builders import create_appeal, create_decision, create_queue
tess = Customer.objects.get(email="{email}")
umar = Customer.objects.get(email="umar@lender.example")
queue = create_queue("income_verification", needs_second_approval=False)
queue.members.add(tess, umar)
appeal = create_appeal(
    create_decision(), state=AppealState.IN_REVIEW, queue=queue, reviewer=tess
)
print(json.dumps(appeal.reference))
"""
ASKED = """
import json
from appeals.models import CaseNote, DocumentRequest
note = CaseNote.objects.get(appeal__reference="{reference}")
asked = DocumentRequest.objects.get(appeal__reference="{reference}")
print(json.dumps([[m.person.name for m in note.mentions.all()], asked.kinds, asked.message]))
"""


@pytest.fixture(scope="module")
def tess(stack: Stack, chromium: Browser) -> Desk:
    make_staff(stack, "Umar Siddiq", "umar@lender.example")
    email = "tess@lender.example"
    return Desk(stack, chromium, email, make_staff(stack, "Tess Hall", email))


def last_line(stack: Stack, code: str) -> Any:
    return json.loads(stack.manage("shell", "-c", code).strip().splitlines()[-1])


def test_a_colleague_is_named_and_the_customer_asked_without_a_mouse(stack: Stack, tess: Desk):
    reference = last_line(stack, FILL.format(email=tess.email))
    page = tess.page
    page.goto(f"/admin/cases/{reference}/")

    page.keyboard.press("n")
    field = page.locator("#desk-note-text")
    expect(field).to_be_focused()
    page.keyboard.type("Please look, @sid")
    offered = page.get_by_role("listbox", name="Colleagues")
    expect(offered.get_by_role("option", name="Umar Siddiq")).to_be_visible()
    page.keyboard.press("Escape")
    expect(offered).to_be_hidden()
    expect(field).to_be_focused()  # Escape shut the list, and nothing else
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Please look, @Umar Siddiq ")
    page.get_by_role("button", name="Keep the note").press("Enter")
    expect(page.get_by_text("Note kept. Told: Umar Siddiq.")).to_be_visible()

    page.keyboard.press("a")
    expect(page.locator("#desk-text")).to_be_focused()
    message = page.locator("#desk-message")
    page.get_by_role("checkbox", name="Recent payslips").check()
    expect(message).to_have_value(re.compile("Please send us: .*Recent payslips"))
    page.get_by_role("checkbox", name="Bank statements").check()
    expect(message).to_have_value(re.compile("Please send us: .*Bank statements"))
    # Words of one's own are never replaced.
    message.fill("Please send {papers} for {reference}.")
    page.locator("#desk-text").select_option("question-income")
    expect(message).to_have_value("Please send {papers} for {reference}.")
    page.locator("[data-talk-ask] button.desk-button-main").press("Enter")
    page.wait_for_url("**/admin/")

    named, kinds, sent = last_line(stack, ASKED.format(reference=reference))
    assert named == ["Umar Siddiq"]
    assert set(kinds) == {"payslip", "bank_statement"}
    assert sent.startswith("Please send ")
    assert sent.endswith(f" for {reference}.")
    assert "Recent payslips" in sent
