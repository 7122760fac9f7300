"""Say where the portal runs and how to get in."""

import http.client
import json
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import IO, Any, cast
from urllib.parse import urlsplit

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from rich.console import Console

from portal import embedded

PATIENCE_SECONDS = 120
SENT = "admin:notifications_localmessage_changelist"
People = dict[str, list[dict[str, str]]]
LANGUAGE_NAMES = {"en": "English", "zh-hans": "Chinese"}


class Command(BaseCommand):
    help = "Print the address, how to sign in, and where the sent messages are."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--wait", action="store_true", help="first wait until /readyz is green")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(file=cast(IO[str], self.stdout), highlight=False, soft_wrap=True)
        people = _demo_people()
        try:
            if options["wait"]:
                _wait_until_ready()
        except KeyboardInterrupt:
            # Ctrl-C reaches everything in the terminal; whoever started us ends it.
            return
        with console.capture() as text:
            _print_welcome(console, people)
        # In one piece: the workers write to the same terminal.
        self.stdout.write(text.get())


def _print_welcome(console: Console, people: People) -> None:
    console.rule("Recourse is running")
    console.print(f"\n[bold]{settings.PUBLIC_URL}/[/bold]\n")
    if people["customers"]:
        console.print(f"As a customer: {_address('account_login')}")
        for line in _customer_lines(people):
            console.print(line)
        console.print("Give an address; the code: .venv/bin/python manage.py show_messages ADDRESS")
    if people["staff"]:
        console.print(f"\nAs staff: {_address('portal:staff-sign-in')}")
        for line in _staff_lines(people):
            console.print(line, markup=False)
        console.print("Another code, later: .venv/bin/python manage.py demo_code ADDRESS")
    console.print(f"\nWhat was sent, as it arrived (sign in as a reviewer): {_address(SENT)}")
    console.print(f"The API, to try: {settings.PUBLIC_URL}/api/docs/")
    console.print("\nCtrl-C stops everything. The data stays for the next start.")
    console.rule()


def _customer_lines(people: People) -> Iterator[str]:
    for person in people["customers"]:
        language = LANGUAGE_NAMES.get(person["locale"], person["locale"])
        yield f"  {person['email']:<26}{language:<10}{person['name']}"


def _staff_lines(people: People) -> Iterator[str]:
    for person in people["staff"]:
        yield (
            f"  {person['email']:<22}{person['role']:<12}"
            f"password {person['password']}   code now {_code_now(person['totp_secret'])}"
        )


def _code_now(secret: str) -> str:
    counter = int(time.time()) // settings.MFA_TOTP_PERIOD
    return str(format_hotp_value(hotp_value(secret, counter)))


def _demo_people() -> People:
    path = embedded.local_dir() / "demo.json"
    if settings.IS_PRODUCTION or not path.exists():
        return {"customers": [], "staff": []}
    people: People = json.loads(path.read_text(encoding="utf-8"))
    return people


def _address(name: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name)}"


def _wait_until_ready() -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _is_ready():
        if time.monotonic() > deadline:
            raise CommandError(f"Still not ready after {PATIENCE_SECONDS} s: see /readyz.")
        time.sleep(0.2)


def _is_ready() -> bool:
    host = urlsplit(settings.PUBLIC_URL)
    connection = http.client.HTTPConnection("127.0.0.1", host.port or 80, timeout=10)
    try:
        connection.request("GET", "/readyz", headers={"Host": host.netloc})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
