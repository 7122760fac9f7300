"""What people do in the browser, step by step, found by names and addresses, not by words."""

import re
import time
from dataclasses import dataclass
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.appeals.files import jpeg, pdf
from tests.browser.stack import Stack
from tests.doubles import Accepted, Double

PASSWORD = "a long and quiet river"
PATIENCE_SECONDS = 60
JOIN_QUEUES = """
from appeals.models import ReviewQueue
from portal.models import Customer
person = Customer.objects.get(email="{email}")
queues = ReviewQueue.objects.all()
person.review_queues.set(queues.filter(key="{queue}") if "{queue}" else queues)
"""
CLEAR = """
from appeals.actions.appeals import withdraw_appeal
from appeals.models import Appeal
from appeals.states import OPEN
for other in Appeal.objects.filter(state__in=OPEN).exclude(reference="{reference}"):
    if other.can_be_withdrawn:
        withdraw_appeal(appeal=other, by=other.customer)
"""


def wait_for(double: Double, to: str = "", containing: str = "", *, after: int = 0) -> Accepted:
    """The newest message the double took (for this address), later than the first `after`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for one in reversed(double.accepted[after:]):
            if to in {"", one.to} and containing in str(dict(one.content)):
                return one
        time.sleep(0.1)
    raise AssertionError(f"nothing with {containing!r} came to {double.name}")


def words_of(message: Accepted) -> str:
    """What a person reads of it, without ids and headers."""
    content = message.content
    return str(content["Body"] if "Body" in content else content["content"][0]["value"])


def wait_for_code(double: Double, to: str, *, after: int) -> str:
    """The newest sign-in code sent to this address; other messages may come in between."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for one in reversed(double.accepted[after:]):
            code = re.search(r"\b\d{8}\b", words_of(one)) if one.to == to else None
            if code:
                return code.group()
        time.sleep(0.1)
    raise AssertionError(f"no code came to {double.name}")


def totp(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def make_staff(
    stack: Stack, name: str, email: str, *, role: str = "reviewer", queue: str = ""
) -> str:
    """A member of staff made as in production, in one queue or in all.

    Returns the link to choose a password.
    """
    printed = stack.manage("create_staff", "--name", name, "--email", email, "--role", role)
    stack.manage("shell", "-c", JOIN_QUEUES.format(email=email, queue=queue))
    return printed.strip().splitlines()[-1]


@dataclass
class CustomersWindow:
    """A customer's browser: its size, language and whether JavaScript runs."""

    stack: Stack
    chromium: Browser
    width: int
    language: str
    javascript: bool = True
    scheme: str = "light"

    def __post_init__(self) -> None:
        self.context: BrowserContext = self.chromium.new_context(
            viewport={"width": self.width, "height": 800},
            locale="zh-CN" if self.language == "zh-hans" else "en-US",
            java_script_enabled=self.javascript,
            color_scheme=self.scheme,  # type: ignore[arg-type]
            base_url=self.stack.url,
        )
        self.context.set_default_timeout(PATIENCE_SECONDS * 1000)
        self.page: Page = self.context.new_page()

    def go_on(self) -> None:
        self.page.locator("main form button.button:not(.button-secondary)").first.click()

    def sign_in(self, address: str, double: Double) -> None:
        before = len(double.accepted)
        self.page.goto("/account/sign-in/")
        self.page.fill("[name=address]", address)
        self.go_on()
        self.page.fill("[name=code]", wait_for_code(double, address, after=before))
        self.go_on()
        expect(self.page).not_to_have_url(re.compile("sign-in"))

    def appeal(self, decision: str) -> str:
        """From the why page to the receipt, with two documents; returns the appeal's number."""
        page = self.page
        page.goto(f"/decisions/{decision}/")
        page.locator(f"a[href='/decisions/{decision}/appeal/']:visible").first.click()
        self.go_on()
        page.locator("[name=reasons]").first.check()
        self.go_on()
        page.fill("[name=statement]", "I paid this in July; the receipt is attached.")
        self.go_on()
        page.locator("[name=wish][value=part]").check()
        page.fill("[name=requested_limit]", "3,000")
        self.go_on()
        self.send_papers()
        page.locator("main > .actions a.button").first.click()
        page.fill("[name=statement]", "Thank you for looking again.")
        self.go_on()
        expect(page.locator(".summary-list")).to_contain_text("3,000.00")
        page.locator("main form button.button").last.click()
        expect(page).to_have_url(re.compile(r"/appeals/AP-[^/]+/receipt/"))
        return page.locator(".panel-number").inner_text()

    def send_papers(self) -> None:
        papers: list[Any] = [
            {"name": "receipt.pdf", "mimeType": "application/pdf", "buffer": pdf()},
            {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg()},
        ]
        page = self.page
        page.set_input_files("[name=files]", papers)
        send = page.locator("[data-upload-send] button")
        # With JavaScript the files go at once, and the button with them.
        if not self.javascript:
            send.click()
        self.wait_until_checked(2)

    def wait_until_checked(self, count: int) -> None:
        """The page says of each paper that it was received and checked."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        ready = self.page.locator("[data-paper=ready]")
        while ready.count() < count and time.monotonic() < deadline:
            time.sleep(0.5)
            if not self.javascript:
                self.page.reload()
        expect(ready).to_have_count(count)


@dataclass
class Desk:
    """A reviewer's browser, signed in once with both factors."""

    stack: Stack
    chromium: Browser
    email: str
    set_up_link: str

    def __post_init__(self) -> None:
        self.context = self.chromium.new_context(
            viewport={"width": 1440, "height": 900}, locale="en-US", base_url=self.stack.url
        )
        self.context.set_default_timeout(PATIENCE_SECONDS * 1000)
        self.page = self.context.new_page()
        self._set_up()

    def _set_up(self) -> None:
        page = self.page
        page.goto(self.set_up_link)
        page.fill("[name=password]", PASSWORD)
        page.fill("[name=again]", PASSWORD)
        page.locator("main form button").first.click()
        page.fill("[name=login]", self.email)
        page.fill("[name=password]", PASSWORD)
        page.locator("main form button").first.click()
        page.goto("/account/security/app/")
        secret = page.locator("p.code").inner_text()
        page.fill("[name=code]", totp(secret))
        page.locator("main form button").first.click()

    def make_next(self, reference: str) -> None:
        """Nothing that an earlier story left open is handed out before this case."""
        self.stack.manage("shell", "-c", CLEAR.format(reference=reference))

    def claim_next(self, reference: str) -> None:
        self.make_next(reference)
        self.page.goto("/admin/")
        self.page.locator("[data-desk-next]").first.click()
        expect(self.page).to_have_url(re.compile(f"/cases/{reference}/"))

    def decide_partly(self, limit: str, sentence: str) -> None:
        page = self.page
        for ground in page.locator("[data-desk-ground]").all():
            ground.locator("input[value=accepted]").check()
        page.locator("[name=kind][value=partly_restored]").check()
        page.fill("[name=new_limit]", limit)
        page.fill("[name=sentence]", sentence)
        page.locator("#desk-form button[value=decide]").click()
        # The page asks for the desk's words of the amount first, and sends the form after that.
        expect(page).not_to_have_url(re.compile("/cases/"))
