"""`manage.py watch_replay FILE|-`: which alarms a feed would have raised. Nothing is stored."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.table import Table

from appeals.actions.rule_sums import cut_of
from appeals.feed import FeedUnreadable, LineRejected, open_feed, parse_line
from appeals.models import ADVERSE
from appeals.watch.episodes import Episode, episodes_of
from appeals.watch.looks import look_at
from appeals.watch.sums import Cut, Key, Sums, count_all, moment_of


class Command(BaseCommand):
    help = (
        "Look at a feed hour by hour, as it would have been looked at as it came in, and print the "
        "alarms. Each decision counts once; lines that would be rejected are left out and counted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a .ndjson or .ndjson.gz file, or -")
        parser.add_argument("--json", action="store_true", help="one JSON object an alarm")
        parser.add_argument(
            "--days",
            type=float,
            default=settings.DAYS_BETWEEN_FALSE_ALARMS,
            help="days between false alarms (default: as configured)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.rejected = 0
        try:
            with open_feed(options["file"]) as feed:
                rows = count_all(self._cuts(feed.lines()))
        except FeedUnreadable as error:
            raise CommandError(error.message) from error
        if options["days"] <= 0:
            raise CommandError("--days must be above 0.")
        found = replay(rows, options["days"])
        if options["json"]:
            for episode in found:
                self.stdout.write(json.dumps(_told(episode)))
        else:
            self._print(found)
        if self.rejected:
            self.stderr.write(f"{self.rejected} lines would be rejected and were left out.")

    def _cuts(self, lines: Iterable[bytes]) -> Iterator[Cut]:
        seen: set[str] = set()
        for number, raw in enumerate(lines, start=1):
            if not raw.strip():
                continue
            try:
                decision = parse_line(raw, line_number=number)
            except LineRejected:
                self.rejected += 1
                continue
            if decision.action in ADVERSE and decision.decision_id not in seen:
                seen.add(decision.decision_id)
                yield cut_of(decision)

    def _print(self, found: list[Episode]) -> None:
        table = Table("rule", "version", "since", "found", "last", "signals")
        for episode in found:
            kinds = dict.fromkeys(one.reading.kind.value for one in episode.in_order())
            table.add_row(
                episode.rule,
                episode.version,
                *(f"{moment_of(at):%Y-%m-%d %H:%M}" for at in _hours(episode)),
                ", ".join(kinds),
            )
        console = Console(width=140, force_terminal=False)
        with console.capture() as text:
            console.print(table)
        self.stdout.write(text.get())


def replay(rows: dict[Key, Sums], days: float) -> list[Episode]:
    """The episodes of a whole feed, in the order in which they were found."""
    if not rows:
        return []
    begin, end = min(key.hour for key in rows), max(key.hour for key in rows) + 1
    found = episodes_of(look_at(rows, begin, end, days_between_false_alarms=days))
    return sorted(found, key=lambda one: (one.found, one.rule, one.version))


def _hours(episode: Episode) -> tuple[int, int, int]:
    """When it began, and the ends of the hours that first and last found something."""
    return episode.since, episode.found + 1, episode.last + 1


def _told(episode: Episode) -> dict[str, Any]:
    since, found, last = (moment_of(hour).isoformat() for hour in _hours(episode))
    return {
        "rule": episode.rule,
        "version": episode.version,
        "module": episode.module,
        "since": since,
        "found": found,
        "last": last,
        "signals": [
            {
                "kind": one.reading.kind.value,
                "region": one.reading.region,
                "rarity": one.reading.rarity,
                "observed": one.reading.observed,
                "usual": one.reading.usual,
            }
            for one in episode.in_order()
        ],
    }
