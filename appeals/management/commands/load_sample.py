"""`manage.py load_sample`: decisions and people to look around with."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from appeals.actions.demo import load_sample_feed, make_demo_people


class Command(BaseCommand):
    help = "Load about 300 sample decisions and demo people; doing it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("The sample has known people in it: it is not for production.")
        run = load_sample_feed()
        note = settings.LOCAL_DIR / "demo.json"
        make_demo_people(note=note)
        if options["verbosity"]:
            self.stdout.write(f"{run.created} sample decisions. How to sign in: {note}")
