"""`manage.py recount_appeals`: whether the kept sums say what the appeals say."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from appeals.actions.tallies import find_differences, mend_tallies


class Command(BaseCommand):
    help = (
        "Count all appeals anew and tell where the kept sums say something else. Reads every "
        "appeal: minutes for millions. Fails where something differs and nothing was mended."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mend", action="store_true", help="also set the sums right")

    def handle(self, *args: Any, **options: Any) -> None:
        differences = mend_tallies() if options["mend"] else find_differences()
        for one in differences:
            self.stdout.write(str(one))
        if not differences:
            self.stdout.write("Every sum is right.")
        elif options["mend"]:
            self.stdout.write(f"{len(differences)} sums were set right.")
        else:
            raise CommandError(f"{len(differences)} sums are wrong. Run with --mend.")
