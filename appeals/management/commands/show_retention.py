"""Say which papers and which requests' words go next, and which a legal hold keeps."""

from argparse import ArgumentParser
from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from appeals.actions.request_erasing import words_coming
from appeals.actions.retention import coming, due_papers
from appeals.retention import on_hold, request_on_hold


class Command(BaseCommand):
    help = "Show how much will be deleted on each of the next days; deletes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=30, help="how far to look (30)")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        now = timezone.now()
        until = now.date() + timedelta(days=options["days"])
        rows = coming(until).annotate(is_held=on_hold())
        days: Counter[date] = Counter()
        held = 0
        for day, is_held in rows.values_list("erase_on", "is_held").iterator():
            assert day is not None  # `coming` asks for those that have one
            held += is_held
            days[max(day, now.date())] += not is_held
        for day, count in sorted(days.items()):
            if count:
                self.stdout.write(f"{day:%Y-%m-%d}: {count}")
        unsent = due_papers(now).filter(appeal__submitted_at__isnull=True).count()
        self.stdout.write(
            f"{days.total()} papers by {until:%Y-%m-%d}, {held} kept by a legal hold."
        )
        self.stdout.write(f"{unsent} papers of appeals that were never sent are due now.")
        words = words_coming(until)
        kept = words.filter(request_on_hold()).count()
        self.stdout.write(
            f"The words of {words.count() - kept} requests by {until:%Y-%m-%d}, "
            f"{kept} kept by a legal hold."
        )
