"""Fixtures for the tests of messages."""

from tests.doubles.fixtures import closed_channels, ledger_server, push_service, sendgrid, twilio

__all__ = ["closed_channels", "ledger_server", "push_service", "sendgrid", "twilio"]
