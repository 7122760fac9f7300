"""Make a service token from the terminal, for set-up scripts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from appeals.actions.tokens import create_token
from appeals.models import Scope


class Command(BaseCommand):
    help = "Make a service token and print it once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--scope", action="append", choices=Scope.values, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        scopes = [Scope(value) for value in options["scope"]]
        _, secret = create_token(name=options["name"], scopes=scopes, by=None)
        self.stdout.write(secret)
