"""Fixtures for the tests of messages."""

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
