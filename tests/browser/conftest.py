"""One whole portal and one Chromium for all browser tests of a process."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.people import Desk, make_staff
from tests.browser.stack import Stack
from tests.chromium import find_chromium

CHROMIUM_OPTIONS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="rcb-") as folder:
        # The engines' user must be able to walk in when root runs the tests.
        Path(folder).chmod(0o711)
        stack = Stack(Path(folder))
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()


@pytest.fixture(scope="session")
def engine_token(stack: Stack) -> str:
    return stack.manage("create_token", "engine", "--scope", "decisions:write").strip()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def desk(stack: Stack, chromium: Browser) -> Desk:
    """A reviewer of all queues, signed in with both factors."""
    email = "rosa@lender.example"
    return Desk(stack, chromium, email, make_staff(stack, "Rosa Vega", email))
