"""Compile the translations with Python alone."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.lib.translations import compile_catalogues


class Command(BaseCommand):
    help = "Compile the translations that changed; needs no gettext."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for path in compile_catalogues(Path(folder)):
                if options["verbosity"]:
                    self.stdout.write(f"compiled {path.relative_to(settings.BASE_DIR)}")
