"""Cases taken, decided and sent by keyboard alone, in Chromium on the desk's own pages."""

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

from django.core.management import call_command
from playwright.sync_api import Page, expect, sync_playwright

from bench.desk_site import cookie_of
from bench.keyed_cases import Todo, make_reviewer, send_cases
from bench.keyed_check import Said, find_wrong
from bench.plan import Plan
from bench.report import Line, Result, at_most, median, say
from bench.web import serving
from portal.models import Customer
from tests.chromium import find_chromium

CASES, FEW = 100, 10
MOST_PRESSES = 12.0
DIGITS = {"accepted": "1", "refuted": "2", "not_material": "3"}
# So many presses of Tab without coming to the field, and the page has no way there.
LOST_AFTER = 15
PATIENCE_MS = 60_000
PICTURE_IS_THERE = (
    "[...document.querySelectorAll('[data-desk-sheets] img')].at(-1)?.naturalWidth > 0"
)
NOTES = """
Chromium at 1440 x 900 px; two gunicorn workers of eight threads, client, server and database on the
same cores. Kit, a reviewer of all open queues, presses c on the first page, and from then on d,
which decides and takes the next. The cases are of ten sorts in turn: one to five grounds, all seven
outcomes, papers opened page by page, own sentences in both languages. Counted is every press that
is not text typed into a field: the digits of rulings and outcomes, Tab to a field, Escape out of
it, selecting what the desk wrote there, opening papers. Not counted are the letters themselves. The
seconds are the pages' and the keys'; a person also reads and thinks. At the end each appeal is read
from the database: decided, or before a second person where its queue asks for one, with the
findings, terms and sentences as they stood on the page, each document's opening recorded, and the
customer's message owed where it is decided.
"""


@dataclass
class Keyboard:
    """It counts what is pressed; what is typed into a field is not."""

    page: Page
    presses: int = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.presses += 1
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def tab_to(self, name: str) -> None:
        """As somebody does who sees where the focus is: on until the field has it."""
        for _press in range(LOST_AFTER):
            self.press("Tab")
            if self.page.evaluate("document.activeElement.name") == name:
                return
        raise RuntimeError(f"No way to the field {name} by Tab.")


@dataclass
class Tally:
    """What the cases of one run took."""

    presses: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def measure(plan: Plan) -> None:
    # Playwright runs a loop in our thread, and Django would not ask the database beside one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    call_command("collectstatic", interactive=False, verbosity=0)
    count = FEW if plan.is_quick else CASES
    kit = make_reviewer()
    environment = {
        # Over plain HTTP on loopback, which a browser trusts with the cookie of a real session.
        "PUBLIC_URL": "http://localhost",
        "ALLOWED_HOSTS": "localhost",
    }
    tallies = []
    with (
        serving("portal.wsgi", plan.local, environment, "--config", "portal/gunicorn.py") as at,
        _browser(kit, urlsplit(at).port or 0) as page,
    ):
        for run in range(plan.runs):
            todos = list(send_cases(count))
            say(f"run {run + 1}: {count} cases sent")
            tallies.append(_decide_all(page, todos))
            tallies[-1].wrong = find_wrong(kit, todos, tallies[-1].said)
            each = tallies[-1].presses
            say(f"  {sum(each) / count:.1f} presses a case, at most {max(each)}")
    plan.publish(_result(plan, count, tallies))
    if wrong := [one for tally in tallies for one in tally.wrong]:
        raise RuntimeError("\n".join(["Not decided as it was typed:", *wrong]))


def _result(plan: Plan, count: int, tallies: Sequence[Tally]) -> Result:
    means = [sum(tally.presses) / count for tally in tallies]
    mean = Line("presses a case beyond typed text, the mean", means, unit="presses")
    mean.found, mean.goal = f"{max(means):.2f}", f"under {MOST_PRESSES:g}"
    mean.is_reached = max(means) < MOST_PRESSES
    medians = [median([float(one) for one in tally.presses]) for tally in tallies]
    most = [float(max(tally.presses)) for tally in tallies]
    seconds = [median(tally.seconds) for tally in tallies]
    slowest = [max(tally.seconds) for tally in tallies]
    counts = [float(len(tally.wrong)) for tally in tallies]
    wrong = Line("cases not decided as typed", counts, unit=f"of {count}")
    return Result(
        name="desk_keys",
        title=f"{count} cases decided by keyboard",
        runs=plan.runs,
        is_quick=plan.is_quick,
        lines=[
            mean,
            Line("the same, the median", medians, unit="presses"),
            Line("the same, the case with the most", most, unit="presses"),
            Line("from case to case, the median", seconds, unit="s"),
            Line("from case to case, the slowest", slowest, unit="s"),
            at_most(wrong, max(counts), 0),
        ],
        notes=NOTES,
    )


def _decide_all(page: Page, todos: Sequence[Todo]) -> Tally:
    todo = {one.appeal.reference: one for one in todos}
    tally = Tally()
    keys = Keyboard(page)
    page.goto("/admin/")
    began = time.monotonic()
    keys.press("c")
    here = _wait_for_case(page, "")
    while here:
        said = _decide(keys, todo.pop(here))
        keys.press("d")
        here = _wait_for_case(page, here)
        now = time.monotonic()
        tally.said.append(said)
        tally.presses.append(keys.presses)
        tally.seconds.append(now - began)
        keys.presses, began = 0, now
    if todo:
        raise RuntimeError(f"Nothing more to take, and {len(todo)} cases were never given.")
    return tally


def _wait_for_case(page: Page, before: str) -> str:
    """The number of the next case once its page answers to keys; none when nothing waits."""
    page.wait_for_url(lambda url: before not in url if before else "/cases/" in url)
    page.wait_for_load_state("load")
    case = page.locator("[data-desk-case]")
    if not case.count():
        return ""
    expect(page.locator("[data-desk-form]")).to_be_visible()
    return case.get_attribute("data-desk-case") or ""


def _decide(keys: Keyboard, todo: Todo) -> Said:
    """Everything up to the press that sends it; what stands on the page then."""
    page, sort = keys.page, todo.sort
    _read_papers(keys, sort.papers)
    for ruling in sort.rulings:
        keys.press(DIGITS[ruling.value])
    if todo.finding:
        # Back to the last ground, into its sentence, and on to the outcomes.
        keys.press("k", "e", "Control+a")
        keys.type(todo.finding)
        keys.press("Escape", "o")
    _choose_outcome(keys, sort.kind.value)
    for name, value in sort.typed.items():
        keys.tab_to(name)
        keys.type(f"{value:%m%d%Y}" if isinstance(value, date) else value)
    sentence = page.locator("[name=sentence]")
    # The desk's own is there before anybody has looked at the field.
    expect(sentence).not_to_have_value("")
    is_in_field = bool(sort.typed)
    if todo.sentence:
        keys.press(*(["Escape"] if is_in_field else []), "e", "Control+a")
        keys.type(todo.sentence)
        is_in_field = True
    if is_in_field:
        keys.press("Escape")
    return _stands(page, todo)


def _read_papers(keys: Keyboard, papers: Sequence[int]) -> None:
    for pages in papers:
        keys.press("x")
        keys.press(*("." for _page in range(pages - 1)))
        # Each page's picture is fetched as it comes near: the last one is there when all were.
        keys.page.wait_for_function(PICTURE_IS_THERE)


def _choose_outcome(keys: Keyboard, kind: str) -> None:
    choices = keys.page.locator("[data-desk-outcome] input[name=kind]")
    values = choices.evaluate_all("all => all.map(one => one.value)")
    keys.press(str(values.index(kind) + 1))
    expect(choices.nth(values.index(kind))).to_be_checked()


def _stands(page: Page, todo: Todo) -> Said:
    findings = page.locator("[data-desk-ground] textarea")
    return Said(
        reference=todo.appeal.reference,
        findings=tuple(findings.evaluate_all("all => all.map(one => one.value)")),
        sentence=page.locator("[name=sentence]").input_value(),
    )


@contextlib.contextmanager
def _browser(person: Customer, port: int) -> Iterator[Page]:
    options = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=options)
        context = browser.new_context(
            viewport={"width": 1440, "height": 900},
            locale="en-US",
            base_url=f"http://localhost:{port}",
        )
        # What the portal names its cookie where it is served without TLS.
        cookie = {"name": "session", "value": cookie_of(person), "url": "http://localhost"}
        context.add_cookies([cookie])  # type: ignore[list-item]
        context.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        yield context.new_page()
        browser.close()
