"""A paper of 20 MB over a link that is cut five times, sent by a browser from the page itself."""

import contextlib
import hashlib
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.core.management import call_command
from playwright.sync_api import Page, expect, sync_playwright

from appeals.actions.drafts import start_appeal
from appeals.evidence import storage
from appeals.models import Appeal, LineDecision
from appeals.sample import ADA
from bench.desk_site import cookie_of
from bench.plan import Plan
from bench.report import Line, Result, at_most, median, say
from bench.web import serving
from portal.models import Customer
from tests.appeals.files import pdf
from tests.chromium import find_chromium
from tests.proxy import CuttingProxy

MEGABYTE = 1024 * 1024
SIZE = 20 * MEGABYTE
CUTS = 5
# 16 Mbit/s: a good telephone.
BYTES_A_SECOND = 2 * MEGABYTE
MOST_SHARE = 10.0
PATIENCE_SECONDS = 300
NOTES = """
Chromium on our page of papers, through a TCP proxy on loopback that passes on 2 MB a second, holds
64 kB each way, and resets every connection at five places drawn at random; nothing else tells the
page. "Sent twice" is all that the proxy took from the browser during the upload, headers and
questions included, beyond the file. Two gunicorn workers of eight threads; the file is compared
byte for byte, by its SHA-256, with what the storage gives back.
"""


@dataclass(frozen=True)
class Sent:
    """One upload: what of it the link carried more than once, and how long it took."""

    share: float
    seconds: float


def measure(plan: Plan) -> None:
    # Playwright runs a loop in our thread, and Django would not ask the database beside one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    call_command("load_sample", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    person = Customer.objects.get(reference=ADA.ref)
    decision = LineDecision.objects.filter(customer=person, notice__isnull=False).first()
    assert decision
    appeal = start_appeal(decision=decision, by=person)
    place = plan.local / "statement.pdf"
    environment = {
        # Over plain HTTP on loopback, which a browser trusts with the cookie of a real session.
        "PUBLIC_URL": "http://localhost",
        "ALLOWED_HOSTS": "localhost",
    }
    sent = []
    with (
        serving("portal.wsgi", plan.local, environment, "--config", "portal/gunicorn.py") as at,
        _browser(person) as page,
    ):
        for run in range(plan.runs):
            place.write_bytes(_paper(SIZE))
            sent.append(_send(page, at, appeal, place))
            say(f"run {run + 1}: {sent[-1].share:.1f} % twice, {sent[-1].seconds:.0f} s")
    plan.publish(_result(plan, sent))


def _result(plan: Plan, sent: list[Sent]) -> Result:
    shares = [each.share for each in sent]
    line = Line("sent twice, of 20 MB over a link cut five times", shares, unit="%")
    took = Line("from the choice to the paper", [each.seconds for each in sent], unit="s")
    took.beside = f"the link alone: {SIZE / BYTES_A_SECOND:.0f} s"
    return Result(
        name="upload_cut",
        title="A paper from a train",
        runs=plan.runs,
        is_quick=plan.is_quick,
        lines=[at_most(line, median(shares), MOST_SHARE, " %"), took],
        notes=NOTES,
    )


def _send(page: Page, at: str, appeal: Appeal, place: Path) -> Sent:
    """Send the file through a new link; what arrived must be what was sent."""
    link = CuttingProxy(urlsplit(at).port or 0, bytes_a_second=BYTES_A_SECOND)
    link.start()
    try:
        page.goto(f"{link.url}/appeals/{appeal.reference}/documents/")
        before, began = link.sent, time.monotonic()
        length = place.stat().st_size
        link.cut_after(*(random.randrange(length // 50, length) for _ in range(CUTS)))
        page.set_input_files("[name=files]", place)
        expect(page.locator("[data-paper]")).to_have_count(1, timeout=PATIENCE_SECONDS * 1000)
        sent = Sent(100 * (link.sent - before - length) / length, time.monotonic() - began)
    finally:
        link.stop()
    if link.cuts_made != CUTS:
        raise RuntimeError(f"The link was cut {link.cuts_made} times, not {CUTS}.")
    _compare(appeal, place)
    return sent


def _compare(appeal: Appeal, place: Path) -> None:
    """Read the paper back from the storage, and make room for the next one."""
    document = appeal.evidence.get()
    with storage.open_stored(document.stored_name) as kept:
        is_equal = storage.sha256_of(kept) == hashlib.sha256(place.read_bytes()).hexdigest()
    if not is_equal:
        raise RuntimeError("What arrived is not what was sent.")
    storage.erase(document.stored_name)
    document.delete()


@contextlib.contextmanager
def _browser(person: Customer) -> Iterator[Page]:
    options = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=options)
        context = browser.new_context(viewport={"width": 360, "height": 800})
        # What the portal names its cookie where it is served without TLS.
        cookie = {"name": "session", "value": cookie_of(person), "url": "http://localhost"}
        context.add_cookies([cookie])  # type: ignore[list-item]
        yield context.new_page()
        browser.close()


def _paper(size: int) -> bytes:
    """A PDF of about this size, of bytes that nothing can pack."""
    content = pdf()
    end = content.rindex(b"startxref")
    filling = os.urandom((size - len(content) - 2) // 2).hex().encode()
    return content[:end] + b"%" + filling + b"\n" + content[end:]
