"""Local servers that answer like our providers, faults included, and count what they accepted."""

from tests.doubles.ledger import LedgerDouble
from tests.doubles.messages import Accepted, Fault, Plan
from tests.doubles.sendgrid import SendGridDouble
from tests.doubles.server import Double
from tests.doubles.smtp import SmtpDouble
from tests.doubles.twilio import TwilioDouble
from tests.doubles.webpush import Browser, PushServiceDouble

__all__ = [
    "Accepted",
    "Browser",
    "Double",
    "Fault",
    "LedgerDouble",
    "Plan",
    "PushServiceDouble",
    "SendGridDouble",
    "SmtpDouble",
    "TwilioDouble",
]
