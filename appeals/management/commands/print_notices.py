"""`manage.py print_notices`: make the PDFs that are due now, instead of waiting for the clock."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from appeals.models import DueDocument
from appeals.notice_paper.making import make_some

SAY_EVERY_SECONDS = 5.0


class Command(BaseCommand):
    help = (
        "Make the PDFs of notices that are due until none is left, a handful of notices at a time. "
        "Safe to stop, to run again, and to run several times at once or beside the workers: no "
        "PDF is made twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=0, help="stop after about so many notices")

    def handle(self, *args: Any, **options: Any) -> None:
        limit, done = options["limit"], 0
        said = time.monotonic()
        while (not limit or done < limit) and (made := make_some()) is not None:
            done += made
            if time.monotonic() - said > SAY_EVERY_SECONDS:
                said = time.monotonic()
                self.stdout.write(f"{done:,} notices done")
        held = DueDocument.objects.exclude(fault="").count()
        self.stdout.write(f"{done:,} notices done, {held:,} are held: see the admin for the cause.")
