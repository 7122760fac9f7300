"""`manage.py ingest_decisions FILE|-`: take the engine's feed in, with a progress bar."""

import sys
import time
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from appeals.actions.ingest import ingest
from appeals.feed import FeedUnreadable, OpenFeed, open_feed
from appeals.models import FeedRun

SOME_REFUSED = 1
UNREADABLE = 2


class Command(BaseCommand):
    help = (
        "Take line decisions in from an NDJSON file, plain or gzipped, or from standard input. "
        "Ends with 0 when all is well, 1 when a line was rejected or in conflict, and 2 when the "
        "file could not be read to its end."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a .ndjson or .ndjson.gz file, or -")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        self.run: FeedRun | None = None
        try:
            with open_feed(options["file"]) as feed:
                self._take_in(feed)
        except FeedUnreadable as error:
            self._report(time.monotonic() - started)
            raise CommandError(error.message, returncode=UNREADABLE) from error
        self._report(time.monotonic() - started)
        refused = self.run.rejected + self.run.conflicts if self.run else 0
        if refused:
            raise CommandError(
                f"{refused} line{'' if refused == 1 else 's'} not taken: see Rejected feed lines "
                "in the admin, which says of each what to mend.",
                returncode=SOME_REFUSED,
            )

    def _take_in(self, feed: OpenFeed) -> None:
        with _progress_bar() as bar:
            task = bar.add_task("", total=feed.size, lines="0")

            def show(run: FeedRun) -> None:
                self.run = run
                bar.update(task, completed=feed.position, lines=f"{run.read:,}")

            self.run = ingest(feed.lines(), source=feed.name, progress=show)

    def _report(self, seconds: float) -> None:
        run = self.run
        if run is None:
            return
        table = Table("read", "created", "unchanged", "conflicts", "rejected", "seconds", "rows/s")
        for column in table.columns:
            column.justify = "right"
        counts = (run.read, run.created, run.unchanged, run.conflicts, run.rejected)
        table.add_row(
            *(f"{count:,}" for count in counts),
            f"{seconds:,.1f}",
            f"{run.read / max(seconds, 0.001):,.0f}",
        )
        Console(file=cast(IO[str], self.stdout), width=100).print(table)


def _progress_bar() -> Progress:
    return Progress(
        TextColumn("{task.fields[lines]} lines"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )
