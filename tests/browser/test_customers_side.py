"""Papers that are held, helped with and kept: by the customer, somebody beside them, and staff."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.appeals.files import pdf
from tests.browser.people import PATIENCE_SECONDS, CustomersWindow, Desk, make_staff, wait_for
from tests.browser.stack import Stack
from tests.browser.test_story import decide

expect.set_options(timeout=PATIENCE_SECONDS * 1000)
# Closed so long ago that its papers may be erased, by any pack.
LONG_OVER = """
from datetime import timedelta
from django.utils import timezone
from appeals.models import Appeal
from appeals.states import AppealState
Appeal.objects.filter(reference="{reference}").update(
    state=AppealState.WITHDRAWN, closed_at=timezone.now() - timedelta(days=2000)
)
"""
ERASE = "from appeals.periodic import erase_what_is_over; erase_what_is_over()"


@dataclass
class Open:
    """A customer's browser with a draft, at its page of papers."""

    window: CustomersWindow
    person: dict[str, Any]
    reference: str

    @property
    def page(self) -> Page:
        return self.window.page

    @property
    def papers(self) -> str:
        return f"/appeals/{self.reference}/documents/"

    def send(self, name: str, *, kind: str, pages: int) -> None:
        self.page.goto(self.papers)
        self.page.select_option("[name=kind]", kind)
        before = self.page.locator("[data-paper=ready]").count()
        paper: Any = {"name": name, "mimeType": "application/pdf", "buffer": pdf(pages=pages)}
        self.page.set_input_files("[name=files]", paper)
        expect(self.page.locator("[data-paper=ready]")).to_have_count(before + 1)

    def first_kind(self) -> str:
        """The first kind of paper that helps with the reasons disputed."""
        self.page.goto(self.papers)
        options = self.page.locator("[name=kind] option:not([value=''])")
        return str(options.first.get_attribute("value"))


def begin(window: CustomersWindow, person: dict[str, Any]) -> Open:
    """Begin an appeal against a decision, disputing all its reasons."""
    page = window.page
    page.goto(f"/decisions/{person['decision']}/appeal/")
    window.go_on()
    expect(page).to_have_url(re.compile(r"/appeals/AP-[^/]+/"))
    found = re.search(r"AP-\w{4}-\w{4}", page.url)
    assert found
    page.goto(f"/appeals/{found.group()}/reasons/")
    for reason in page.locator("[name=reasons]").all():
        reason.check()
    window.go_on()
    page.wait_for_url(re.compile(r"/reasons/\d"))
    return Open(window, person, found.group())


@pytest.fixture
def draft(
    request: pytest.FixtureRequest, stack: Stack, chromium: Browser, engine_token: str
) -> Iterator[Open]:
    language, width = request.param
    person = decide(stack, engine_token, language)
    window = CustomersWindow(stack, chromium, width, language)
    window.sign_in(person["email"], stack.sendgrid)
    yield begin(window, person)
    window.context.close()


@pytest.fixture(scope="module")
def supervisors(stack: Stack, chromium: Browser) -> tuple[Desk, Desk]:
    def at_desk(name: str) -> Desk:
        email = f"{name.split()[0].lower()}@hold.example"
        return Desk(stack, chromium, email, make_staff(stack, name, email, role="supervisor"))

    return at_desk("Sonja Lund"), at_desk("Stefan Roth")


@pytest.mark.parametrize("draft", [("en", 1280)], indirect=True)
def test_a_legal_hold_stops_the_purge_until_another_supervisor_lifts_it(
    stack: Stack, draft: Open, supervisors: tuple[Desk, Desk]
):
    sonja, stefan = supervisors
    draft.send("payslip.pdf", kind=draft.first_kind(), pages=1)
    stack.manage("shell", "-c", LONG_OVER.format(reference=draft.reference))
    page = sonja.page
    page.goto("/admin/appeals/legalhold/add/")
    page.fill("[name=customer_reference]", draft.person["ref"])
    page.fill("[name=because]", "A claim in court.")
    page.locator("[name=_save]").first.click()
    row = page.locator("#result_list tbody tr").filter(has_text=draft.person["ref"])
    expect(row).to_contain_text("Holds")

    stack.manage("shell", "-c", ERASE)

    draft.page.goto(draft.papers)
    expect(draft.page.locator("[data-paper=ready]")).to_contain_text("payslip.pdf")
    page = stefan.page
    page.goto("/admin/appeals/legalhold/")
    row = page.locator("#result_list tbody tr").filter(has_text=draft.person["ref"])
    row.locator("a").first.click()
    page.fill("[name=lifted_because]", "It was settled.")
    page.locator("[name=_save]").first.click()
    expect(page.locator("#result_list tbody tr").first).to_contain_text("Lifted by Stefan Roth")

    stack.manage("shell", "-c", ERASE)

    draft.page.reload()
    gone = draft.page.locator("[data-paper=erased]")
    expect(gone).to_contain_text("because the time we may keep it was over.")
    expect(gone).not_to_contain_text("payslip.pdf")


@pytest.mark.parametrize("draft", [("zh-hans", 360)], indirect=True)
def test_a_paper_already_held_is_offered_and_used_again(
    stack: Stack, engine_token: str, draft: Open
):
    draft.send("工资单.pdf", kind=draft.first_kind(), pages=2)
    again = decide(stack, engine_token, "zh-hans", customer=draft.person)

    second = begin(draft.window, again)

    page = second.page
    page.goto(second.papers)
    held = page.locator("section[aria-labelledby=held-before]")
    expect(held).to_contain_text("工资单.pdf")
    expect(held).to_contain_text(draft.reference)
    held.get_by_role("button").click()
    used = page.locator("[data-paper=ready]")
    expect(used).to_contain_text("工资单.pdf")
    expect(held).to_have_count(0)  # not offered twice


@pytest.mark.parametrize("draft", [("zh-hans", 1280)], indirect=True)
def test_somebody_named_before_sending_adds_a_paper_and_the_customer_sends(
    stack: Stack, chromium: Browser, draft: Open
):
    """The customer reads Chinese, and so does who helps; both at the same time."""
    email = f"helper-{draft.reference.lower()}@example.net"
    mine = draft.page
    mine.goto(f"/appeals/{draft.reference}/helper/")
    mine.fill("[name=name]", "陈本")
    mine.fill("[name=email]", email)
    mine.locator("[name=authority][value=family]").check()
    mine.locator("[name=agreed]").check()
    draft.window.go_on()
    expect(mine.locator("h1")).to_contain_text("陈本")

    theirs = CustomersWindow(stack, chromium, 360, "zh-hans")
    theirs.sign_in(email, stack.sendgrid)
    theirs.page.goto("/appeals/")
    theirs.page.locator("section[aria-labelledby=helped] a").click()
    expect(theirs.page.locator("main .banner").first).to_contain_text(draft.person["name"])
    helped = Open(theirs, draft.person, draft.reference)
    helped.send("letter.pdf", kind="", pages=3)
    theirs.page.goto(f"/appeals/{draft.reference}/wish/")
    theirs.page.locator("[name=wish][value=full]").check()
    theirs.go_on()
    for rank in (1, 2):
        theirs.page.goto(f"/appeals/{draft.reference}/reasons/{rank}/")
        theirs.page.fill("[name=statement]", "七月已经还清。")
        theirs.go_on()
    theirs.page.goto(f"/appeals/{draft.reference}/check/")
    # One to say that they have finished, one to stop helping.
    expect(theirs.page.locator("main form button.button")).to_have_count(2)
    expect(theirs.page.locator("main")).to_contain_text(draft.person["name"])
    before = len(stack.sendgrid.accepted)
    theirs.page.locator("main form button[formaction]").click()
    wait_for(stack.sendgrid, draft.person["email"], draft.reference, after=before)

    mine.goto(f"/appeals/{draft.reference}/check/")
    expect(mine.locator("main")).to_contain_text("七月已经还清。")
    expect(mine.locator("[data-paper=ready]")).to_contain_text("letter.pdf")
    mine.locator("main form button.button").first.click()
    expect(mine).to_have_url(re.compile(r"/receipt/"))
    mine.goto(f"/appeals/{draft.reference}/helper/")
    draft.window.page.locator("main form button.button-danger").click()
    theirs.page.goto(f"/appeals/{draft.reference}/")
    expect(theirs.page.locator("h1")).not_to_contain_text(draft.reference)
    assert theirs.page.request.get(f"/appeals/{draft.reference}/").status == 404
    theirs.context.close()
