"""Show in the terminal what a person without a provider would have got."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from notifications.models import LocalMessage

SHOWN = 5


class Command(BaseCommand):
    help = "Show the last messages kept here, newest last; a sign-in code is read this way."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("to", nargs="?", default="", help="only to this address or number")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("Production keeps no messages here.")
        kept = LocalMessage.objects.filter(to__icontains=options["to"]).order_by("-kept_at", "-pk")
        for message in reversed(kept[:SHOWN]):
            self.stdout.write(
                f"--- {message.channel} to {message.to}, {message.kept_at:%H:%M:%S} UTC"
            )
            self.stdout.write("\n".join(filter(None, [message.subject, message.text])))
        if not kept:
            self.stdout.write("Nothing was sent there yet.")
