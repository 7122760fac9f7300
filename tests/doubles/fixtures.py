"""The doubles as fixtures, with the settings turned to them."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from notifications.channels import close_channels
from tests.doubles import LedgerDouble, PushServiceDouble, SendGridDouble, TwilioDouble, ledger
from tests.doubles import sendgrid as sendgrid_double
from tests.doubles import twilio as twilio_double


@pytest.fixture
def closed_channels() -> Iterator[None]:
    """Give each test channels of its own, made from its settings."""
    close_channels()
    yield
    close_channels()


@pytest.fixture
def twilio(settings: Settings, closed_channels: None) -> Iterator[TwilioDouble]:
    with TwilioDouble() as double:
        settings.TWILIO_API_URL = double.url
        settings.TWILIO_ACCOUNT_SID = twilio_double.ACCOUNT_SID
        settings.TWILIO_AUTH_TOKEN = twilio_double.AUTH_TOKEN
        settings.TWILIO_MESSAGING_SERVICE_SID = twilio_double.SERVICE_SID
        settings.CHANNELS = {**settings.CHANNELS, "sms": "notifications.channels.sms.SmsChannel"}
        yield double


@pytest.fixture
def sendgrid(settings: Settings, closed_channels: None) -> Iterator[SendGridDouble]:
    with SendGridDouble() as double:
        settings.SENDGRID_API_URL = double.url
        settings.SENDGRID_API_KEY = sendgrid_double.API_KEY
        settings.CHANNELS = {
            **settings.CHANNELS,
            "email": "notifications.channels.email.EmailChannel",
        }
        yield double


@pytest.fixture
def push_service(settings: Settings, closed_channels: None) -> Iterator[PushServiceDouble]:
    with PushServiceDouble() as double:
        settings.CHANNELS = {**settings.CHANNELS, "push": "notifications.channels.push.PushChannel"}
        yield double


@pytest.fixture
def ledger_server(settings: Settings) -> Iterator[LedgerDouble]:
    with LedgerDouble() as double:
        settings.LEDGER_WEBHOOK_URL = f"{double.url}/instructions"
        settings.LEDGER_WEBHOOK_SECRET = ledger.SECRET
        yield double
