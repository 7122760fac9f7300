"""Fixtures for the tests of messages."""

from collections.abc import Iterator

import pytest

from tests.doubles.fixtures import (
    closed_channels,
    ledger_server,
    push_service,
    sendgrid,
    smtp,
    twilio,
)
from tests.notifications.fake_providers import bells, first_line, gate_clock, no_redis, spare_line

__all__ = [
    "bells",
    "closed_channels",
    "first_line",
    "gate_clock",
    "ledger_server",
    "no_redis",
    "push_service",
    "sendgrid",
    "smtp",
    "spare_line",
    "twilio",
]


@pytest.fixture(autouse=True)
def fresh_drafts() -> Iterator[None]:
    """Forget the drafts of a test: its rollback removes the rows that they name."""
    from notifications.wording import forget_drafts  # noqa: PLC0415 - Django is ready only now

    yield
    forget_drafts()
