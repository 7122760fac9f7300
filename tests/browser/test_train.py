"""Sending a paper from a train: the line is cut, the tab is closed, and nothing is sent again."""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.appeals.files import pdf
from tests.browser.people import PATIENCE_SECONDS, CustomersWindow
from tests.browser.stack import Stack
from tests.browser.test_story import decide
from tests.proxy import CuttingProxy

expect.set_options(timeout=PATIENCE_SECONDS * 1000)
MEGABYTE = 1024 * 1024
SIZE = 6 * MEGABYTE
# Kept after the check as it came: a PDF is not written anew.
KEPT = """
from appeals.evidence import storage
from appeals.models import EvidenceDocument
document = EvidenceDocument.objects.filter(original_name="{name}").get()
with storage.open_stored(document.stored_name) as file:
    print(document.sha256, storage.sha256_of(file))
"""


def paper(size: int) -> bytes:
    """A PDF of this size with bytes that no link can pack."""
    content = pdf()
    end = content.rindex(b"startxref")
    filling = b"%" + os.urandom((size - len(content) - 2) // 2).hex().encode() + b"\n"
    return content[:end] + filling + content[end:]


@dataclass
class Train:
    """A customer's phone, and the link it sends over."""

    window: CustomersWindow
    link: CuttingProxy
    documents: str

    @property
    def page(self) -> Page:
        return self.window.page

    def open(self) -> None:
        self.page.goto(self.link.url + self.documents)


@pytest.fixture
def train(stack: Stack, chromium: Browser, engine_token: str) -> Iterator[Train]:
    person = decide(stack, engine_token, "en")
    window = CustomersWindow(stack, chromium, 360, "en")
    window.sign_in(person["email"], stack.sendgrid)
    window.page.goto(f"/decisions/{person['decision']}/appeal/")
    window.go_on()
    expect(window.page).to_have_url(re.compile(r"/appeals/AP-[^/]+/"))
    found = re.search(r"AP-\w{4}-\w{4}", window.page.url)
    assert found
    link = CuttingProxy(stack.port)
    link.start()
    train = Train(window, link, f"/appeals/{found.group()}/documents/")
    train.open()
    yield train
    window.context.close()
    link.stop()


def is_kept_whole(stack: Stack, name: str, content: bytes) -> bool:
    digest = hashlib.sha256(content).hexdigest()
    printed = stack.manage("shell", "-c", KEPT.format(name=name)).split()
    return printed[-2:] == [digest, digest]


def test_a_line_that_is_cut_loses_nothing_and_sends_little_twice(
    train: Train, stack: Stack, tmp_path: Path
):
    content = paper(SIZE)
    place = tmp_path / "statement.pdf"
    place.write_bytes(content)
    before = train.link.sent
    train.link.cut_after(*(number * MEGABYTE + 500_000 for number in range(5)))

    train.page.set_input_files("[name=files]", place)

    expect(train.page.locator("[data-paper=ready]")).to_have_count(1)
    assert train.link.cuts_made == 5
    assert is_kept_whole(stack, "statement.pdf", content)
    # One big part and four small ones, at worst, each once more where the browser tries by itself.
    assert train.link.sent - before < len(content) + 1.5 * MEGABYTE


def test_a_tab_that_was_closed_goes_on_where_it_stopped(train: Train, stack: Stack, tmp_path: Path):
    content = paper(SIZE)
    place = tmp_path / "closed.pdf"
    place.write_bytes(content)
    train.link.cut_after(4 * MEGABYTE, stays_down=True)
    train.page.set_input_files("[name=files]", place)
    row = train.page.locator("[data-upload-list] li")
    expect(row).to_contain_text("Waiting for a connection")
    train.page.close(run_before_unload=False)

    train.link.come_back()
    train.window.page = train.window.context.new_page()
    train.open()
    unfinished = train.page.locator("[data-coming]")
    expect(unfinished).to_contain_text("closed.pdf")
    expect(unfinished).to_contain_text("has arrived")
    before = train.link.sent
    train.page.set_input_files("[name=files]", place)

    expect(train.page.locator("[data-paper=ready]")).to_have_count(1)
    expect(unfinished).to_have_count(0)
    expect(train.page.locator("#uploads")).to_be_hidden()
    assert is_kept_whole(stack, "closed.pdf", content)
    assert train.link.sent - before < 3 * MEGABYTE
    kept = train.page.evaluate("JSON.stringify(localStorage)")
    assert "tus" not in kept
    assert "closed.pdf" not in kept


def test_offline_is_said_and_it_goes_on_by_itself(train: Train, tmp_path: Path):
    place = tmp_path / "offline.pdf"
    place.write_bytes(paper(2 * MEGABYTE))
    train.page.context.set_offline(offline=True)
    train.page.set_input_files("[name=files]", place)
    row = train.page.locator("[data-upload-list] li")
    expect(row).to_contain_text("Waiting for a connection")

    train.page.context.set_offline(offline=False)

    expect(train.page.locator("[data-paper=ready]")).to_have_count(1)
    expect(row).to_have_count(0)
