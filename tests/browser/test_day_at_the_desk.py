"""A day at the desk: two reviewers, an approver, a supervisor and quality, in their own browsers.

One story, step by step, because each step needs what the one before left behind.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.appeals.files import pdf
from tests.browser.people import PATIENCE_SECONDS, CustomersWindow, Desk, make_staff, wait_for
from tests.browser.stack import Stack
from tests.browser.test_story import decide

expect.set_options(timeout=PATIENCE_SECONDS * 1000)
QUEUE = "income_verification"
RULE = "DAY-RULE"
ASKED = "Please send us the payslip of October."
SENT_BACK = "Say by when the two payments must come."
SENTENCE = "We believe your payslip. Half comes back now, and the rest after two payments on time."
LOOK_FOR_TROUBLE = "from appeals.periodic import watch_deadlines; watch_deadlines()"
# A promise of today that nobody has begun to keep.
ALMOST_LATE = """
from datetime import timedelta
from django.utils import timezone
from appeals.models import CaseClock
soon = timezone.now() + timedelta(hours=3)
clocks = CaseClock.objects.filter(appeal__reference="{reference}")
clocks.update(warn_at=timezone.now(), due_at=soon)
"""


@dataclass
class Staff:
    rita: Desk
    saul: Desk
    amara: Desk
    sofia: Desk
    jonas: Desk


@pytest.fixture(scope="module")
def staff(stack: Stack, chromium: Browser) -> Staff:
    def at_desk(name: str, role: str, queue: str = QUEUE) -> Desk:
        email = f"{name.split()[0].lower()}@day.example"
        link = make_staff(stack, name, email, role=role, queue=queue)
        return Desk(stack, chromium, email, link)

    return Staff(
        rita=at_desk("Rita Holm", "reviewer"),
        saul=at_desk("Saul Berg", "reviewer"),
        amara=at_desk("Amara Diallo", "approver"),
        sofia=at_desk("Sofia Lind", "supervisor"),
        jonas=at_desk("Jonas Weiss", "quality"),
    )


@dataclass
class Asker:
    """A customer whose limit the rule of the day lowered, and their appeal."""

    window: CustomersWindow
    email: str
    reference: str


@pytest.fixture
def appeal(stack: Stack, chromium: Browser, engine_token: str) -> Callable[[], Asker]:
    def sent() -> Asker:
        person = decide(stack, engine_token, "en", rule=RULE)
        window = CustomersWindow(stack, chromium, 390, "en")
        window.sign_in(person["email"], stack.sendgrid)
        return Asker(window, person["email"], window.appeal(person["decision"]))

    return sent


def test_a_day_at_the_desk(stack: Stack, staff: Staff, appeal: Callable[[], Asker]):
    route_the_rule(staff.sofia.page)
    agree_in_pairs_and_sample_all(stack, staff.sofia.page)
    first, second = appeal(), appeal()

    case_of = claim_at_the_same_moment(staff, {first.reference, second.reference})
    ritas, sauls = case_of["rita"], case_of["saul"]
    asker = first if first.reference == ritas else second

    two_tabs_do_not_overwrite(staff.rita)
    ask_and_be_answered(stack, staff.rita, asker)
    propose_on_conditions(staff.rita, ritas)
    send_back_once_then_approve(staff, ritas)
    the_customer_has_an_answer(stack, asker)

    keep(staff.saul, sauls)
    read_again_blind(staff.jonas)

    third = appeal()
    a_late_promise_is_warned_of(stack, third)
    withdraw(third)


def route_the_rule(page: Page) -> None:
    """The supervisor sends what one rule of the engine did to one queue, after a trial."""
    page.goto("/admin/appeals/routingrule/add/")
    page.fill("[name=rule_id]", RULE)
    page.select_option("[name=queue]", label=queue_name(page))
    page.fill("[name=because]", "What the rule of the day did is looked at by two people.")
    page.locator("[name=_save]").first.click()
    expect(page).to_have_url(re.compile("/routingrule/$"))
    page.goto("/admin/appeals/routingrule/try/")
    expect(page.locator("main, #main").first).to_be_visible()


def queue_name(page: Page) -> str:
    options = page.locator("[name=queue] option").all_inner_texts()
    (name,) = [text for text in options if "ncome" in text]
    return name


def agree_in_pairs_and_sample_all(stack: Stack, page: Page) -> None:
    """More than 1,000 given back needs two people, and every answer is read again."""
    page.goto("/admin/appeals/reviewqueue/")
    page.locator("#result_list a", has_text="ncome").first.click()
    page.fill("[name=approval_above]", "1000")
    page.fill("[name=sample_percent]", "100")
    page.locator("[name=_save]").first.click()
    expect(page).to_have_url(re.compile("/reviewqueue/$"))


def claim_at_the_same_moment(staff: Staff, references: set[str]) -> dict[str, str]:
    """Both press "Claim next" before either has an answer; each gets another case."""
    desks = {"rita": staff.rita, "saul": staff.saul}
    for desk in desks.values():
        desk.page.goto("/admin/")
        expect(desk.page.locator("[data-desk-next]").first).to_be_visible()
    for desk in desks.values():
        # Not `click()`, which waits for the page it leads to.
        desk.page.evaluate("setTimeout(() => document.querySelector('[data-desk-next]').click())")
    taken = {}
    for name, desk in desks.items():
        desk.page.wait_for_url(re.compile("/cases/AP-"))
        taken[name] = desk.page.locator("[data-desk-case]").get_attribute("data-desk-case") or ""
    assert set(taken.values()) == references
    return taken


def two_tabs_do_not_overwrite(desk: Desk) -> None:
    """The second of two tabs is refused, and shows what the first one saved."""
    other = desk.context.new_page()
    other.goto(desk.page.url)
    desk.page.fill("[name=internal_note]", "Saved first.")
    desk.page.locator("#desk-form button[value=save]").click()
    expect(desk.page.locator("[name=internal_note]")).to_have_value("Saved first.")

    other.fill("[name=internal_note]", "Typed in the other tab.")
    other.locator("#desk-form button[value=save]").click()

    expect(other.locator("[data-desk-errors]")).to_be_visible()
    expect(other.locator("[name=internal_note]")).to_have_value("Typed in the other tab.")
    expect(other.locator(".desk-elsewhere").last).to_contain_text("Saved first.")
    other.close()


def ask_and_be_answered(stack: Stack, desk: Desk, asker: Asker) -> None:
    """The reviewer asks for a paper; the customer sends it; the case comes back to the queue."""
    page = desk.page
    page.locator("[data-key=a]").first.click()
    page.locator("[data-talk-ask] [name=kinds][value=payslip]").check()
    page.fill("[data-talk-ask] [name=message]", ASKED)
    page.locator("[data-talk-ask] button.desk-button-main").click()
    expect(page).to_have_url(re.compile("/admin/$"))
    wait_for(stack.sendgrid, asker.email, asker.reference)

    theirs = asker.window.page
    theirs.goto(f"/appeals/{asker.reference}/")
    expect(theirs.locator("main")).to_contain_text(ASKED)
    theirs.goto(f"/appeals/{asker.reference}/answer/")
    paper: Any = {"name": "october.pdf", "mimeType": "application/pdf", "buffer": pdf(pages=2)}
    theirs.set_input_files("[name=files]", [paper])
    expect(theirs.locator("[data-paper=ready]")).to_have_count(1)
    theirs.fill("[name=answer]", "Here it is.")
    theirs.locator("main form button.button").last.click()
    expect(theirs).to_have_url(re.compile(f"/appeals/{asker.reference}/$"))

    page.goto("/admin/")
    page.locator("#desk-answered + table a, [aria-labelledby=desk-answered] a").first.click()
    expect(page).to_have_url(re.compile(f"/cases/{asker.reference}/"))
    expect(page.locator("#desk-talk")).to_contain_text("Here it is.")
    page.locator("[data-key=c]").first.click()
    expect(page.locator("[data-desk-form]")).to_be_visible()


def propose_on_conditions(desk: Desk, reference: str) -> None:
    page = desk.page
    page.goto(f"/admin/cases/{reference}/")
    for ground in page.locator("[data-desk-ground]").all():
        ground.locator("input[value=accepted]").check()
    page.locator("[name=kind][value=conditional]").check()
    page.fill("[name=new_limit]", "2700")
    page.fill("[name=payments_needed]", "2")
    page.fill("[name=by_date]", "2027-03-31")
    page.fill("[name=then_limit]", "4000")
    # A person reads what the desk suggests before they write their own.
    expect(page.locator("[name=sentence]")).to_have_value(re.compile("2,700.00"))
    page.fill("[name=sentence]", SENTENCE)
    page.locator("#desk-form button[value=decide]").click()
    expect(page).to_have_url(re.compile("/admin/$"))


def send_back_once_then_approve(staff: Staff, reference: str) -> None:
    """The approver sends it back with a note; the second time they see what changed."""
    rita, amara = staff.rita.page, staff.amara.page
    amara.goto("/admin/")
    amara.locator("[aria-labelledby=desk-to_approve] a", has_text=reference).click()
    expect(amara.locator(".desk-proposal")).to_contain_text("2,700.00")
    amara.fill("[name=note]", SENT_BACK)
    amara.locator("form[action$='/send-back/'] button").click()
    expect(amara).to_have_url(re.compile("/admin/$"))

    rita.goto(f"/admin/cases/{reference}/")
    expect(rita.locator("#desk-form")).to_contain_text(SENT_BACK)
    expect(rita.locator("[name=sentence]")).to_have_value(SENTENCE)
    rita.fill("[name=sentence]", f"{SENTENCE} Both must come by the end of March.")
    rita.locator("#desk-form button[value=decide]").click()
    expect(rita).to_have_url(re.compile("/admin/$"))

    amara.goto(f"/admin/cases/{reference}/")
    expect(amara.locator(".desk-proposal")).to_contain_text("end of March")
    amara.locator("form[action$='/approve/'] button").click()
    expect(amara).to_have_url(re.compile("/admin/$"))


def the_customer_has_an_answer(stack: Stack, asker: Asker) -> None:
    told = wait_for(stack.ledger, containing=asker.reference)
    assert told.content["data"]["new_limit"] == "2700.00"
    page = asker.window.page
    page.goto(f"/appeals/{asker.reference}/")
    expect(page.locator("main")).to_contain_text("end of March")
    expect(page.locator("main")).to_contain_text("2,700.00")
    expect(page.locator("main")).to_contain_text("4,000.00")


def keep(desk: Desk, reference: str) -> None:
    """One person may keep what was decided; the customer is told when it is looked at again."""
    page = desk.page
    page.goto(f"/admin/cases/{reference}/")
    for ground in page.locator("[data-desk-ground]").all():
        ground.locator("input[value=refuted]").check()
    page.locator("[name=kind][value=kept]").check()
    page.fill("[name=look_again_on]", "2027-05-28")
    page.locator("#desk-form button[value=decide]").click()
    expect(page).to_have_url(re.compile("/admin/$"))
    expect(page.locator("body")).to_contain_text(reference)


def read_again_blind(desk: Desk) -> None:
    """Quality reads each decided case without knowing who decided, or what."""
    page = desk.page
    for _case in range(2):
        page.goto("/admin/quality/")
        page.locator("[data-key=c]").first.click()
        expect(page).to_have_url(re.compile(r"/quality/\d+/$"))
        seen = page.locator("#content, main, #main").first.inner_text()
        assert not re.search("Rita|Saul|Amara|looked at again|end of March", seen)
        for ruling in page.locator("[name^=ruling-][value=refuted]").all():
            ruling.check()
        page.locator("[name=kind][value=kept]").check()
        page.locator("form button.desk-button-main").last.click()
        expect(page.locator(".desk-agrees").first).to_be_visible()
    page.goto("/admin/quality/")
    expect(page.locator(".desk-table").last.locator("tbody tr")).to_have_count(2)


def a_late_promise_is_warned_of(stack: Stack, asker: Asker) -> None:
    """Nobody has begun, and the day is near: the supervisor hears of it, and the customer too."""
    staff_before, before = len(stack.sendgrid.accepted), len(stack.sendgrid.accepted)
    stack.manage("shell", "-c", ALMOST_LATE.format(reference=asker.reference))
    stack.manage("shell", "-c", LOOK_FOR_TROUBLE)
    wait_for(stack.sendgrid, "sofia@day.example", asker.reference, after=staff_before)
    wait_for(stack.sendgrid, asker.email, asker.reference, after=before)


def withdraw(asker: Asker) -> None:
    page = asker.window.page
    page.goto(f"/appeals/{asker.reference}/withdraw/")
    page.locator("main form button.button").first.click()
    expect(page).not_to_have_url(re.compile("withdraw"))
