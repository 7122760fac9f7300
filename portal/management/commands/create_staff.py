"""Make a member of staff, and print the link with which they choose their password."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from portal.sign_in.people import find_staff
from portal.sign_in.staff import ROLES, create_staff, set_up_link


class Command(BaseCommand):
    help = "Make a member of staff; asks for what is not given."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name")
        parser.add_argument("--email")
        parser.add_argument("--role", choices=ROLES)

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"] or _ask("Name")
        email = _clean_email(options["email"] or _ask("E-mail address"))
        role = options["role"] or _ask(f"Role ({', '.join(ROLES)})")
        if not name or role not in ROLES:
            raise CommandError(f"Give a name, and one of these roles: {', '.join(ROLES)}.")
        if find_staff(email):
            raise CommandError("Another member of staff has this e-mail address.")
        person = create_staff(name=name, email=email, role=role)
        self.stdout.write(f"{person.reference} is made. This link works once, for a day:")
        self.stdout.write(set_up_link(person))


def _ask(what: str) -> str:
    try:
        return input(f"{what}: ").strip()
    except EOFError as error:
        raise CommandError(f"{what} is missing.") from error


def _clean_email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError as error:
        raise CommandError(f"{text!r} is not an e-mail address.") from error
    return text.lower()
