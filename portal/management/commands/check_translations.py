"""Say which texts a customer, a reader or a reviewer would see untranslated."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.lib import catalogue_check


class Command(BaseCommand):
    help = "Fail when a text has no translation, or a broken one; --update adds empty entries."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--update", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        lacking = 0
        for path in sorted(Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/django.po")):
            lacking += self._check(path, update=options["update"])
        if lacking and not options["update"]:
            raise CommandError(f"{lacking} texts are not translated as they should be.")

    def _check(self, path: Path, *, update: bool) -> int:
        texts = list(catalogue_check.used_texts(settings.BASE_DIR))
        catalogue = catalogue_check.read_catalogue(path)
        lacking = catalogue_check.missing(catalogue, iter(texts))
        for text in lacking:
            self.stdout.write(f"{path.parent.parent.name}: {text.place}: {text.id!r}")
        stale = catalogue_check.unused(catalogue, iter(texts))
        for message in stale:
            self.stdout.write(f"{path.parent.parent.name}: nothing uses {message!r}")
        broken = catalogue_check.unfillable(catalogue)
        for message in broken:
            self.stdout.write(f"{path.parent.parent.name}: cannot be filled in: {message!r}")
        if update:
            catalogue_check.add_missing(path, lacking)
        return len(lacking) + len(stale) + len(broken)
