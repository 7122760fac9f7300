"""Run all doubles at the terminal: python -m tests.doubles [--port 9500] [--latency 0.05]."""

import argparse
import signal
import sys
import threading

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
from tests.doubles.server import running


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=9500, help="the first of five ports")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    asked = parser.parse_args()
    twilio = TwilioDouble(port=asked.port, latency=asked.latency)
    sendgrid = SendGridDouble(port=asked.port + 1, latency=asked.latency)
    push = PushServiceDouble(port=asked.port + 2, latency=asked.latency)
    the_ledger = LedgerDouble(port=asked.port + 3, latency=asked.latency)
    smtp = SmtpDouble(port=asked.port + 4, latency=asked.latency)
    over = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: over.set())
    with running(twilio, sendgrid, push, the_ledger, smtp) as doubles:
        _say(_environment(twilio.url, sendgrid.url, the_ledger.url, smtp.url))
        over.wait()
        for double in doubles:
            twice = len(double.twice())
            _say(f"{double.name}: {len(double.accepted)} accepted, {twice} more than once")


def _environment(twilio_url: str, sendgrid_url: str, ledger_url: str, smtp_url: str) -> str:
    return f"""\
TWILIO_API_URL={twilio_url}
TWILIO_ACCOUNT_SID={twilio_double.ACCOUNT_SID}
TWILIO_AUTH_TOKEN={twilio_double.AUTH_TOKEN}
TWILIO_MESSAGING_SERVICE_SID={twilio_double.SERVICE_SID}
SENDGRID_API_URL={sendgrid_url}
SENDGRID_API_KEY={sendgrid_double.API_KEY}
LEDGER_WEBHOOK_URL={ledger_url}/instructions
LEDGER_WEBHOOK_SECRET={ledger.SECRET}
SMTP_URL={smtp_url}"""


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
