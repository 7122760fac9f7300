"""Bring every kept file under the first key of EVIDENCE_KEYS."""

import io
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from portal.storage.keyring import keyring
from portal.storage.locks import only_once
from portal.storage.rotation import PLAIN, Tally, Wish, rotate_all

SAY_EVERY = 500


class Command(BaseCommand):
    help = (
        "Wrap the data key of every kept file by the first key of EVIDENCE_KEYS, and say which "
        "keys are no longer needed. Safe to stop and to run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only look: change nothing")
        parser.add_argument(
            "--seal-plain",
            action="store_true",
            help="also encrypt files that are not; once, after the upgrade that brought encryption",
        )
        parser.add_argument(
            "--reencrypt",
            action="store_true",
            help="encrypt the contents anew too, under fresh data keys: when a key was disclosed",
        )
        parser.add_argument(
            "--after", default="", metavar="PLACE", help="go on after this file, as was printed"
        )

        parser.add_argument("--quiet", action="store_true", help="say only what is wrong")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        wish = Wish.NOTHING
        wish |= Wish.ONLY_LOOK if options["check"] else Wish.NOTHING
        wish |= Wish.SEAL_PLAIN if options["seal_plain"] else Wish.NOTHING
        wish |= Wish.RESEAL if options["reencrypt"] else Wish.NOTHING
        if options["quiet"]:
            self.stdout = OutputWrapper(io.StringIO())
        with only_once("rotate_evidence_keys") as is_ours:
            if not is_ours:
                raise CommandError("Keys are being rotated by another process. Wait for its end.")
            self._rotate(wish, options["after"])

    def _rotate(self, wish: Wish, after: str) -> None:
        tally, last = Tally(), after
        try:
            for last in rotate_all(wish, tally, after=after):
                if tally.seen % SAY_EVERY == 0:
                    self.stdout.write(f"{tally.seen} files, {tally.changed} changed ({last})")
        except (OSError, KeyboardInterrupt) as error:
            raise CommandError(
                f"Stopped after {tally.seen} files, {tally.changed} changed: {error}\n"
                f"Run it again to go on, or with --after {last or 'PLACE'} to pass over these."
            ) from error
        self._report(tally, is_whole=not after)

    def _report(self, tally: Tally, *, is_whole: bool) -> None:
        self.stdout.write(f"{tally.seen} files, {tally.changed} changed.")
        for key, count in sorted(tally.keys.items()):
            self.stdout.write(f"  {key}: {count}")
        for place, why in tally.broken:
            self.stderr.write(f"  {place}: {why}")
        if tally.broken:
            raise CommandError(
                f"{len(tally.broken)} files could not be opened. Keep every key until you know why."
            )
        if is_whole:
            self._say_what_may_go(tally)

    def _say_what_may_go(self, tally: Tally) -> None:
        ring = keyring()
        unused = [key for key in ring.keys if key != ring.active and not tally.keys[key]]
        for key in unused:
            self.stdout.write(
                f"No file needs key {key} any more. Once every process runs with {ring.active} "
                "first and --check says so again, it may be removed from EVIDENCE_KEYS."
            )
        if tally.keys[PLAIN]:
            self.stdout.write("Plain files are not handed out: run it with --seal-plain.")
