"""`manage.py ingest_facts FILE|-`: take facts about lines in, one JSON object a line."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from appeals.actions.facts import FactsAnswer, take_facts
from appeals.feed import FeedUnreadable, open_feed
from appeals.feed.decoding import Unusable, decode_line

LINES_A_BATCH = 1000
SOME_REFUSED = 1
UNREADABLE = 2
Numbered = tuple[int, bytes]


class Command(BaseCommand):
    help = (
        "Take facts about lines in from an NDJSON file, plain or gzipped, or from standard input. "
        "Ends with 0 when all is well, 1 when a line was rejected or in conflict, and 2 when the "
        "file could not be read to its end. Sending the same file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a .ndjson or .ndjson.gz file, or -")

    def handle(self, *args: Any, **options: Any) -> None:
        counts: Counter[str] = Counter()
        try:
            with open_feed(options["file"]) as feed:
                numbered = ((n, raw) for n, raw in enumerate(feed.lines(), 1) if raw.strip())
                for number, answer in _answers(numbered):
                    counts[answer.status] += 1
                    if answer.error:
                        self.stderr.write(f"line {number}: {answer.error}")
        except FeedUnreadable as error:
            raise CommandError(error.message, returncode=UNREADABLE) from error
        told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
        self.stdout.write(told or "nothing to take in")
        if counts["rejected"] + counts["conflict"]:
            raise CommandError("Some lines were not taken.", returncode=SOME_REFUSED)


def _answers(numbered: Iterable[Numbered]) -> Iterator[tuple[int, FactsAnswer]]:
    rows = iter(numbered)
    while batch := tuple(islice(rows, LINES_A_BATCH)):
        yield from _batch(batch)


def _batch(batch: tuple[Numbered, ...]) -> Iterator[tuple[int, FactsAnswer]]:
    trees: list[tuple[int, Any]] = []
    for number, raw in batch:
        try:
            trees.append((number, decode_line(raw)))
        except Unusable as error:
            yield number, FactsAnswer("", "rejected", str(error))
    answers = take_facts([tree for _, tree in trees])
    yield from ((number, answer) for (number, _), answer in zip(trees, answers, strict=True))
