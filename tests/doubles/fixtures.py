"""The doubles as fixtures, with the settings turned to them."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from notifications.channels import close_channels
from notifications.wording import forget_drafts
from portal.lib.providers import BACKENDS
from tests.doubles import (
    LedgerDouble,
    PushServiceDouble,
    SendGridDouble,
    SmtpDouble,
    TwilioDouble,
    ledger,
)
from tests.doubles import sendgrid as sendgrid_double
from tests.doubles import twilio as twilio_double


@pytest.fixture
def closed_channels() -> Iterator[None]:
    """Give each test providers of its own, made from its settings, and wordings of its own."""
    close_channels()
    forget_drafts()
    yield
    close_channels()
    # They hold the ids of rows that the end of a test takes back.
    forget_drafts()


def carry(settings: Settings, channel: str, *providers: dict[str, Any]) -> None:
    """Let these providers carry a channel, and no others."""
    others = [one for one in settings.PROVIDERS if one["channel"] != channel]
    settings.PROVIDERS = [*others, *({"channel": channel, **one} for one in providers)]
    close_channels()


def provider(name: str, **details: Any) -> dict[str, Any]:
    """Describe a provider of a known make."""
    return {"name": name, "backend": BACKENDS[name], **details}


@pytest.fixture
def twilio(settings: Settings, closed_channels: None) -> Iterator[TwilioDouble]:
    with TwilioDouble() as double:
        settings.TWILIO_API_URL = double.url
        settings.TWILIO_ACCOUNT_SID = twilio_double.ACCOUNT_SID
        settings.TWILIO_AUTH_TOKEN = twilio_double.AUTH_TOKEN
        settings.TWILIO_MESSAGING_SERVICE_SID = twilio_double.SERVICE_SID
        carry(settings, "sms", provider("twilio", sender=twilio_double.SERVICE_SID))
        yield double
        close_channels()


@pytest.fixture
def sendgrid(settings: Settings, closed_channels: None) -> Iterator[SendGridDouble]:
    with SendGridDouble() as double:
        settings.SENDGRID_API_URL = double.url
        settings.SENDGRID_API_KEY = sendgrid_double.API_KEY
        carry(settings, "email", provider("sendgrid", sender=settings.EMAIL_FROM))
        yield double
        close_channels()


@pytest.fixture
def smtp(settings: Settings, closed_channels: None) -> Iterator[SmtpDouble]:
    with SmtpDouble() as double:
        options = {"url": double.url}
        carry(settings, "email", provider("smtp", sender=settings.EMAIL_FROM, options=options))
        yield double
        close_channels()


@pytest.fixture
def push_service(settings: Settings, closed_channels: None) -> Iterator[PushServiceDouble]:
    with PushServiceDouble() as double:
        carry(settings, "push", provider("webpush"))
        yield double
        close_channels()


@pytest.fixture
def ledger_server(settings: Settings) -> Iterator[LedgerDouble]:
    with LedgerDouble() as double:
        settings.LEDGER_WEBHOOK_URL = f"{double.url}/instructions"
        settings.LEDGER_WEBHOOK_SECRET = ledger.SECRET
        yield double
