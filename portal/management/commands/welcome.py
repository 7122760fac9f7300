"""Say where the portal runs and how to get in."""

import http.client
import json
import time
from argparse import ArgumentParser
from typing import IO, Any, cast
from urllib.parse import urlsplit

from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import NoReverseMatch, reverse
from rich.console import Console
from rich.table import Table

from portal import embedded

PATIENCE_SECONDS = 120
LANGUAGE_NAMES = {"en": "English", "zh-hans": "Chinese"}


class Command(BaseCommand):
    help = "Print the address, how to sign in, and where the sent messages are."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--wait", action="store_true", help="first wait until /readyz is green")
        parser.add_argument("--code", action="store_true", help="only the staff's six-digit codes")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(file=cast(IO[str], self.stdout), highlight=False, soft_wrap=True)
        people = _demo_people()
        try:
            if options["wait"]:
                _wait_until_ready()
        except KeyboardInterrupt:
            # Ctrl-C reaches everything in the terminal; whoever started us ends it.
            return
        if options["code"]:
            console.print(_staff_table(people))
            return
        _print_welcome(console, people)


def _print_welcome(console: Console, people: dict[str, list[dict[str, str]]]) -> None:
    console.rule("Recourse is running")
    console.print(f"\n[bold]{settings.PUBLIC_URL}/[/bold]\n")
    if people["customers"]:
        console.print("As a customer: give the e-mail address, then the code you are sent.")
        console.print(_customer_table(people))
    if people["staff"]:
        console.print(f"As staff: {_address('portal:staff-sign-in', '/staff/sign-in/')}")
        console.print(_staff_table(people))
        console.print("The codes of the moment, later: make codes")
    console.print(f"What was sent, as it was received: {_address('notifications:sent', '/sent/')}")
    console.print(f"API to try: {settings.PUBLIC_URL}/api/docs/")
    console.print("\nCtrl-C stops everything. The data stays for the next start.")
    console.rule()


def _customer_table(people: dict[str, list[dict[str, str]]]) -> Table:
    table = Table("name", "e-mail", "language", box=None, padding=(0, 3, 0, 2))
    for person in people["customers"]:
        language = LANGUAGE_NAMES.get(person["locale"], person["locale"])
        table.add_row(person["name"], person["email"], language)
    return table


def _staff_table(people: dict[str, list[dict[str, str]]]) -> Table:
    table = Table(
        "role",
        "e-mail",
        "password",
        "code now",
        "authenticator secret",
        box=None,
        padding=(0, 3, 0, 2),
    )
    for person in people["staff"]:
        secret = person["totp_secret"]
        table.add_row(
            person["role"], person["email"], person["password"], _code_now(secret), secret
        )
    return table


def _code_now(secret: str) -> str:
    counters = list(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(secret, counters[len(counters) // 2])))


def _demo_people() -> dict[str, list[dict[str, str]]]:
    path = embedded.local_dir() / "demo.json"
    if settings.IS_PRODUCTION or not path.exists():
        return {"customers": [], "staff": []}
    people: dict[str, list[dict[str, str]]] = json.loads(path.read_text(encoding="utf-8"))
    return people


def _address(name: str, otherwise: str) -> str:
    try:
        return settings.PUBLIC_URL + reverse(name)
    except NoReverseMatch:
        return settings.PUBLIC_URL + otherwise


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
