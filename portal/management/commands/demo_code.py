"""Print the code that a demo member of staff's app would show now."""

import json
from pathlib import Path
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone


class Command(BaseCommand):
    help = "Print the present authenticator code of a demo member of staff."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT == "production":
            raise CommandError("There are no demo people in production.")
        secret = _secret_of(options["email"].lower())
        counter = int(timezone.now().timestamp()) // settings.MFA_TOTP_PERIOD
        self.stdout.write(format_hotp_value(hotp_value(secret, counter)))


def _secret_of(email: str) -> str:
    path = Path(settings.LOCAL_DIR) / "demo.json"
    if not path.exists():
        raise CommandError("There are no demo people here yet: run `make run` once.")
    people = json.loads(path.read_text(encoding="utf-8"))
    for person in people["staff"]:
        if person["email"].lower() == email:
            return str(person["totp_secret"])
    known = ", ".join(person["email"] for person in people["staff"])
    raise CommandError(f"No demo member of staff has this address. There are: {known}")
