"""Taking, deciding and sending cases by keyboard alone, and what it costs in presses."""

import json
import os
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.people import Desk, make_staff
from tests.browser.stack import Stack

# A hundred are as many presses each, and take a minute more: `DESK_CASES=100`.
CASES = int(os.environ.get("DESK_CASES", "6"))
MOST_PRESSES = 12
# Waiting cases of two grounds in a queue in which nobody but Kit works.
FILL = """
import itertools
import json
import time
from appeals.models import ReviewQueue
from appeals.states import AppealState
from portal.models import Customer
from tests.appeals import builders
from tests.appeals.builders import create_appeal, create_decision, create_queue
# Each filling is a process of its own, and would begin to count its people anew.
builders._numbers = itertools.count(time.time_ns())
queue = create_queue("model_review", needs_second_approval=False, sample_percent=0)
kit = Customer.objects.get(email="{email}")
kit.review_queues.set([queue])
queue.members.set([kit])
made = [
    create_appeal(create_decision(), state=AppealState.SUBMITTED, queue=queue).reference
    for _ in range({cases})
]
print(json.dumps(made))
"""
STATES = """
import json
from appeals.models import Appeal
rows = Appeal.objects.filter(reference__in={references})
print(json.dumps([[row.state, row.outcomes.get().kind, row.grounds.filter(
    finding__ruling="accepted").count()] for row in rows]))
"""


SENTENCE = """
import json
from appeals.models import Outcome
print(json.dumps(Outcome.objects.get(appeal__reference="{reference}").sentence))
"""
# The desk's suggestion takes its time, and whoever knows the keys does not wait for it.
SLOW_NETWORK = """
const real = window.fetch;
window.fetch = (...words) => new Promise((go) => setTimeout(go, 700)).then(() => real(...words));
"""


class Presses:
    """A keyboard that counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def __call__(self, key: str) -> None:
        self.count += 1
        self.page.keyboard.press(key)


@pytest.fixture(scope="module")
def kit(stack: Stack, chromium: Browser) -> Desk:
    email = "kit@lender.example"
    return Desk(stack, chromium, email, make_staff(stack, "Kit Marlow", email))


def last_line(stack: Stack, code: str) -> Any:
    return json.loads(stack.manage("shell", "-c", code).strip().splitlines()[-1])


def test_a_case_is_taken_decided_and_sent_in_few_presses(stack: Stack, kit: Desk):
    references = last_line(stack, FILL.format(email=kit.email, cases=CASES))
    page = kit.page
    press = Presses(page)

    page.goto("/admin/")
    press("c")
    seen = set()
    for _ in range(CASES):
        page.wait_for_url(re.compile("/cases/AP-"))
        expect(page.locator("[data-desk-form]")).to_be_visible()
        here = page.locator("[data-desk-case]").get_attribute("data-desk-case")
        assert here not in seen
        seen.add(here)
        for _ground in range(2):
            press("1")
        press("1")
        expect(page.locator("[name=kind][value=restored]")).to_be_checked()
        expect(page.locator("[name=sentence]")).not_to_have_value("")
        press("d")
        expect(page).not_to_have_url(re.compile(f"/cases/{here}/"))

    assert seen == set(references)
    assert press.count / CASES < MOST_PRESSES
    done = last_line(stack, STATES.format(references=references))
    assert done == [["decided", "restored", 2]] * CASES


def test_the_customer_reads_the_amount_that_was_typed_however_fast(stack: Stack, kit: Desk):
    (reference,) = last_line(stack, FILL.format(email=kit.email, cases=1))
    page = kit.page
    page.goto("/admin/")
    page.keyboard.press("c")
    page.wait_for_url(re.compile(f"/cases/{reference}/"))
    page.wait_for_load_state("load")
    page.evaluate(SLOW_NETWORK)

    for key in ("1", "1", "2", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("2345")
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    page.keyboard.press("d")
    expect(page).not_to_have_url(re.compile(f"/cases/{reference}/"))

    assert "2,345.00" in last_line(stack, SENTENCE.format(reference=reference))


def test_e_goes_to_what_the_customer_reads(stack: Stack, kit: Desk):
    (reference,) = last_line(stack, FILL.format(email=kit.email, cases=1))
    page = kit.page
    page.goto("/admin/")
    page.keyboard.press("c")
    page.wait_for_url(re.compile(f"/cases/{reference}/"))
    page.wait_for_load_state("load")

    page.keyboard.press("e")
    expect(page.locator("[name=sentence]")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.locator("[data-desk-ground] textarea").first).to_be_focused()
    expect(page.locator("[data-desk-ground] textarea").first).to_have_value("")


def test_keys_are_letters_while_somebody_types(stack: Stack, kit: Desk):
    (reference,) = last_line(stack, FILL.format(email=kit.email, cases=1))
    page = kit.page
    page.goto("/admin/")
    page.keyboard.press("c")
    page.wait_for_url(re.compile(f"/cases/{reference}/"))

    note = page.locator("[name=internal_note]")
    note.focus()
    page.keyboard.type("decided, 1 of 2; ask? no")
    expect(note).to_have_value("decided, 1 of 2; ask? no")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("[data-desk-ground] input:checked")).to_have_count(0)

    # Out of the field, and letters are commands again; with Ctrl they are the browser's.
    page.keyboard.press("Escape")
    page.keyboard.press("Control+d")
    expect(page).to_have_url(re.compile(f"/cases/{reference}/"))
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_be_visible()


def test_a_list_is_walked_with_two_keys(stack: Stack, kit: Desk):
    references = last_line(stack, FILL.format(email=kit.email, cases=2))
    page = kit.page
    page.goto("/admin/appeals/appeal/")
    # A filter chosen by mouse takes effect at once, and only what is filtered is in the address.
    page.locator("select[name=held]").dispatch_event("pointerdown")
    page.locator("select[name=held]").select_option("free")
    page.wait_for_url(re.compile(r"/appeals/appeal/\?held=free$"))
    page.wait_for_load_state("load")
    first = page.locator("[data-desk-row]").nth(0)
    second = page.locator("[data-desk-row]").nth(1)

    page.keyboard.press("j")
    expect(first).to_be_focused()
    page.keyboard.press("j")
    expect(second).to_be_focused()
    page.keyboard.press("k")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile("/cases/AP-"))
    assert references
    # The case knows its list: on to the one after it, and back to the same filters.
    page.wait_for_load_state("load")
    page.keyboard.press("]")
    page.wait_for_url(re.compile(f"/cases/{references[1]}/"))
    page.wait_for_load_state("load")
    page.keyboard.press("l")
    page.wait_for_url(re.compile(r"/appeals/appeal/\?held=free$"))
