"""Start, stop or look at the embedded engines."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import embedded


class Command(BaseCommand):
    help = "Start, stop or look at the embedded PostgreSQL and Redis (development only)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("word", choices=["start", "stop", "status"])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["word"] == "start":
                embedded.start()
            elif options["word"] == "stop":
                embedded.stop()
        except embedded.EngineError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"files: {embedded.local_dir()}")
        for name, is_up in embedded.is_up().items():
            self.stdout.write(f"{name}: {'up' if is_up else 'down'}")
