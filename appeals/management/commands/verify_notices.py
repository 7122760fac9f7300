"""`manage.py verify_notices`: whether any byte of a notice or of its PDFs was changed."""

from datetime import datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date

from appeals.models import Notice
from appeals.notice_paper.verifying import Tally, verify
from portal.storage.errors import StorageAway


class Command(BaseCommand):
    help = (
        "Hash the text of every notice and the bytes of every PDF of it anew, and name each that "
        "is not what it was, is missing, or was added. Ends with 1 when anything was found."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("references", nargs="*", metavar="RN-....-....", help="only these")
        parser.add_argument("--since", metavar="YYYY-MM-DD", help="only those made from that day")
        parser.add_argument(
            "--deep", action="store_true", help="also read each PDF for the notice's words"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        references, tally = options["references"], Tally()
        self._refuse_unknown(references)
        found = verify(
            tally, references=references, since=_begin_of(options["since"]), deep=options["deep"]
        )
        try:
            for fault in found:
                self.stdout.write(str(fault))
        except StorageAway as away:
            raise CommandError(
                f"Stopped after {tally.papers:,} PDFs: {away}. Run it again.", returncode=2
            ) from away
        self.stdout.write(
            f"{tally.notices:,} notices and {tally.papers:,} PDFs looked at, "
            f"{tally.due:,} notices still to be printed, {tally.faults:,} faults."
        )
        if tally.faults:
            raise CommandError(f"{tally.faults:,} faults: see the list above.", returncode=1)

    def _refuse_unknown(self, references: list[str]) -> None:
        known = Notice.objects.filter(reference__in=references)
        unknown = set(references) - set(known.values_list("reference", flat=True))
        if unknown:
            raise CommandError(f"There is no notice {', '.join(sorted(unknown))}.", returncode=2)


def _begin_of(day: str | None) -> datetime | None:
    if day is None:
        return None
    try:
        parsed = parse_date(day)
    except ValueError:
        parsed = None
    if parsed is None:
        raise CommandError(f"{day} is no day: write it as 2026-11-27.", returncode=2)
    return timezone.make_aware(datetime.combine(parsed, time()))
